// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// The containers of one Compose project.
struct ComposeContainers: Sendable {
    let docker: Docker
    /// The Compose project's name.
    let project: String

    /// Those of its services, ended ones too; not those of `compose run`.
    func all() async throws -> [ContainerFacts] {
        let list = try await docker.text(
            ["ps", "--all", "--no-trunc", "--quiet", "--filter", "label=com.docker.compose.project=\(project)"])
        let names = list.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !names.isEmpty else { return [] }
        // One may be replaced between the two questions.
        let answer = try await docker.answer(["inspect", "--type", "container"] + names)
        return (JSONDocument(parsing: answer.output).root?.sequence ?? []).map(ContainerFacts.init)
            .filter { !$0.isOneOff }
    }
}
