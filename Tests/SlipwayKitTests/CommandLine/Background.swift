// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs that run beside a test, and those whose end it waits for.
enum Background {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Waits for the program's end, 15 minutes at most: an example's dependencies are built.
    /// - Parameter environment: On top of this process's own.
    static func run(
        _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
    ) throws -> Result {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let files = ["output", "errors"].map(place.appendingPathComponent)
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files, not pipes: a detached engine must not keep the test waiting for the end of a stream.
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 900)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

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
