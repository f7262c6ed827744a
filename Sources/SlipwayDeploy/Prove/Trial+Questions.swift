// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension Trial {
    /// A line that may be shown.
    func redact(_ line: String) -> String { String(Redactor(values.hidden).redact(line).prefix(400)) }

    /// An absolute path inside a container.
    func path(_ path: String, in facts: ContainerFacts) -> String {
        if path.hasPrefix("/") { return path }
        let folder = facts.workingDirectory == "/" ? "" : facts.workingDirectory
        return "\(folder)/\(path)"
    }

    /// What answers 2xx when the service can work.
    func healthPath(of unit: ComposeUnit) -> String? {
        spec(of: unit).flatMap { Layout(application).healthPath(of: $0) }
    }

    /// Files of the staged project, to change one.
    var sourceFiles: [String] { sources }

    /// What people reach: the published service, or the only one that answers HTTP.
    var frontDoor: String? {
        if let gateway = project.gateway, stack.webPort(of: gateway.name) != nil { return gateway.name }
        return frontEnd?.name ?? servers.first?.name
    }

    /// Whether Compose itself says that a variable is missing.
    /// - Returns: Its words, or `nil` when it does not mind.
    func composeRefuses(without name: String) async throws -> String? {
        let kept = values.values.filter { $0.key != name }
        let text = kept.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try staged.files.write(text, to: ".env.slipway-trial", mode: 0o600)
        defer { try? staged.files.remove(".env.slipway-trial") }
        let answer = try await docker.answer(
            ["compose", "--file", staged.composeFile, "--env-file", ".env.slipway-trial", "config", "--quiet"],
            directory: staged.root)
        guard !answer.succeeded else { return nil }
        return answer.errors.last { $0.contains(name) }
    }

    /// Routes of the back ends under the front door, with who owns them.
    var routesBehindDoor: [(unit: ComposeUnit, route: String)] {
        backEnds.filter { $0.name != frontDoor }.flatMap { unit in
            (spec(of: unit)?.routes ?? []).filter { $0 != "/" }.map { (unit, $0) }
        }
    }
}
