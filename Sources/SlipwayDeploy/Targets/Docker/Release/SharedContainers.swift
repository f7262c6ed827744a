// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The containers that all releases of an application have in common: its databases.
struct SharedContainers: Sendable {
    /// From nothing to healthy, images pulled.
    static let deadline = Duration.seconds(600)

    let docker: Docker
    let names: ContainerNames
    let model: ContainerModel
    /// The repository.
    let directory: String
    let paths: StatePaths

    /// Databases keep running from release to release; Compose leaves alone what has not changed.
    func start(secrets: [String: Secret]) async throws {
        for volume in model.volumes {
            _ = try await docker.text([
                "volume", "create", "--label", "\(ContainerNames.applicationLabel)=\(names.application)",
                names.volume(volume),
            ])
        }
        guard !model.shared.isEmpty else { return }
        let file = paths.root + "/shared.json"
        let text = model.sharedFile()
        let isSame = (try? FileStore(root: paths.root).text("shared.json")) == text
        if isSame, try await isRunning() { return }
        try FileStore(root: paths.root).write(text, to: "shared.json", mode: 0o600)
        let answer = try await docker.answer(
            [
                "compose", "--project-name", names.application, "--project-directory", directory, "--file", file,
                "up", "--detach", "--wait",
            ], secrets: secrets, deadline: Self.deadline)
        guard answer.succeeded else {
            throw SlipwayError(
                .databaseFailed, "\(model.shared.map(\.name).joined(separator: ", ")) did not come up",
                hint: "docker compose --project-name \(names.application) logs", details: answer.errors.suffix(12))
        }
        // One that was made anew has to join the networks of the releases that run.
        for release in try await ContainerSweep(docker: docker, names: names).releases() {
            try await connect(to: release)
        }
    }

    private func isRunning() async throws -> Bool {
        let running = try await docker.text([
            "ps", "--filter", "label=\(ContainerNames.applicationLabel)=\(names.application)", "--format",
            "{{.Label \"\(ContainerNames.serviceLabel)\"}}",
        ]).split(whereSeparator: \.isNewline).map(String.init)
        return model.shared.allSatisfy { running.contains($0.name) }
    }

    /// Lets a release reach the databases by their names in its own network.
    func connect(to release: Int) async throws {
        for unit in model.shared {
            let list = try await docker.text([
                "ps", "--quiet", "--no-trunc",
                "--filter", "label=\(ContainerNames.applicationLabel)=\(names.application)",
                "--filter", "label=\(ContainerNames.serviceLabel)=\(unit.name)",
            ])
            guard let container = list.split(whereSeparator: \.isWhitespace).first.map(String.init) else { continue }
            let joined = try await docker.text([
                "inspect", "--format", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}", container,
            ]).split(separator: " ").map { String($0.filter { !$0.isNewline }) }
            let wanted = unit.networks.isEmpty ? ["default"] : unit.networks
            for network in wanted where model.networks.contains(where: { $0.name == network }) {
                let name = names.network(network, release: release)
                guard !joined.contains(name) else { continue }
                _ = try await docker.answer(["network", "connect", "--alias", unit.name, name, container])
            }
        }
    }
}
