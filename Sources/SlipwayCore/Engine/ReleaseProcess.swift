// SPDX-License-Identifier: Apache-2.0

/// The name of a service's process in one release, so that several releases run beside each other: `server@3`, and
/// `server#2@3` for the second of several that share the requests.
public struct ReleaseProcess: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The service's name.
    public let service: String
    /// From 1.
    public let replica: Int
    /// `nil` for a process that belongs to no numbered release.
    public let release: Int?

    package init(service: String, replica: Int = 1, release: Int?) {
        self.service = service
        self.replica = replica
        self.release = release
    }

    /// - Parameter instance: As ``instance`` names it.
    package init(instance: String, release: Int?) {
        let parts = instance.split(separator: "#", maxSplits: 1)
        let replica = parts.count == 2 ? Int(parts[1]) : nil
        self.init(service: replica == nil ? instance : String(parts[0]), replica: replica ?? 1, release: release)
    }

    /// Reads a process's name; a service's own name holds neither `@` nor `#`.
    public init(_ name: String) {
        let parts = name.split(separator: "@", maxSplits: 1)
        if parts.count == 2, let number = Int(parts[1]) {
            self.init(instance: String(parts[0]), release: number)
        } else {
            self.init(instance: name, release: nil)
        }
    }

    /// The process among those of its release: `server`, `server#2`.
    public var instance: String { replica == 1 ? service : "\(service)#\(replica)" }

    /// As the engine and the logs name it.
    public var description: String { release.map { "\(instance)@\($0)" } ?? instance }
}

extension Service {
    /// More than so many processes of one service are a mistake on one machine.
    package static let mostReplicas = 64

    /// Its processes within one release: `server`, `server#2`, `server#3`.
    package var instances: [String] {
        let count = singleInstance == nil ? min(max(replicas ?? 1, 1), Self.mostReplicas) : 1
        return (1...count).map { ReleaseProcess(service: name, replica: $0, release: nil).instance }
    }
}
