// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nothing starts for whoever follows the guide.
    static let refusedCompose = Rule(
        "AP230", .warning, "docker compose refuses the command",
        why: "An option on the wrong side of the verb, or a verb that does not exist: Compose prints its help and does "
            + "nothing.",
        catches: [
            ["README.md": "```sh\ndocker-compose up -d -f docker-compose.prod.yml\n```\n"],
            ["README.md": "Run `docker compose -d up`.\n"],
            ["Makefile": "up:\n\tdocker compose up --env-file .env.prod -d\n"],
            [".gitlab-ci.yml": "deploy:\n  script:\n    - docker compose ubuild\n"],
        ],
        passes: [
            ["README.md": "```sh\ndocker-compose -f docker-compose.prod.yml up -d\ndocker compose logs -f web\n```\n"],
            ["README.md": "```sh\ndocker compose rm -f\ndocker compose run web pytest -f\n```\n"],
            ["README.md": "```yaml\ndocker-compose up -f a.yml\n```\n"],
            ["README.md": "`docker compose <command>`, `docker compose ...`\n"],
        ]
    ) { repository in
        repository.toldCommands.compactMap { told in
            guard let refusal = ComposeCall(told.words)?.refusal else { return nil }
            return Violation(file: told.file, line: told.line, refusal, severity: told.severity)
        }
    }

    /// Compose stops at a name that it does not know.
    static let toldUnknownService = Rule(
        "AP231", .warning, "a command names a Compose service that does not exist",
        why: "Compose ends with \"no such service\" and does nothing, not even for the services that exist.",
        catches: [
            ["README.md": "`docker-compose up -d build`\n", "compose.yml": "services:\n  api:\n    build: .\n"],
            [
                "docs/deploy.md": "```bash\ndocker compose exec backend ./migrate\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            [
                "package.json": "{\"scripts\":{\"test\":\"docker compose up --build --exit-code-from app-test\"}}",
                "compose.yml": "services:\n  app:\n    build: .\n",
            ],
        ],
        passes: [
            ["README.md": "`docker-compose up -d api`\n", "compose.yml": "services:\n  api:\n    build: .\n"],
            [
                "README.md": "`docker compose logs service_name`, `docker compose exec <service> sh`\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            [
                "README.md": "`docker compose -f ../other/compose.yml up db`\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
        ]
    ) { repository in
        let known = ComposeCommandLine.services(in: repository)
        guard !known.isEmpty else { return [] }
        return repository.toldCommands.compactMap { told in
            // Scripts have a rule of their own.
            guard told.teller != .script, let line = ComposeCommandLine(told.command),
                let call = ComposeCall(told.words),
                call.refusal == nil, call.files.allSatisfy({ ScriptPaths.exists($0, in: repository.tree) }),
                let unknown = line.services.first(where: { !known.contains($0) && !isPlace($0) })
            else { return nil }
            let near = NearestWord.of(unknown, among: known) ?? known.sorted()[0]
            return Violation(
                file: told.file, line: told.line, "no Compose file has a service \(unknown); write: \(near)",
                severity: told.severity)
        }
    }

    /// Whether the word only stands for a name.
    private static func isPlace(_ word: String) -> Bool {
        let parts = word.lowercased().split { "_-".contains($0) }
        return word != word.lowercased() || !ToldCommand.isPlain(word)
            || parts.contains { ["service", "services", "container", "name", "my", "foo", "bar", "some"].contains($0) }
    }

    /// `docker exec web` finds `web`, and Compose has called it `project-web-1`.
    static let containerByService = Rule(
        "AP232", .warning, "a command takes the service's name for the container's",
        why:
            "Compose calls a container PROJECT-SERVICE-1 unless container_name says otherwise: docker answers \"No such "
            + "container\".",
        catches: [
            [
                "README.md": "```sh\ndocker exec -it api python manage.py migrate\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            ["logs.sh": "#!/bin/sh\ndocker logs -f api\n", "compose.yml": "services:\n  api:\n    build: .\n"],
            [
                "README.md": "```sh\ndocker exec shop-web-1 python manage.py createsuperuser\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
        ],
        passes: [
            [
                "README.md": "```sh\ndocker exec shop-web-1 python manage.py createsuperuser\n```\n",
                "compose.yml": "name: shop\nservices:\n  web:\n    build: .\n",
            ],
            [
                "README.md": "```sh\ndocker compose exec api python manage.py migrate\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
            [
                "README.md": "`docker exec -it api sh`\n",
                "compose.yml": "services:\n  api:\n    build: .\n    container_name: api\n",
            ],
            [
                "README.md": "```sh\ndocker run -d --name api a/b\ndocker logs api\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
            ],
        ]
    ) { repository in
        let files = repository.composeFiles
        guard repository.isWhole, !files.isEmpty, !files.contains(where: \.includesOthers) else { return [] }
        let services = Set(files.flatMap { $0.services.map(\.name) })
        let named = Set(files.flatMap { $0.services.compactMap { $0.node["container_name"]?.text } })
        let started = Set(repository.toldCommands.flatMap { names(startedBy: $0.words) })
        // A name that a variable gives may be any.
        guard !named.contains(where: { $0.contains("$") }) else { return [] }
        return repository.toldCommands.compactMap { told in
            guard let name = container(in: told.words), !named.contains(name), !started.contains(name)
            else { return nil }
            if !services.contains(name) {
                guard let (project, service) = ProjectNames.parts(of: name, services),
                    !ProjectNames.isGiven(project, in: repository)
                else { return nil }
                return Violation(
                    file: told.file, line: told.line,
                    "\(name) is called so in a folder \(project) alone; write: docker compose \(told.words[1]) \(service)",
                    severity: told.severity)
            }
            return Violation(
                file: told.file, line: told.line,
                "no container is called \(name); write: docker compose \(told.words[1]) \(name)",
                severity: told.severity)
        }
    }

    private static func container(in words: [String]) -> String? {
        let verbs: Set<String> = ["exec", "logs", "stop", "restart", "start", "attach", "kill", "top"]
        guard words.first == "docker", words.count > 2, verbs.contains(words[1]) else { return nil }
        var rest = words[2...]
        let valued: Set<String> = [
            "-e", "--env", "-u", "--user", "-w", "--workdir", "--tail", "-n", "--since", "--until", "-t", "--time",
            "-s",
            "--env-file",
        ]
        while let first = rest.first, first.hasPrefix("-") {
            let takes = valued.contains(first) && !(first == "-t" && words[1] == "exec")
            rest = rest.dropFirst(takes ? 2 : 1)
        }
        return rest.first
    }

    private static func names(startedBy words: [String]) -> [String] {
        guard let first = words.first, ["docker", "podman", "nerdctl"].contains(first) else { return [] }
        return words.indices.compactMap { index in
            if words[index].hasPrefix("--name=") { return String(words[index].dropFirst(7)) }
            return words[index] == "--name" && words.indices.contains(index + 1) ? words[index + 1] : nil
        }
    }
}
