// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayCore
@testable import SlipwayHost

@Suite(.enabled(if: RunningApp.isBuilt, "the slipway binary is built first: swift build"))
struct EngineLifeTests {
    @Test func `a healthy application runs, answers status and leaves nothing`() async throws {
        let port = try LoopbackPort.free()
        let app = try RunningApp([.python("web", goodServer, port: port, path: "/health")])
        try await app.whileRunning { _ in
            let status = try await app.reach(.running)
            #expect(status.processes.map(\.state) == [.ready])
            #expect(status.processes[0].secondsToReady != nil)
            #expect(status.processes[0].diagnosis == nil)
            let record = try Data(contentsOf: URL(fileURLWithPath: app.paths.record))
            #expect(try JSONDecoder().decode(EngineRecord.self, from: record).address != nil)
        }
        #expect(!FileManager.default.fileExists(atPath: app.paths.record))
        #expect(!FileManager.default.fileExists(atPath: app.plan.socketPath))
    }

    @Test func `a stop request ends the engine`() async throws {
        let app = try RunningApp([.shell("worker", "exec sleep 1000")])
        let engine = try await app.launch(detached: true)
        _ = try await app.reach(.running)
        try await app.client.perform(.stop, deadline: .seconds(5))
        await app.expectNothingLeft()
        await expectGone(engine.record.processIdentifier)
    }

    @Test func `a second engine on the same application is refused with the first one's process`() async throws {
        let app = try RunningApp([.shell("worker", "exec sleep 1000")])
        try await app.whileRunning { engine in
            let error = await #expect(throws: SlipwayError.self) { try await app.launch() }
            #expect(error?.code == .alreadyRunning)
            #expect(error?.message.contains("\(engine.record.processIdentifier)") == true)
            let status = try await app.client.status()
            #expect(status.application == "test")
        }
    }

    @Test func `the edge's port in use is refused with its owner`() async throws {
        let port = try LoopbackPort.free()
        let holder = try RunningApp([.python("holder", goodServer, port: port)])
        try await holder.whileRunning { _ in
            _ = try await holder.reach(.running)
            let app = try RunningApp([], port: port)
            let error = await #expect(throws: SlipwayError.self) { try await app.launch() }
            #expect(error?.code == .portInUse)
            #expect(error?.message.contains("python3") == true)
        }
    }

    @Test(arguments: ["engine", "guard", "engine and guard", "keeper", "engine and keeper"])
    func `nothing is left after kill -9 of`(_ victims: String) async throws {
        let daemon =
            "import os,time\nif os.fork()==0:\n os.setsid()\n if os.fork()==0: time.sleep(1000)\n os._exit(0)\ntime.sleep(1000)"
        let app = try RunningApp([
            .python("web", daemon),
            .shell("worker", "trap '' TERM; sleep 1000 & wait; sleep 1000", grace: .milliseconds(300)),
        ])
        let launched = try await app.launch()
        let status = try await app.reach(.running)
        let engine = launched.record.processIdentifier
        let tree = ProcessTree.current()
        let keeper = try #require(tree.entries[engine]?.parent)
        let web = try #require(status.processes[0].processIdentifier)
        let webGuard = try #require(tree.entries[web]?.parent)
        #expect(tree.entries[webGuard]?.parent == engine)
        let before = tree.descendants(of: webGuard)
        if victims.contains("guard") { kill(webGuard, SIGKILL) }
        if victims.contains("engine") { kill(engine, SIGKILL) }
        if victims.contains("keeper") { kill(keeper, SIGKILL) }
        if victims == "guard" {
            // The engine takes care: the old run is gone, a new one comes.
            let again = try await app.status { $0.processes[0].state == .ready && $0.processes[0].restarts == 1 }
            #expect(again.processes[0].processIdentifier != web)
            #expect(before.allSatisfy { ProcessTree.current().entries[$0] == nil })
            launched.stop()
        }
        await app.expectNothingLeft()
        await expectGone(engine)
        await expectGone(webGuard)
        await launched.waitUntilGone()
    }

    @Test func `the engine ends with the process that launched it`() async throws {
        let app = try RunningApp([.shell("worker", "sleep 1000")])
        let launched = try await app.launch()
        _ = try await app.reach(.running)
        // Closing the pipes is what the launcher's death does.
        launched.dropLifeline()
        await app.expectNothingLeft()
        await expectGone(launched.record.processIdentifier)
    }

    @Test func `after kill -9 the next start works`() async throws {
        let app = try RunningApp([.shell("worker", "exec sleep 1000")])
        let first = try await app.launch()
        _ = try await app.reach(.running)
        kill(first.record.processIdentifier, SIGKILL)
        await first.waitUntilGone()
        try await app.whileRunning { _ in _ = try await app.reach(.running) }
    }

    private func expectGone(_ process: Int32) async {
        let deadline = ContinuousClock.now + .seconds(15)
        while ProcessTree.current().entries[process].map({ !$0.isZombie }) == true, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        #expect(ProcessTree.current().entries[process].map(\.isZombie) != false)
    }
}
