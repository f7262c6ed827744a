// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// One more container like one that runs, with something changed: what would happen then is measured, not guessed.
struct ContainerCopy: Sendable {
    let original: ContainerFacts
    var environment: [String: String]
    var isReadOnly: Bool
    var temporaryFolders: [String]
    /// Opened on loopback.
    var port: UInt16?

    init(of original: ContainerFacts) {
        self.original = original
        environment = original.environment
        isReadOnly = original.isReadOnly
        temporaryFolders = original.temporaryFolders
    }

    /// - Returns: The new container's id.
    func start(on stack: TrialStack) async throws -> String {
        var words = ["create"]
        for (key, value) in stack.owner.labelTexts.sorted(by: { $0.key < $1.key }) {
            words += ["--label", "\(key)=\(value)"]
        }
        if let network = original.networks.first { words += ["--network", network] }
        if !original.user.isEmpty { words += ["--user", original.user] }
        words += ["--workdir", original.workingDirectory]
        if isReadOnly { words.append("--read-only") }
        for folder in temporaryFolders { words += ["--tmpfs", folder] }
        // The data of the one that runs is not to be shared with a trial.
        for mount in original.mounts where mount.kind == "volume" { words += ["--volume", mount.target] }
        if original.memoryLimit > 0 { words += ["--memory", "\(original.memoryLimit)"] }
        if let port { words += ["--publish", "127.0.0.1::\(port)"] }
        for name in environment.keys.sorted() { words += ["--env", name] }
        if let first = original.entrypoint.first { words += ["--entrypoint", first] }
        words.append(original.imageIdentifier)
        words += original.entrypoint.dropFirst() + original.command
        // Values travel in the environment of the command, which nobody else may read. PATH and the like are the
        // image's: given to the command itself they would change which docker is run.
        let secrets = environment.mapValues { Secret($0) }
        let own = Set(["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "LD_LIBRARY_PATH"])
        let kept = secrets.filter { !own.contains($0.key) }
        words = Self.dropping(own.intersection(environment.keys), from: words)
        let text = try await stack.docker.text(words, secrets: kept)
        let identifier = String(text.split(whereSeparator: \.isWhitespace).last ?? "")
        // Older engines take one network when a container is made.
        for network in original.networks.dropFirst() {
            _ = try await stack.docker.text(["network", "connect", network, identifier])
        }
        _ = try await stack.docker.text(["start", identifier])
        return identifier
    }

    /// `--env NAME` without a value in the command's environment would unset the image's own.
    private static func dropping(_ names: Set<String>, from words: [String]) -> [String] {
        var kept: [String] = []
        for word in words {
            if names.contains(word), kept.last == "--env" { kept.removeLast() } else { kept.append(word) }
        }
        return kept
    }
}

extension TrialStack {
    func remove(_ identifier: String) async {
        _ = try? await docker.answer(["rm", "--force", "--volumes", identifier])
    }
}
