// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs that run beside a test, and short ones whose output it reads.
enum Background {
    /// Started with no descriptor of ours: one that lives on in a service keeps Foundation from seeing the ends of others.
    /// - Returns: The process, which leads a group of its own.
    static func start(_ words: [String]) throws -> Int32 {
        let script = """
            import subprocess, sys
            none = subprocess.DEVNULL
            print(subprocess.Popen(sys.argv[1:], stdin=none, stdout=none, stderr=none, start_new_session=True).pid)
            """
        let text = try shell((["python3", "-c", script] + words).map { "'\($0)'" }.joined(separator: " "))
        return try #require(Int32(text))
    }

    /// Asks the whole group to end, and insists after 20 s.
    static func end(_ process: Int32) {
        kill(-process, SIGTERM)
        let deadline = Date(timeIntervalSinceNow: 20)
        while kill(-process, 0) == 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
        kill(-process, SIGKILL)
    }

    @discardableResult
    static func shell(_ text: String) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", text]
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func freePort() throws -> Int {
        let text = try shell(
            "python3 -c \"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])\"")
        return try #require(Int(text))
    }

    /// Waits for somebody to listen on loopback, 60 s at most.
    static func waitForPort(_ port: Int) throws {
        let script = """
            import socket, sys, time
            for _ in range(600):
                try: sys.exit(socket.create_connection(("127.0.0.1", \(port))).close())
                except OSError: time.sleep(0.1)
            print("nobody")
            """
        #expect(try shell("python3 -c '\(script)'") == "", "nobody listens on \(port)")
    }
}
