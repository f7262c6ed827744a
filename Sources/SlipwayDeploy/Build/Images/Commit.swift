// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Which commit a folder stands at.
package enum Commit {
    /// When the newest commit was made, in seconds since 1970; `nil` outside git.
    package static func time(of directory: String) async throws -> Int? {
        do {
            let result = try await LocalRunner().run(git(["log", "-1", "--format=%ct"], in: directory))
            return result.succeeded ? Int(result.standardOutput) : nil
        } catch let error as SlipwayError where error.code == .missingTool || error.code == .timedOut {
            return nil
        }
    }

    private static func git(_ words: [String], in directory: String) -> Command {
        Command("git", ["-C", directory] + words, environment: ["GIT_OPTIONAL_LOCKS": "0"], deadline: .seconds(20))
    }

    /// Twelve digits, with `-dirty` when files differ from it; `nil` outside git.
    package static func short(of directory: String) async throws -> String? {
        do {
            let head = try await LocalRunner().run(git(["rev-parse", "--short=12", "HEAD"], in: directory))
            guard head.succeeded, !head.standardOutput.isEmpty else { return nil }
            let changes = try await LocalRunner().run(
                git(["status", "--porcelain", "--untracked-files=no", "."], in: directory))
            return head.standardOutput + (changes.succeeded && changes.standardOutput.isEmpty ? "" : "-dirty")
        } catch let error as SlipwayError where error.code == .missingTool || error.code == .timedOut {
            return nil
        }
    }
}
