// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// What a release in containers is made from: a copy of the source with all its deployment files, read as a Compose
/// project whose secrets are names still.
struct ContainerSource: Sendable {
    private static let secretEndings = ["PASSWORD", "SECRET", "TOKEN", "_KEY", "DSN"]

    let staged: StagedProject
    let project: ComposeProject
    /// Every value that Compose fills in.
    let values: [String: String]
    /// The names among them that nobody may see.
    let secretNames: Set<String>

    var secrets: [String: Secret] {
        values.filter { secretNames.contains($0.key) }.mapValues { Secret($0) }
    }

    /// - Parameters:
    ///   - directory: The repository, whose `.env` counts.
    ///   - state: Holds generated values.
    static func read(
        _ staged: StagedProject, application: AppSpec, directory: String, paths: StatePaths,
        configuration: [String: String], docker: Docker
    ) async throws -> ContainerSource {
        let text = try staged.files.text(staged.composeFile)
        var options = DockerTarget.Options()
        options.configuration = configuration
        let kept = try SecretStore(StatePaths(applicationDirectory: directory)).load()
        options.variables = kept.mapValues { $0.reveal() }
        let state = FileStore(root: paths.root)
        let values = try RunValues(directory: directory, state: state).resolve(
            application, compose: [text], options)
        let stored = try SecretFile(state, path: "secrets.env").load()
        let declared = application.variables.filter(\.secret).map(\.name)
        let secretNames = Set(
            values.keys.filter { name in
                stored[name] != nil || kept[name] != nil || declared.contains(name)
                    || secretEndings.contains(where: name.uppercased().hasSuffix)
            })
        for file in ComposeFile(parsing: text).services.flatMap(\.environmentFiles)
        where !staged.files.exists(file.path) {
            let path = file.path.hasPrefix("./") ? String(file.path.dropFirst(2)) : file.path
            guard let own = try? FileStore(root: directory).read(path) else { continue }
            try staged.files.write(own, to: path, mode: 0o600)
        }
        // In the environment, where quotes, spaces and hashes are nothing but themselves.
        let shown = values.map { name, value in
            (name, secretNames.contains(name) && !value.isEmpty ? placeholder(name) : value)
        }
        let answer = try await docker.with(Dictionary(shown) { $1 }).text(
            ["compose", "--file", staged.composeFile, "config", "--format", "json", "--no-consistency"],
            directory: staged.root)
        var resolved = answer
        for name in secretNames { resolved = resolved.replacing(placeholder(name), with: "${\(name)}") }
        guard let root = JSONDocument(parsing: resolved).root else {
            throw SlipwayError(.dockerFailed, "docker compose config answered no JSON", hint: "slipway check")
        }
        return ContainerSource(
            staged: staged, project: ComposeProject(root), values: values, secretNames: secretNames)
    }

    /// Stands for a value while Compose reads the file, so that the value itself is written nowhere.
    private static func placeholder(_ name: String) -> String { "slipwayvalueof\(name)here" }
}
