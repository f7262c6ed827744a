// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A command that keeps running while a test looks at what it writes.
final class LiveSlipway {
    private let process = Process()
    private let file: URL

    /// Everything written so far, on both streams.
    var text: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }

    init(_ app: Slipway, _ arguments: String..., environment: [String: String] = [:]) throws {
        file = app.folder.deletingLastPathComponent().appendingPathComponent("live-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        process.executableURL = Slipway.executable
        process.arguments = arguments
        process.currentDirectoryURL = app.folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// - Returns: The first line that is as asked for, or `nil` at the deadline and when the command ends without it.
    func waitForLine(within seconds: Double, _ condition: (String) -> Bool) -> String? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            let isOver = !process.isRunning
            if let line = text.split(separator: "\n").map(String.init).first(where: condition) { return line }
            if isOver { return nil }
            Thread.sleep(forTimeInterval: 0.1)
        }
        return nil
    }

    /// Sends a signal and waits for the end, 90 seconds at most.
    func end(with signal: Int32 = SIGTERM) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
        let deadline = Date(timeIntervalSinceNow: 90)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
