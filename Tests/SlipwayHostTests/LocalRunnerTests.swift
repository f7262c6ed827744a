// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Subprocess
import Synchronization
import Testing

@testable import SlipwayHost

struct LocalRunnerTests {
    private func shell(
        _ script: String, secrets: [String: Secret] = [:], input: Secret? = nil, deadline: Duration = .seconds(20)
    ) -> Command {
        Command("/bin/sh", ["-c", script], secrets: secrets, input: input, deadline: deadline)
    }

    @Test func `both streams arrive line by line and the result keeps them`() async throws {
        let seen = Mutex<[OutputLine]>([])
        let result = try await LocalRunner().run(shell("echo one; echo two >&2; exit 3")) { line in
            seen.withLock { $0.append(line) }
        }
        #expect(result.end == .exited(3))
        #expect(result.standardOutput == "one")
        #expect(Set(seen.withLock { $0.map(\.text) }) == ["one", "two"])
    }

    @Test func `secrets reach the process and nothing that is shown`() async throws {
        let command = shell(
            "echo $TOKEN; cat", secrets: ["TOKEN": Secret("hunter2hunter2")], input: Secret("typed-in-secret"))
        let result = try await LocalRunner().run(command)
        #expect(result.lines.map(\.text) == ["[redacted]", "[redacted]"])
        #expect(!command.description.contains("hunter2"))
    }

    @Test func `nothing of the caller's environment is there when it is not inherited`() async throws {
        let command = Command(
            "/usr/bin/env", environment: ["ONLY": "this"], inheritsEnvironment: false, deadline: .seconds(20))
        #expect(try await LocalRunner().run(command).standardOutput == "ONLY=this")
    }

    @Test func `a missing executable is named with the package that has it`() async throws {
        let error = try await #require(throws: SlipwayError.self) {
            try await LocalRunner().run(Command("initdb", environment: ["PATH": "/nowhere"]))
        }
        #expect(error.code == .missingTool)
        #expect(error.hint == "apt-get install postgresql")
    }

    @Test(arguments: [
        "sleep 600", "trap '' TERM; sleep 600 & wait; sleep 600", "(trap '' TERM; sleep 600) & sleep 600",
    ])
    func `the deadline ends the whole group, also one that ignores SIGTERM`(_ script: String) async throws {
        let group = Mutex<Int32?>(nil)
        let error = try await #require(throws: SlipwayError.self) {
            try await LocalRunner(grace: .milliseconds(200)).run(
                shell("echo $$; " + script, deadline: .milliseconds(500))
            ) { line in
                group.withLock { $0 = $0 ?? Int32(line.text) }
            }
        }
        #expect(error.code == .timedOut)
        let leader = try #require(group.withLock { $0 })
        #expect(ProcessGroupProbe.isEmpty(leader))
    }

    @Test func `cancelling the task ends the process`() async throws {
        let group = Mutex<Int32?>(nil)
        let task = Task {
            try await LocalRunner(grace: .milliseconds(200)).run(shell("echo $$; sleep 600")) { line in
                group.withLock { $0 = $0 ?? Int32(line.text) }
            }
        }
        for _ in 0..<500 where group.withLock({ $0 }) == nil { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ProcessGroupProbe.isEmpty(try #require(group.withLock { $0 })))
    }

    @Test func `what a command leaves in the background ends with it`() async throws {
        let result = try await LocalRunner().run(shell("sleep 600 & echo $$"))
        #expect(result.succeeded)
        #expect(ProcessGroupProbe.isEmpty(try #require(Int32(result.standardOutput))))
    }

    @Test(arguments: ["exit 0", "exec 0<&-; sleep 0.05; exit 0", "head -c 100 > /dev/null; exit 0"])
    func `a command that does not read its input still ends well`(_ script: String) async throws {
        for _ in 0..<10 {
            let result = try await LocalRunner().run(
                shell(script, input: Secret(String(repeating: "x", count: 1 << 20))))
            #expect(result.succeeded)
        }
    }

    @Test func `commands get the default reaction to a broken pipe`() async throws {
        let result = try await LocalRunner().run(shell("(yes; echo $? >&2) | head -1"))
        #expect(result.lines.filter { $0.stream == .error }.map(\.text).joined() == "141")
    }

    @Test func `output larger than any pipe streams through`() async throws {
        let count = Mutex(0)
        let result = try await LocalRunner().run(shell("seq 1 50000")) { _ in count.withLock { $0 += 1 } }
        #expect(count.withLock { $0 } == 50_000)
        #expect(result.lines.last?.text == "50000")
    }

    @Test(.enabled(if: Account.isRoot && Account.named("nobody") != nil, "needs root and the account nobody"))
    func `root can run a command as another account`() async throws {
        var command = shell("id -un; id -G")
        command.user = "nobody"
        let result = try await LocalRunner().run(command)
        #expect(result.standardOutput.hasPrefix("nobody\n"))
        #expect(!result.standardOutput.split(separator: "\n")[1].split(separator: " ").contains("0"))
    }

    @Test(.enabled(if: Account.isRoot && Account.named("nobody") != nil, "needs root and the account nobody"))
    func `a program of its own changes the user, for the library would wait for other threads' locks`() throws {
        var command = Command("true")
        command.user = "nobody"
        let configuration = try LocalRunner().configuration(of: command)
        #expect(configuration.platformOptions.userID == nil)
        #expect(configuration.platformOptions.groupID == nil)
        #expect(configuration.platformOptions.supplementaryGroups == nil)
    }

    @Test func `the recording runner runs nothing and keeps everything`() async throws {
        let runner = RecordingRunner { _ in CommandResult(.exited(1), lines: [OutputLine(.error, "no")]) }
        let result = try await runner.run(Command("rm", ["-rf", "/"]))
        #expect(result.lastLines(5) == ["no"])
        #expect(runner.commands.map(\.description) == ["rm -rf /"])
    }
}
