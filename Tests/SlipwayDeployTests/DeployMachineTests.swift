// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

/// The course of a deploy in a world that is nothing but a set of facts, killed at every point.
struct DeployMachineTests {
    /// What a deploy changes, as far as people notice it.
    private struct World: Equatable {
        var isOldRunning = true
        var isNewRunning = false
        var routesToNew = false
        var hasFiles = false
        var isHeld = false

        var serves: Bool { isHeld || (routesToNew ? isNewRunning : isOldRunning) }

        mutating func perform(_ action: DeployAction) {
            switch action {
            case .snapshot: hasFiles = true
            case .start: isNewRunning = true
            case .withdraw: isNewRunning = false
            case .shift: routesToNew = true
            case .shiftBack: routesToNew = false
            case .halt, .remove: isOldRunning = false
            case .revive: isOldRunning = true
            case .hold: isHeld = true
            case .unhold: isHeld = false
            case .discard: hasFiles = false
            default: break
            }
        }

        static let before = World()
        static let after = World(isOldRunning: false, isNewRunning: true, routesToNew: true, hasFiles: true)
    }

    private static func plan(single: Bool) throws -> DeployPlan {
        var web = Service(name: "web", directory: ".", role: .backend, start: "./web", port: 80, routes: ["/"])
        web.singleInstance = single ? "it keeps its data in memory" : nil
        web.release = "migrate"
        let observed = EngineStatus(
            application: "app", directory: "/app", processIdentifier: 1, phase: .running, address: nil, startedAt: 0,
            processes: [ProcessStatus(name: "web@1", state: .ready, port: 4001, since: 0)], release: 1,
            routes: [EdgeRoute(prefix: "/", service: "web", destination: .upstream(port: 4001), process: "web@1")])
        return try DeployPlanner(
            release: 2, application: AppSpec(name: "app", services: [web]), observed: observed
        ).plan()
    }

    /// Runs until the end or until so many journal entries are written; returns those.
    private func run(
        _ machine: DeployMachine, _ world: inout World, entries: Int, failing: Int? = nil
    ) -> (entries: [DeployJournal.Entry], outcome: DeployOutcome?) {
        var machine = machine
        var journal: [DeployJournal.Entry] = []
        var action = machine.next()
        while true {
            #expect(world.serves, "nobody answers before \(action)")
            let wasGoingBack = machine.isGoingBack
            switch action {
            case .end(let outcome): return (journal, outcome)
            case .perform(let step):
                journal.append(.begin(step: step))
                if journal.count >= entries { return (journal, nil) }
                if failing == step {
                    action = machine.handle(.failed("no"))
                    if !wasGoingBack, machine.isGoingBack { journal.append(.back("no")) }
                    continue
                }
                world.perform(machine.plan.steps[step].action)
                if journal.count + 1 >= entries { return (journal, nil) }
                journal.append(.done(step: step))
            case .undo(let step):
                for action in machine.plan.steps[step].undo { world.perform(action) }
                if journal.count >= entries { return (journal, nil) }
                journal.append(.undone(step: step))
            }
            action = machine.handle(.done)
        }
    }

    @Test(arguments: [false, true])
    func `a deploy that is not disturbed ends with the new release alone`(single: Bool) throws {
        var world = World()
        let ended = run(DeployMachine(try Self.plan(single: single)), &world, entries: .max)
        #expect(ended.outcome == .live)
        #expect(world == .after)
    }

    @Test(arguments: [false, true])
    func `whatever step fails, the old release is as it was or the new one stays`(single: Bool) throws {
        let plan = try Self.plan(single: single)
        for step in plan.steps.indices {
            var world = World()
            let ended = run(DeployMachine(plan), &world, entries: .max, failing: step)
            if step < plan.pointOfNoReturn {
                #expect(ended.outcome == .undone("no"))
                #expect(world == .before, "after a failure of step \(step)")
            } else {
                #expect(ended.outcome == .live)
                #expect(world.routesToNew && world.isNewRunning)
            }
        }
    }

    @Test(arguments: [false, true])
    func `killed at any journal entry, the next command ends clean in either direction`(single: Bool) throws {
        let plan = try Self.plan(single: single)
        for goesOn in [false, true] {
            for killedAt in 1...(plan.steps.count * 2) {
                var world = World()
                let first = run(DeployMachine(plan), &world, entries: killedAt)
                var machine = DeployMachine(plan, entries: first.entries)
                if machine.canGoBack, !goesOn { _ = machine.handle(.stop("killed")) }
                let isLive = goesOn || !machine.isGoingBack
                let second = run(machine, &world, entries: .max)
                #expect(second.outcome == (isLive ? .live : .undone("killed")))
                #expect(world == (isLive ? .after : .before), "killed at entry \(killedAt)")
            }
        }
    }

    @Test func `killed while it is taken back, the next command takes it back to the end`() throws {
        let plan = try Self.plan(single: true)
        let failing = plan.pointOfNoReturn - 1
        for killedAt in 1...(plan.steps.count * 3) {
            var world = World()
            let first = run(DeployMachine(plan), &world, entries: killedAt, failing: failing)
            guard first.outcome == nil else { break }
            var machine = DeployMachine(plan, entries: first.entries)
            if !machine.isGoingBack { _ = machine.handle(.stop("killed")) }
            _ = run(machine, &world, entries: .max)
            #expect(world == .before, "killed at entry \(killedAt)")
        }
    }

    @Test func `a service that may run once only is exchanged while its requests wait`() throws {
        let plan = try Self.plan(single: true)
        #expect(plan.strategy == .recreate)
        #expect(plan.pauseSeconds > 0)
        let actions = plan.steps.map(\.action)
        let hold = try #require(actions.firstIndex(of: .hold(services: ["web"])))
        let halt = try #require(actions.firstIndex(of: .halt(processes: ["web@1"])))
        let start = try #require(actions.firstIndex(of: .start(service: "web")))
        let go = try #require(actions.firstIndex(of: .unhold(services: ["web"])))
        #expect(hold < halt && halt < start && start < go)
        #expect(try Self.plan(single: false).pauseSeconds == 0)
    }
}
