// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayCore
@testable import SlipwayHost

@Suite(.enabled(if: RunningApp.isBuilt, "the slipway binary is built first: swift build"))
struct HandOverTests {
    @Test func `a program that cannot take over changes nothing, one that can takes all over`() async throws {
        let counting = "i=0; while :; do i=$((i+1)); echo line $i; printf half; sleep 0.01; echo; done"
        let app = try RunningApp([.shell("worker", counting), .shell("other", "exec sleep 1000")])
        try await app.whileRunning { engine in
            let before = try await app.reach(.running)
            // It speaks as a successor does, up to the moment at which it should be ready.
            let impostor = app.folder + "/impostor"
            let text = """
                #!/usr/bin/env python3
                import json, socket, struct
                peer = socket.socket(fileno=0)
                hello = json.dumps({"hello": {"format": 1, "version": "9"}}).encode()
                peer.sendall(struct.pack("<QQ", len(hello), 0) + hello)
                peer.recv(16)
                """
            try text.write(toFile: impostor, atomically: true, encoding: .utf8)
            chmod(impostor, 0o755)
            for program in ["/bin/true", "/nowhere/slipway", impostor] {
                let error = await #expect(throws: SlipwayError.self) {
                    try await app.client.perform(.handOver(executable: program), deadline: .seconds(30))
                }
                #expect(error?.code == .engineFailed, "\(program)")
                let status = try await app.client.status()
                #expect(status.processIdentifier == engine.record.processIdentifier)
                #expect(status.processes.map(\.processIdentifier) == before.processes.map(\.processIdentifier))
            }
            try await app.client.perform(.handOver(executable: RunningApp.executable), deadline: .seconds(30))
            let after = try await app.client.status()
            #expect(after.processIdentifier != before.processIdentifier && after.phase == .running)
            #expect(after.processes.map(\.processIdentifier) == before.processes.map(\.processIdentifier))
            #expect(after.processes.map(\.state) == [.ready, .ready])
            try await waitForEnd(of: engine.record.processIdentifier)
            let worker = try #require(after.processes[0].processIdentifier)
            kill(worker, SIGKILL)
            let again = try await app.status { $0.processes[0].restarts == 1 && $0.processes[0].state == .ready }
            #expect(again.processes[0].processIdentifier != worker, "the successor looks after it")
            let guardOfOther = try #require(
                again.processes[1].processIdentifier.flatMap { ProcessTree.current().entries[$0]?.parent })
            kill(guardOfOther, SIGKILL)
            _ = try await app.status { $0.processes[1].restarts == 1 && $0.processes[1].state == .ready }
        }
        // Numbers begin anew with the run that came after the kill.
        let lines = app.log(of: "worker").split(separator: "\n").map { $0.split(separator: " ").dropFirst(2) }
        let numbers = lines.compactMap { $0.first == "line" ? Int($0.last ?? "") : nil }
        #expect(numbers.first == 1)
        for (one, next) in zip(numbers, numbers.dropFirst()) where next != 1 { #expect(next == one + 1) }
        let torn = lines.filter { $0.first != "line" && $0.first != "half" }
        #expect(torn.isEmpty, "\(torn)")
    }

    private func waitForEnd(of process: Int32) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while kill(process, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(kill(process, 0) != 0, "the engine before has ended")
    }

    @Test func `what a guard is told of a successor is a line and a process, its binary once it serves`() {
        let (named, serving) = (
            GuardSuccession(identifier: 7, executable: nil), GuardSuccession(identifier: 7, executable: "/a b")
        )
        #expect(GuardSuccession.all(in: named.line) == [named])
        #expect(GuardSuccession.all(in: named.line + serving.line) == [named, serving])
        for text in ["", "7 /a", "x /a\n", "1 /sbin/init\n", "-7 /a\n", "\n", " \n"] {
            #expect(GuardSuccession.all(in: Array(text.utf8)).isEmpty, "\(text)")
        }
    }
}
