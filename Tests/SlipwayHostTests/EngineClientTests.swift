// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

struct EngineClientTests {
    private static let python = ExecutableSearch.find("python3")

    @Test func `nobody at the socket is said with the command that starts the engine`() async throws {
        let client = EngineClient(socketPath: "/tmp/slipway-nobody-\(RandomToken.hex(bytes: 4)).sock")
        let error = try await #require(throws: SlipwayError.self) { try await client.status() }
        #expect(error.code == .engineUnreachable)
        #expect(error.hint == "slipway up")
    }

    @Test func `a socket path longer than the system allows is an error, not a crash`() async throws {
        let client = EngineClient(socketPath: "/" + String(repeating: "x", count: 200))
        #expect(try await #require(throws: SlipwayError.self) { try await client.status() }.code == .engineUnreachable)
    }

    @Test(
        .enabled(if: python != nil, "needs python3"),
        arguments: [
            (#"conn.sendall(b'{"done":{}}\n')"#, nil), ("conn.close()", "engine-unreachable"),
            ("time.sleep(9)", "timed-out"),
            (
                #"conn.sendall(b'{"failed":{"code":"unhealthy-service","message":"m","details":[]}}\n')"#,
                "unhealthy-service"
            ),
            (
                #"conn.sendall(b'{"failed":{"code":"of-a-newer-engine","message":"m","details":[]}}\n')"#,
                "engine-failed"
            ),
            (#"conn.sendall(b'not json\n')"#, "engine-unreachable"),
        ])
    func `replies and their absence are told apart`(_ answer: String, code: String?) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/s"
        let script = """
            import signal, socket, sys, time
            signal.alarm(30)
            s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1)
            conn, _ = s.accept(); conn.recv(1 << 16)
            \(answer)
            """
        let server = Task {
            try await LocalRunner(grace: .milliseconds(100)).run(
                Command("python3", ["-c", script, path], deadline: .seconds(30)))
        }
        for _ in 0..<1000 where !folder.files.exists("s") { try await Task.sleep(for: .milliseconds(10)) }
        var thrown: SlipwayError?
        do {
            try await EngineClient(socketPath: path).perform(
                .stop, deadline: .milliseconds(code == "timed-out" ? 300 : 5000))
        } catch let error as SlipwayError {
            thrown = error
        }
        server.cancel()
        _ = await server.result
        #expect(thrown?.code.rawValue == code)
    }

    @Test func `a free port is one that was not promised already`() throws {
        let first = try LoopbackPort.free()
        #expect(try LoopbackPort.free(preferring: first) == first)
        #expect(try LoopbackPort.free(preferring: first, avoiding: [first]) != first)
    }
}
