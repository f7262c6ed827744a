// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Marks everything that one run makes in the engine, so that it can be removed, by a later run when need be.
package struct TrialOwner: Sendable {
    static let label = "slipway.trial"
    static let ownerLabel = "slipway.trial.owner"

    /// The Compose project's name; no two runs share one.
    package let project: String
    /// This process on this machine, by its start as well, because process ids are used again.
    private let owner: String

    package init() {
        project = "slipway-trial-" + RandomToken.hex(bytes: 4)
        owner = ProcessOwner.own.text
    }

    var labels: FileMap { [Self.label: .string(project), Self.ownerLabel: .string(owner)] }
    var labelTexts: [String: String] { [Self.label: project, Self.ownerLabel: owner] }

    /// Removes containers, networks, volumes and images of one project; absence is fine.
    package static func remove(_ project: String, docker: Docker) async {
        let filter = ["--filter", "label=\(label)=\(project)", "--quiet"]
        let long = Duration.seconds(120)
        func names(_ words: [String]) async -> [String] {
            let text = (try? await docker.text(words + filter)) ?? ""
            return Array(Set(text.split(whereSeparator: \.isWhitespace).map(String.init))).sorted()
        }
        let containers = await names(["ps", "--all", "--no-trunc"])
        if !containers.isEmpty {
            _ = try? await docker.answer(["rm", "--force", "--volumes"] + containers, deadline: long)
        }
        for kind in ["network", "volume"] {
            let found = await names([kind, "ls"])
            if !found.isEmpty { _ = try? await docker.answer([kind, "rm"] + found, deadline: long) }
        }
        let images = await names(["image", "ls", "--no-trunc"])
        if !images.isEmpty { _ = try? await docker.answer(["image", "rm", "--force"] + images, deadline: long) }
    }

    /// Removes what runs left that are no more: killed, or on a machine that was switched off.
    /// - Returns: The projects that were removed.
    package static func sweep(docker: Docker) async throws -> [String] {
        let format = "{{.Label \"\(label)\"}} {{.Label \"\(ownerLabel)\"}}"
        var projects: [String: String] = [:]
        for kind in [["ps", "--all"], ["network", "ls"], ["volume", "ls"]] {
            let text = try await docker.text(kind + ["--filter", "label=\(label)", "--format", format])
            for line in text.split(whereSeparator: \.isNewline) {
                let words = line.split(separator: " ")
                if words.count == 2 { projects[String(words[0])] = String(words[1]) }
            }
        }
        let dead = projects.filter { ProcessOwner($0.value)?.isGone == true }.keys.sorted()
        for project in dead { await remove(project, docker: docker) }
        return dead
    }
}
