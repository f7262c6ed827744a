// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A command that builds an image from a folder.
struct DockerBuildCall {
    /// As written; `nil` for the folder's own Dockerfile.
    let dockerfile: String?
    /// The folder that the build sees, as written.
    let context: String

    private static let valued: Set<String> = [
        "-t", "--tag", "-f", "--file", "--build-arg", "--target", "--platform", "--label", "--secret", "--ssh",
        "--cache-from", "--cache-to", "--network", "--progress", "-o", "--output", "--add-host", "--build-context",
        "--builder", "--iidfile", "--metadata-file", "--shm-size", "--ulimit", "-m", "--memory", "--provenance",
    ]

    /// - Parameter words: The command's, without what only says with which rights it runs.
    init?(_ words: [String]) {
        guard let program = words.first, ["docker", "podman"].contains(program) else { return nil }
        var rest = words.dropFirst()
        if let verb = rest.first, ["buildx", "image"].contains(verb) { rest = rest.dropFirst() }
        guard rest.first == "build" else { return nil }
        rest = rest.dropFirst()
        var file: String?
        var operands: [String] = []
        while let word = rest.first {
            rest = rest.dropFirst()
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count == 2 ? parts[1] : Self.valued.contains(word) ? rest.first : nil
            if parts.count == 1, Self.valued.contains(word) { rest = rest.dropFirst() }
            if ["-f", "--file"].contains(parts[0]) { file = value }
        }
        guard operands.count == 1, ToldCommand.isPlain(operands[0]), !operands[0].hasPrefix("/"),
            file.map({ ToldCommand.isPlain($0) && !$0.hasPrefix("/") }) ?? true
        else { return nil }
        (dockerfile, context) = (file, operands[0])
    }

    /// The Dockerfile and the context in the repository, for a command that runs in the folder.
    func paths(from folder: String) -> (dockerfile: String, context: String) {
        let context = GoPath.clean(folder + "/" + context)
        return (GoPath.clean(dockerfile.map { folder + "/" + $0 } ?? context + "/Dockerfile"), context)
    }
}
