// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Which commit a folder stands at.
package enum Commit {
    /// Twelve digits, with `-dirty` when files differ from it; `nil` outside git.
    package static func short(of directory: String) async throws -> String? {
        let git = { (words: [String]) in
            Command("git", ["-C", directory] + words, environment: ["GIT_OPTIONAL_LOCKS": "0"], deadline: .seconds(20))
        }
        do {
            let head = try await LocalRunner().run(git(["rev-parse", "--short=12", "HEAD"]))
            guard head.succeeded, !head.standardOutput.isEmpty else { return nil }
            let changes = try await LocalRunner().run(git(["status", "--porcelain", "--untracked-files=no", "."]))
            return head.standardOutput + (changes.succeeded && changes.standardOutput.isEmpty ? "" : "-dirty")
        } catch let error as SlipwayError where error.code == .missingTool || error.code == .timedOut {
            return nil
        }
    }
}
