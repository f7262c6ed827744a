// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Which commit a folder stands at.
struct RepositoryState: Equatable, Sendable {
    var commit: String?
    var isDirty = false

    /// Nothing is known of a folder that is no repository, or without git.
    static func read(_ directory: String) async -> RepositoryState {
        guard let git = ExecutableSearch.find("git", path: ExecutableSearch.path) else { return RepositoryState() }
        func ask(_ arguments: [String]) async -> CommandResult? {
            let command = Command(
                git, ["-C", directory] + arguments, environment: ["GIT_OPTIONAL_LOCKS": "0"], deadline: .seconds(20))
            return try? await LocalRunner().run(command)
        }
        guard let head = await ask(["rev-parse", "HEAD"]), head.succeeded else { return RepositoryState() }
        let status = await ask(["status", "--porcelain", "--", "."])
        return RepositoryState(
            commit: head.standardOutput, isDirty: status.map { !$0.standardOutput.isEmpty } ?? true)
    }
}
