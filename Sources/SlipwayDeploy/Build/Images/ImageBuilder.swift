// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The program that builds images in the engine that `docker` asks.
enum ImageBuilder: Equatable, Sendable {
    case buildx
    /// Podman's engine has no BuildKit; its own client builds there, with cache and secret mounts too. The address is
    /// what `CONTAINER_HOST` takes (https://docs.podman.io/en/latest/markdown/podman.1.html).
    case podman(address: String)

    /// The command, for messages.
    var name: String { self == .buildx ? "docker buildx" : "podman build" }

    /// Asks the engine only where there is a `podman` that could be the answer.
    static func find(runner: any CommandRunner) async throws -> ImageBuilder {
        guard ExecutableSearch.find("podman") != nil else { return .buildx }
        let asked = Docker.command(["version", "--format", "{{range .Server.Components}}{{.Name}},{{end}}"])
        let engine = try await runner.run(asked)
        guard engine.lines.contains(where: { $0.text.hasPrefix("Podman Engine,") }) else { return .buildx }
        // The current context's, or what DOCKER_HOST says.
        let place = try await runner.run(
            Docker.command(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]))
        guard let address = place.lines.map(\.text).first(where: { $0.contains("://") }) else { return .buildx }
        return .podman(address: address)
    }

    /// - Parameters:
    ///   - isCold: Whether nothing of earlier builds may be used.
    ///   - identifierFile: Gets the image's `sha256:...`.
    ///   - secretFolder: Holds a file for each secret, for a program that takes them from files alone.
    func command(
        for build: ImageBuild, isCold: Bool, identifierFile: String, secretFolder: String?, deadline: Duration
    ) -> Command {
        var words = ["--iidfile", identifierFile]
        if isCold { words.append("--no-cache") }
        words += ["--file", build.dockerfilePath]
        if let target = build.target { words += ["--target", target] }
        for (name, value) in build.arguments.sorted(by: { $0.key < $1.key }) {
            words += ["--build-arg", "\(name)=\(value)"]
        }
        for name in build.secretArguments.keys.sorted() { words += ["--build-arg", name] }
        for name in build.secrets.keys.sorted() {
            words += ["--secret", "id=\(name)," + (secretFolder.map { "src=\($0)/\(name)" } ?? "env=\(name)")]
        }
        for (name, path) in build.secretFiles.sorted(by: { $0.key < $1.key }) {
            words += ["--secret", "id=\(name),src=\(path)"]
        }
        for (name, value) in build.labels.sorted(by: { $0.key < $1.key }) { words += ["--label", "\(name)=\(value)"] }
        for tag in build.tags { words += ["--tag", tag] }
        words.append(build.context)
        switch self {
        case .buildx:
            return Docker.command(
                ["buildx", "build", "--progress=plain", "--load"] + words, secrets: build.hidden, deadline: deadline)
        case .podman(let address):
            // OCI's own format knows no HEALTHCHECK.
            return Command(
                "podman", ["--remote", "build", "--format", "docker"] + words,
                environment: ["CONTAINER_HOST": address], secrets: build.secretArguments, deadline: deadline)
        }
    }

    /// Whether secrets reach it by files: its remote client does not pass variables on.
    var needsSecretFiles: Bool { self != .buildx }
}
