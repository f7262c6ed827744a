// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// `exec "$@"` without words does nothing.
    static let nothingToStart = Rule(
        "AP221", .error, "a container is started with an entry script and no command",
        why:
            "The entry script ends with exec \"$@\", and the image has no CMD (an ENTRYPOINT takes the base image's away): "
            + "without a command there is nothing to start, and the container ends at once with success.",
        catches: [
            [
                "task.json":
                    "{\"family\": \"a\", \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"a:1\", \"command\": null}]}",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn a:app\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n",
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"python\", \"a.py\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let units = repository.deployedUnits
        let inCompose = units.compactMap { unit -> Violation? in
            guard isEmpty(unit), let compose = unit.compose, let service = unit.service,
                !compose.anywhere(service.name).contains(where: { $0.command != nil || $0.entrypoint != nil }),
                service.node["extends"] == nil
            else { return nil }
            return Violation(
                file: compose.location, line: service.line,
                "\(unit.dockerfile.location) starts exec \"$@\" and has no CMD; add: command: followed by the server",
                severity: compose.isForDevelopment ? .warning : .error)
        }
        let onECS = ECSContainer.all(in: repository).compactMap { container -> Violation? in
            // Which image it is only the registry knows; all that could be meant have to be empty.
            let ports = Set(container.ports.compactMap { UInt16(exactly: $0) })
            let named = units.filter { unit in
                container.name.map { unit.app?.name == $0 || unit.service?.name == $0 } == true
                    || unit.app?.port.map(ports.contains) == true || !ports.isDisjoint(with: unit.exposedPorts)
            }
            let meant = named.isEmpty ? units : named
            guard !container.hasCommand, !meant.isEmpty, meant.allSatisfy({ isEmpty($0) || isBare($0) }),
                let first = meant.first(where: isEmpty)
            else { return nil }
            return Violation(
                file: container.file, line: container.commandLine,
                "\(first.dockerfile.location) starts exec \"$@\" and has no CMD; write the server here: \"command\": [...]"
            )
        }
        return inCompose + onECS + units.compactMap(clearedCommand)
    }

    /// An entry point of Compose takes the image's CMD away, so that a script is given no words
    /// (docs.docker.com/reference/compose-file/services/#entrypoint).
    private static func clearedCommand(_ unit: DeployedUnit) -> Violation? {
        guard let compose = unit.compose, let service = unit.service, let entry = service.entrypoint,
            !compose.anywhere(service.name).contains(where: { $0.command != nil }), service.node["extends"] == nil,
            let last = unit.script(of: [entry.text])?.lastCommand, passesOn.contains(last.text),
            // With words of its own the script has some to pass on.
            entry.text.split(separator: " ").filter({ !["sh", "bash", "/bin/sh", "/bin/bash", "-c"].contains($0) })
                .count == 1,
            let command = unit.instructions.last(where: { $0.keyword == "CMD" })
        else { return nil }
        return Violation(
            file: compose.location, line: entry.line,
            "this takes the CMD of \(unit.dockerfile.location):\(command.line) away, so the script has nothing to start; add: "
                + "command: \(command.arguments.joined(separator: " "))",
            severity: compose.isForDevelopment ? .warning : .error)
    }

    private static let passesOn = ["exec \"$@\"", "exec $@", "exec \"${@}\""]

    /// Whether the image starts nothing but the interpreter of its language, which has nobody to talk to.
    private static func isBare(_ unit: DeployedUnit) -> Bool {
        let base = unit.dockerfile.finalBase.map { ImageName($0).repository }
        return ["python", "node", "ruby", "golang", "php"].contains(base ?? "")
            && !unit.instructions.contains { ["CMD", "ENTRYPOINT"].contains($0.keyword) }
    }

    private static func isEmpty(_ unit: DeployedUnit) -> Bool {
        let instructions = unit.stage.instructions
        guard let entry = instructions.lastIndex(where: { $0.keyword == "ENTRYPOINT" }),
            !instructions.contains(where: { $0.keyword == "CMD" }), instructions[entry].isJSON,
            instructions[entry].arguments.count == 1,
            let last = unit.script(of: instructions[entry].arguments)?.lastCommand
        else { return false }
        return passesOn.contains(last.text)
    }
}
