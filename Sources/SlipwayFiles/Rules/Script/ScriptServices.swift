// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// Compose stops at a name that it does not know.
    static let unknownService = Rule(
        "SH054", .error, "a script names a Compose service that does not exist",
        why: "Compose ends with \"no such service\" and does nothing, not even for the services that exist.",
        catches: [
            [
                "deploy.sh": "#!/bin/sh\nset -e\ndocker compose up -d api caddy\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\ndocker compose -f compose.yml exec -T backend ./migrate\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker compose up -d --scale api=2 api\ndocker compose logs --tail 10 api\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose up -d api\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker compose up -d \"$SERVICE\"\ndocker compose exec -u root api sh\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
        ]
    ) { file in
        let known = ComposeCommandLine.services(in: file.repository)
        guard !known.isEmpty else { return [] }
        return file.document.commands.compactMap { command -> Violation? in
            guard let line = ComposeCommandLine(command), !command.isCondition,
                let unknown = line.services.first(where: { !known.contains($0) })
            else { return nil }
            let near = NearestWord.of(unknown, among: known) ?? known.sorted()[0]
            return file.violation(
                at: command, "no Compose file has a service \(unknown); write: \(near)",
                severity: file.isForDevelopment || command.isFollowedByOr ? .warning : nil)
        }
    }

    /// A value that arrives nowhere.
    static let unusedComposeVariable = Rule(
        "SH055", .warning, "a script gives Compose a variable that no Compose file uses",
        why: "The value changes nothing: the same image runs after a rollback as before it.",
        catches: [
            [
                "rollback.sh": "#!/bin/sh\nset -e\nIMAGE_TAG=\"$1\" docker compose up -d\n",
                "compose.yml": "services:\n  api:\n    image: a/b:latest\n",
            ]
        ],
        passes: [
            [
                "rollback.sh": "#!/bin/sh\nset -e\nIMAGE_TAG=\"$1\" docker compose up -d\n",
                "compose.yml": "services:\n  api:\n    image: a/b:${IMAGE_TAG:?}\n",
            ],
            [
                "up.sh": "#!/bin/sh\nset -e\nDOCKER_BUILDKIT=1 COMPOSE_PROFILES=a docker compose up -d\n",
                "compose.yml": "services:\n  api:\n    image: a/b:1\n",
            ],
        ]
    ) { file in
        let composeFiles = file.repository.composeFiles
        guard !composeFiles.isEmpty, !composeFiles.contains(where: \.includesOthers) else { return [] }
        var seen: Set<String> = []
        return file.document.commands.compactMap { command -> Violation? in
            guard ComposeCommandLine(command) != nil else { return nil }
            let names = command.assignments.map { String($0.text.prefix { $0 != "=" }) }
            let unused = names.first { name in
                !["COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_"].contains(where: name.hasPrefix)
                    && !["HOME", "PATH", "TZ"].contains(name)
                    && !composeFiles.contains { $0.text.contains(name) }
            }
            guard let unused, seen.insert(unused).inserted else { return nil }
            return file.violation(
                at: command, "no Compose file uses \(unused); write there: image: NAME:${\(unused):?}")
        }
    }
}

/// What a `docker compose` command line says.
struct ComposeCommandLine {
    /// The services that it names.
    let services: [String]

    private static let globals: Set<String> = [
        "-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--project-directory", "--ansi",
        "--progress",
        "--parallel", "-c", "--context",
    ]
    private static let valued: Set<String> = [
        "--scale", "-t", "--timeout", "--wait-timeout", "--tail", "-n", "--since", "--until", "-u", "--user", "-e",
        "--env", "-w", "--workdir", "--index", "-s", "--signal", "--name", "-v", "--volume", "-p", "--publish",
        "--entrypoint", "--build-arg", "-m", "--memory", "--pull", "--exit-code-from", "--attach", "--no-attach",
        "--format", "--filter", "--status", "-l", "--label", "--builder", "--ssh", "--policy",
    ]
    /// These take any number of services; of those below, one that a command follows.
    private static let several: Set<String> = [
        "up", "pull", "build", "push", "restart", "start", "stop", "rm", "logs", "create", "kill", "ps", "top", "pause",
        "unpause", "images",
    ]

    /// - Returns: `nil` when the command is another one.
    init?(_ command: ShellCommand) {
        var words = command.words.map(\.text)[...]
        while let first = words.first, ["sudo", "exec", "-E", "nohup", "time"].contains(first) {
            words = words.dropFirst()
        }
        if words.first == "docker-compose" {
            words = words.dropFirst()
        } else if words.prefix(2).elementsEqual(["docker", "compose"]) {
            words = words.dropFirst(2)
        } else {
            return nil
        }
        while let first = words.first, first.hasPrefix("-") {
            words = words.dropFirst(Self.globals.contains(first) ? 2 : 1)
        }
        guard let verb = words.first else { return nil }
        words = words.dropFirst()
        var found: [String] = []
        while let word = words.first {
            words = words.dropFirst()
            if word.hasPrefix("-") {
                if word == "--exit-code-from", let service = words.first { found.append(service) }
                if Self.valued.contains(word) { words = words.dropFirst() }
                continue
            }
            found.append(word)
            if verb == "exec" || verb == "run" { break }
        }
        guard Self.several.contains(verb) || verb == "exec" || verb == "run" else {
            services = []
            return
        }
        services = found.filter { name in
            !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
        }
    }

    /// Names of every Compose file; empty when others can bring more.
    static func services(in repository: CheckedRepository) -> Set<String> {
        let files = repository.composeFiles
        guard repository.isWhole, !files.contains(where: \.includesOthers) else { return [] }
        return Set(files.flatMap { $0.services.map(\.name) })
    }
}
