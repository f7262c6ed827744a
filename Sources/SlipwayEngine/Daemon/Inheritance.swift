// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// An engine as it is, for the process that takes its place. It carries secrets, so it travels through a socket only.
struct Inheritance: Codable, Equatable, Sendable {
    /// With the processes and routes of now.
    var plan: EnginePlan
    var supervisor: Supervisor.Memory
    var release: Int?
    /// The newest lease that has spoken.
    var fence: Int
    var startedAt: Double
    var address: String?
    /// Whose requests wait.
    var holds: [HoldOrder]
    var counters: EdgeCounters
    var traffic: [UpstreamTraffic]
    var predecessor: ProcessIdentity
    /// The guard around the engine.
    var keeper: Int32
    var plainSockets: Int
    var secureSockets: Int
    var hasAdmin: Bool
}

/// The open descriptors of an engine, in the order in which they travel.
struct InheritedDescriptors: Equatable, Sendable {
    var lock: Int32
    /// Where the guard is told of a successor.
    var succession: Int32
    var control: Int32
    var edge: EdgeSockets
    /// Of the processes' guards, in the order of the slots.
    var services: [[Int32]]

    var all: [Int32] {
        [lock, succession, control] + edge.plain + edge.secure + (edge.admin.map { [$0] } ?? []) + services.joined()
    }

    init(lock: Int32, succession: Int32, control: Int32, edge: EdgeSockets, services: [[Int32]]) {
        self.lock = lock
        self.succession = succession
        self.control = control
        self.edge = edge
        self.services = services
    }

    /// - Returns: `nil` when they are not as many as the inheritance says.
    init?(_ all: [Int32], of inheritance: Inheritance) {
        let running = inheritance.supervisor.slots.count { $0.service != nil }
        let admin = inheritance.hasAdmin ? 1 : 0
        let (plain, secure) = (inheritance.plainSockets, inheritance.secureSockets)
        let own = 3 + plain + secure + admin
        let width = GuardedService.Handle.descriptorCount
        guard plain >= 0, secure >= 0, all.count == own + running * width else { return nil }
        self.init(
            lock: all[0], succession: all[1], control: all[2],
            edge: EdgeSockets(
                plain: Array(all[3..<(3 + plain)]), secure: Array(all[(3 + plain)..<(3 + plain + secure)]),
                admin: admin == 1 ? all[own - 1] : nil),
            services: (0..<running).map { Array(all[(own + $0 * width)..<(own + ($0 + 1) * width)]) })
    }
}

extension Supervisor.Memory {
    /// The same with the numbers that the descriptors have here.
    func renumbered(_ services: [[Int32]]) -> Self {
        var memory = self
        var rest = services[...]
        for index in memory.slots.indices where memory.slots[index].service != nil {
            memory.slots[index].service?.descriptors = rest.popFirst() ?? []
        }
        return memory
    }
}
