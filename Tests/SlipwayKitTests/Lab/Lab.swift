// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The project's own container engine, when it is up: `scripts/lab up`.
enum Lab {
    static let reason: Comment = "the lab is down: scripts/lab up; eval \"$(scripts/lab env)\""

    /// Whether an engine with BuildKit and Compose answers.
    static let isUp: Bool = {
        guard Tools.has("docker"), ProcessInfo.processInfo.environment["DOCKER_HOST"] != nil else { return false }
        return ["version", "buildx version", "compose version"].allSatisfy { words in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["docker"] + words.split(separator: " ").map(String.init)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()

    /// `127.0.0.1:5055`, where the lab's own registry answers.
    static let registry = ProcessInfo.processInfo.environment["SLIPWAY_LAB_REGISTRY"]

    /// What a `docker` command says, trimmed.
    @discardableResult
    static func docker(_ arguments: String...) throws -> String { try docker(arguments) }

    static func docker(_ arguments: [String]) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker"] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Everything that needs the engine, one test at a time; `scripts/test` runs it by this name in its last step.
@Suite(.enabled(if: Lab.isUp, Lab.reason), .serialized)
enum LabTests {}
