// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles
import SlipwayHost

/// Finds and removes what an application has in a container engine, by its labels: never by what we remember.
struct ContainerSweep: Sendable {
    private static let deadline = Duration.seconds(120)

    let docker: Docker
    let names: ContainerNames

    private var ours: [String] { ["--filter", "label=\(ContainerNames.applicationLabel)=\(names.application)"] }

    /// Releases that have containers or networks.
    func releases() async throws -> Set<Int> {
        var found: Set<Int> = []
        let format = ["--format", "{{.Label \"\(ContainerNames.releaseLabel)\"}}"]
        for kind in [["ps", "--all"], ["network", "ls"]] {
            let text = try await docker.text(kind + ours + format)
            found.formUnion(text.split(whereSeparator: \.isNewline).compactMap { Int($0) })
        }
        return found
    }

    /// Removes containers of a release; with the last one its networks go too.
    /// - Parameter service: `nil` for all.
    func remove(release: Int, service: String? = nil) async throws {
        var filter = ours + ["--filter", "label=\(ContainerNames.releaseLabel)=\(release)"]
        let all = filter
        if let service { filter += ["--filter", "label=\(ContainerNames.serviceLabel)=\(service)"] }
        let containers = try await identifiers(["ps", "--all"] + filter)
        if !containers.isEmpty {
            _ = try await docker.answer(["rm", "--force"] + containers, deadline: Self.deadline)
        }
        guard try await identifiers(["ps", "--all"] + all).isEmpty else { return }
        for network in try await identifiers(["network", "ls"] + all) { try await removeNetwork(network) }
    }

    /// Removes everything of all releases, and ends what they share.
    func removeAll() async throws -> Bool {
        let releases = try await releases()
        for release in releases { try await remove(release: release) }
        let shared = try await identifiers(["ps", "--all"] + ours)
        if !shared.isEmpty {
            _ = try await docker.answer(["stop"] + shared, deadline: Self.deadline)
            _ = try await docker.answer(["rm", "--force"] + shared, deadline: Self.deadline)
        }
        for network in try await identifiers(
            ["network", "ls", "--filter", "label=com.docker.compose.project=\(names.application)"])
        {
            try await removeNetwork(network)
        }
        return !releases.isEmpty || !shared.isEmpty
    }

    /// Removes images of releases that are not kept.
    func removeImages(keeping kept: Set<Int>) async throws {
        let text = try await docker.text(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])
        let old = text.split(whereSeparator: \.isNewline).map(String.init).filter { name in
            names.release(ofImage: name).map { !kept.contains($0) } ?? false
        }
        if !old.isEmpty { _ = try await docker.answer(["image", "rm"] + old, deadline: Self.deadline) }
    }

    /// A database that is part of a release's network would hold it.
    private func removeNetwork(_ network: String) async throws {
        let format = ["--format", "{{range $id, $_ := .Containers}}{{$id}} {{end}}"]
        let answer = try await docker.answer(["network", "inspect", network] + format)
        for container in answer.output.split(whereSeparator: \.isWhitespace) {
            _ = try await docker.answer(["network", "disconnect", "--force", network, String(container)])
        }
        _ = try await docker.answer(["network", "rm", network])
    }

    private func identifiers(_ words: [String]) async throws -> [String] {
        try await docker.text(words + ["--quiet", "--no-trunc"]).split(whereSeparator: \.isWhitespace)
            .map(String.init)
    }
}
