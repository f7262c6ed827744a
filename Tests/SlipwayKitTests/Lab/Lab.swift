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
}
