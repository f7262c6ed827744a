// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

/// Replicas that give their places one after the other.
struct RollingTests {
    /// Which processes run and which of them get requests.
    private struct World: Equatable {
        var running: Set<String>
        var routed: [String]

        init(_ plan: DeployPlan) {
            running = Set(plan.oldProcesses)
            routed = plan.oldRoutes.flatMap(\.upstreams).compactMap(\.process)
        }

        var serves: Bool { !routed.isEmpty && routed.allSatisfy(running.contains) }

        mutating func perform(_ action: DeployAction, _ plan: DeployPlan) {
            switch action {
            case .start(let instance): running.insert("\(instance)@2")
            case .withdraw(let instance): running.remove("\(instance)@2")
            case .halt(let names), .remove(let names): running.subtract(names)
            case .revive(let names): running.formUnion(names)
            case .roll(let replaced):
                let routes = ReplicaRoutes.rolled(old: plan.oldRoutes, new: Self.new(plan), replaced: replaced)
                routed = routes.flatMap(\.upstreams).compactMap(\.process)
            case .shift: routed = Self.new(plan).flatMap(\.upstreams).compactMap(\.process)
            default: break
            }
        }

        private static func new(_ plan: DeployPlan) -> [EdgeRoute] {
            let names = plan.instances(of: "web")
            let ports = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt16(9000 + $0)) })
            let route = EdgeRoute(prefix: "/", service: "web", destination: .upstream(port: 9000))
            return ReplicaRoutes.shared([route], by: plan, ports: ports)
        }
    }

    private static func planner(old: Int, new: Int, strategy: DeployStrategy? = nil) -> DeployPlanner {
        var web = Service(name: "web", directory: ".", role: .backend, start: "./web", port: 80, routes: ["/"])
        web.replicas = new
        let names = (1...old).map { ReleaseProcess(service: "web", replica: $0, release: 1).description }
        let upstreams = names.enumerated().map { EdgeUpstream(port: UInt16(4000 + $0), process: $1) }
        let observed = EngineStatus(
            application: "app", directory: "/app", processIdentifier: 1, phase: .running, address: nil, startedAt: 0,
            processes: zip(names, upstreams).map { ProcessStatus(name: $0, state: .ready, port: $1.port, since: 0) },
            release: 1, routes: [EdgeRoute(prefix: "/", service: "web", destination: .upstreams(upstreams))])
        return DeployPlanner(
            release: 2, application: AppSpec(name: "app", services: [web]), observed: observed, strategy: strategy)
    }

    /// Runs to the end, or until an action fails.
    private func run(_ plan: DeployPlan, failing: Int? = nil) -> (world: World, outcome: DeployOutcome, most: Int) {
        var world = World(plan)
        var machine = DeployMachine(plan)
        var action = machine.next()
        var most = 0
        while true {
            #expect(world.serves, "nobody answers before \(action)")
            most = max(most, world.running.count)
            switch action {
            case .end(let outcome): return (world, outcome, most)
            case .perform(let step) where step == failing:
                action = machine.handle(.failed("no"))
                continue
            case .perform(let step): world.perform(plan.steps[step].action, plan)
            case .undo(let step): for undo in plan.steps[step].undo { world.perform(undo, plan) }
            }
            action = machine.handle(.done)
        }
    }

    @Test(arguments: [(3, 3), (2, 4), (4, 2), (1, 2), (3, 1)])
    func `each replica takes the place of one, with one more than usual at a time`(old: Int, new: Int) throws {
        let plan = try Self.planner(old: old, new: new, strategy: .rolling).plan()
        #expect(plan.strategy == .rolling && plan.pauseSeconds == 0)
        let ended = run(plan)
        #expect(ended.outcome == .live)
        #expect(ended.world.running == Set(plan.instances(of: "web").map { "\($0)@2" }))
        #expect(ended.world.routed.count == new)
        #expect(ended.most <= max(old, new) + 1)
    }

    @Test(arguments: [(3, 3), (2, 4), (4, 2)])
    func `whatever step fails, the old replicas are as they were or the new ones stay`(old: Int, new: Int) throws {
        let plan = try Self.planner(old: old, new: new).plan()
        for step in plan.steps.indices {
            let ended = run(plan, failing: step)
            if step < plan.pointOfNoReturn {
                #expect(ended.outcome == .undone("no"))
                #expect(ended.world == World(plan), "after a failure of step \(step)")
            } else {
                #expect(ended.outcome == .live)
            }
        }
    }

    @Test func `replicas are exchanged one after the other unless somebody wants it otherwise`() throws {
        #expect(try Self.planner(old: 2, new: 2).plan().strategy == .rolling)
        #expect(try Self.planner(old: 2, new: 2).plan().reason.contains("web runs 2 times"))
        #expect(try Self.planner(old: 2, new: 1).plan().strategy == .blueGreen)
        #expect(try Self.planner(old: 2, new: 2, strategy: .blueGreen).plan().strategy == .blueGreen)
        var back = Self.planner(old: 2, new: 2)
        back.kind = .rollback
        #expect(try back.plan().strategy == .blueGreen, "going back is to be quick")
        #expect(throws: SlipwayError.self) { try Self.planner(old: 1, new: 65).plan() }
        var single = Self.planner(old: 1, new: 2, strategy: .rolling)
        single.application.services[0].singleInstance = "it counts in memory"
        #expect(throws: SlipwayError.self) { try single.plan() }
        single.strategy = nil
        #expect(try single.plan().instances(of: "web") == ["web"])
    }

    @Test func `the first new replica is watched before the others follow`() throws {
        let actions = try Self.planner(old: 3, new: 3).plan().steps.map(\.action)
        let watch = try #require(actions.firstIndex(of: .watch))
        let second = try #require(actions.firstIndex(of: .start(service: "web#2")))
        let halt = try #require(actions.firstIndex(of: .halt(processes: ["web@1"])))
        #expect(watch < halt && halt < second, "and the old one is there still, in case")
    }

    @Test(arguments: [("web", "web", 1, nil), ("web#2@7", "web", 2, 7), ("a@b", "a@b", 1, nil), ("c#d@3", "c#d", 1, 3)])
    func `a process's name says what it is`(name: String, service: String, replica: Int, release: Int?) {
        let process = ReleaseProcess(name)
        #expect(process == ReleaseProcess(service: service, replica: replica, release: release))
        #expect(process.description == name)
    }
}
