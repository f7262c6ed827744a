// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayCore
@testable import SlipwayHost

/// What goes wrong with real programs, and what is said about it.
@Suite(.enabled(if: RunningApp.isBuilt, "the slipway binary is built first: swift build"))
struct BrokenServiceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let source: String
        var path: String?
        let cause: String
        /// Lives on, so that only the deadline tells.
        var lives = false
    }

    static let status500 = goodServer.replacingOccurrences(of: "send_response(200)", with: "send_response(500)")
        .replacingOccurrences(of: "b\"ok\"", with: "b\"database is down\"")

    static let cases = [
        Case(
            testDescription: "exits at once", source: "import sys; sys.exit(3)",
            cause: "the start command exited with code 3, 3 times in a row"),
        Case(testDescription: "ends by itself", source: "pass", cause: "the start command ended by itself"),
        Case(testDescription: "raises", source: "raise ValueError('no such plan')", cause: "ValueError: no such plan"),
        Case(
            testDescription: "misses a module", source: "import no_such_thing",
            cause: "the Python module no_such_thing is not installed"),
        Case(
            testDescription: "misses a variable", source: "import os; os.environ['API_KEY_SALT']",
            cause: "the variable API_KEY_SALT is not set"),
        Case(testDescription: "kills itself", source: "import os; os.kill(os.getpid(), 9)", cause: "ended by signal 9"),
        Case(
            testDescription: "becomes a daemon",
            source: "import os,time\nif os.fork()==0: os.setsid(); time.sleep(1000)", cause: "went into the background"),
        Case(
            testDescription: "never listens", source: "import time; time.sleep(1000)",
            cause: "nothing listens on {port}: web runs, but has opened no port", lives: true),
        Case(
            testDescription: "listens elsewhere", source: goodServer.replacingOccurrences(of: "{port}", with: "0"),
            cause: "nothing listens on {port}, but web listens on 127.0.0.1:", lives: true),
        Case(
            testDescription: "listens on another address",
            source: goodServer.replacingOccurrences(of: "127.0.0.1", with: "127.0.0.2"),
            cause: "web listens on 127.0.0.2:{port} only, not on 127.0.0.1", lives: true),
        Case(
            testDescription: "answers 500", source: status500, path: "/health",
            cause: "GET /health on 127.0.0.1:{port} answers 500 \"database is down\"", lives: true),
        Case(
            testDescription: "answers 404", source: status500.replacingOccurrences(of: "500", with: "404"),
            path: "/health", cause: "the health path is not there", lives: true),
        Case(
            testDescription: "never answers",
            source: "import socket,time\ns=socket.create_server(('127.0.0.1',{port})); time.sleep(1000)", path: "/",
            cause: "does not answer in time", lives: true),
    ]

    @Test(arguments: cases)
    func `the diagnosis names the cause when a service`(_ broken: Case) async throws {
        let port = try LoopbackPort.free()
        var spec = ProcessSpec.python(
            "web", broken.source, port: port, path: broken.path, deadline: .seconds(broken.lives ? 3 : 20))
        spec.probe.timeout = .milliseconds(500)
        let app = try RunningApp([spec, .shell("later", "exec sleep 1000", dependsOn: ["web"])])
        try await app.whileRunning { _ in
            let status = try await app.reach(.failed)
            let diagnosis = try #require(status.processes.first { $0.name == "web" }?.diagnosis)
            let cause = broken.cause.replacingOccurrences(of: "{port}", with: "\(port)")
            #expect(diagnosis.likelyCause.contains(cause), "\(diagnosis)")
            #expect(diagnosis.hint != nil)
            #expect(diagnosis.expectedPort == port)
            #expect(diagnosis.lastLogLines.count <= 30)
            await app.expectNothingLeft()
        }
    }

    @Test func `a missing program fails at once`() async throws {
        var spec = ProcessSpec.shell("web", "")
        spec.executable = "no-such-program"
        let app = try RunningApp([spec])
        try await app.whileRunning { _ in
            let diagnosis = try #require(try await app.reach(.failed).processes[0].diagnosis)
            #expect(diagnosis.likelyCause == "the command no-such-program is not found")
            #expect(diagnosis.hint == "which no-such-program")
        }
    }

    @Test func `a port that another program answers on does not count as ready`() async throws {
        let port = try LoopbackPort.free()
        let holder = try RunningApp([.python("holder", goodServer, port: port)])
        try await holder.whileRunning { _ in
            _ = try await holder.reach(.running)
            let app = try RunningApp([
                .python("web", "import time; time.sleep(1000)", port: port, deadline: .seconds(1))
            ])
            try await app.whileRunning { _ in
                let diagnosis = try #require(try await app.reach(.failed).processes[0].diagnosis)
                #expect(diagnosis.likelyCause.contains("is answered by python3"), "\(diagnosis)")
            }
        }
    }

    @Test func `a secret and bad bytes in the output do no harm`() async throws {
        let source =
            "import sys,time; sys.stdout.buffer.write(b'key hunter2222 \\xff\\n'); print('end', file=sys.stderr); time.sleep(1000)"
        let app = try RunningApp([.python("web", source)], secrets: ["hunter2222"])
        try await app.whileRunning { _ in
            _ = try await app.status { _ in app.log(of: "web").contains("err end") }
            #expect(app.log(of: "web").contains("out key [redacted] \u{FFFD}\n"))
        }
    }

    @Test func `a flood of output neither grows the engine nor is lost in the middle`() async throws {
        let app = try RunningApp([.shell("flood", "exec yes 0123456789012345678901234567890123456789")])
        try await app.whileRunning { engine in
            _ = try await app.reach(.running)
            _ = try await app.status(within: .seconds(60)) { _ in
                FileManager.default.fileExists(atPath: app.paths.log(of: "flood") + ".1")
            }
            let status = try String(contentsOfFile: "/proc/\(engine.record.processIdentifier)/status", encoding: .utf8)
            let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
            let kilobytes = Int(try #require(resident).filter(\.isNumber)) ?? 0
            #expect(kilobytes < 120_000, "\(kilobytes)")
        }
    }

    @Test func `processes start after what they depend on and end before it`() async throws {
        let app = try RunningApp([
            .shell(
                "api", "echo api >> order; trap 'echo api-end >> order; exit' TERM; sleep 1000 & wait",
                dependsOn: ["db"]),
            .shell("db", "sleep 0.2; echo db >> order; trap 'echo db-end >> order; exit' TERM; sleep 1000 & wait"),
        ])
        try await app.whileRunning { _ in
            let status = try await app.reach(.running)
            #expect(status.processes.map(\.name) == ["db", "api"])
            _ = try await app.status { _ in
                (try? String(contentsOfFile: app.folder + "/order", encoding: .utf8))?.contains("api") == true
                    && (try? String(contentsOfFile: app.folder + "/order", encoding: .utf8))?.contains("db") == true
            }
        }
        let order = try String(contentsOfFile: app.folder + "/order", encoding: .utf8).split(separator: "\n")
        #expect(order.suffix(2) == ["api-end", "db-end"])
    }

    @Test func `a process that ends later is started again; replace swaps one process only`() async throws {
        let app = try RunningApp([.shell("a", "exec sleep 1000"), .shell("b", "exec sleep 1000")])
        try await app.whileRunning { _ in
            let first = try await app.reach(.running)
            kill(try #require(first.processes[0].processIdentifier), SIGKILL)
            let second = try await app.status { $0.processes[0].restarts == 1 && $0.phase == .running }
            #expect(second.processes[1].processIdentifier == first.processes[1].processIdentifier)

            var spec = app.plan.processes[1]
            spec.arguments = ["-c", "exec sleep 2000"]
            try await app.client.perform(.replace(spec), deadline: .seconds(10))
            let third = try await app.client.status()
            #expect(third.phase == .running)
            #expect(third.processes[0].processIdentifier == second.processes[0].processIdentifier)
            #expect(third.processes[1].processIdentifier != second.processes[1].processIdentifier)

            spec.arguments = ["-c", "echo broken; exit 1"]
            spec.probe = Probe(.uptime(.seconds(3)), deadline: .seconds(20))
            let error = await #expect(throws: SlipwayError.self) {
                try await app.client.perform(.replace(spec), deadline: .seconds(10))
            }
            #expect(error?.code == .unhealthyService)
            let last = try await app.client.status()
            #expect(last.phase == .degraded)
        }
    }
}
