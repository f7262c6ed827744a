// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The only node is a manager.
    static let swarmWithoutWorkers = Rule(
        "AP415", .warning, "services are only for workers, and the guide makes a swarm without any",
        why:
            "docker swarm init makes one node, which is a manager: a task that only workers may run stays pending with \"no "
            + "suitable node\".",
        catches: [
            [
                "README.md": "```bash\ndocker swarm init\ndocker stack deploy -c stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    deploy:\n      placement:\n        constraints:\n          - node.role == worker\n",
            ]
        ],
        passes: [
            [
                "README.md": "```bash\ndocker swarm init\ndocker swarm join --token T manager:2377\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    deploy:\n      placement:\n        constraints:\n          - node.role == worker\n",
            ],
            [
                "README.md": "```bash\ndocker swarm init\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    deploy:\n      placement:\n        constraints:\n          - node.role == manager\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, repository.composeFiles.contains(where: { $0.text.contains("node.role") }) else {
            return []
        }
        let told = repository.toldCommands.map(\.words)
        guard let begin = repository.toldCommands.first(where: { $0.words.starts(with: ["docker", "swarm", "init"]) }),
            !told.contains(where: {
                $0.starts(with: ["docker", "swarm", "join"]) || $0.starts(with: ["docker", "node"])
            }),
            !repository.documents.contains(where: { repository.tree.text($0.path)?.contains("swarm join") == true })
        else { return [] }
        return repository.composeFiles.flatMap { file in
            file.services.compactMap { service -> Violation? in
                let constraints = service.node.at("deploy", "placement", "constraints")?.sequence ?? []
                let worker = constraints.first { node in
                    let text = node.text?.filter { $0 != " " }
                    return text == "node.role==worker" || text == "node.role!=manager"
                }
                guard let worker else { return nil }
                return Violation(
                    file: file.location, line: worker.line,
                    "\(begin.file):\(begin.line) makes a swarm of one manager, and no step lets a worker join; delete the "
                        + "constraint, or write the docker swarm join into the guide")
            }
        }
    }

    /// Compose reads it, and a stack does not.
    static let stackWithoutVariables = Rule(
        "AP416", .error, "a stack is deployed without the variables that its file takes",
        why:
            "docker stack deploy takes ${NAME} from the shell alone and does not read .env: what nobody exports is empty in "
            + "every container.",
        catches: [
            [
                "README.md":
                    "Write the values into `.env`.\n\n```bash\ndocker stack deploy -c docker-stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ]
        ],
        passes: [
            [
                "README.md":
                    "Write the values into `.env`.\n\n```bash\nset -a; . ./.env; set +a\ndocker stack deploy -c docker-stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ],
            [
                "README.md": "Write `.env`.\n\n```bash\ndocker stack deploy -c docker-stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: web:1\n    environment:\n      MODE: ${MODE:-production}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let stacks = SwarmStack.all(in: repository)
        guard !stacks.isEmpty,
            repository.documents.contains(where: { repository.tree.text($0.path)?.contains(".env") == true })
        else { return [] }
        return stacks.compactMap { stack in
            let open = stack.file.references.filter { !$0.reference.hasDefault && !$0.reference.isRequired }
            guard let first = open.first, !stack.areVariablesGiven(in: repository) else { return nil }
            var names: [String] = []
            for name in open.map(\.reference.name) where !names.contains(name) { names.append(name) }
            return Violation(
                file: stack.file.location, line: first.line,
                "docker stack deploy (\(stack.place)) leaves \(names.prefix(4).joined(separator: ", ")) empty; type before it: "
                    + "set -a; . ./.env; set +a")
        }
    }

    /// Compose makes the folder, a swarm refuses the task.
    static let stackWithoutSource = Rule(
        "AP417", .error, "a stack mounts what no clone has",
        why:
            "Compose makes a missing folder. A swarm refuses the task: invalid mount config for type bind: bind source path "
            + "does not exist.",
        catches: [
            [
                "README.md": "```bash\ndocker stack deploy -c docker-stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx/ssl:/etc/nginx/ssl:ro']\n",
                "nginx/a.conf": "events {}\n",
            ]
        ],
        passes: [
            [
                "README.md": "```bash\nmkdir -p nginx/ssl\ndocker stack deploy -c docker-stack.yml shop\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx/ssl:/etc/nginx/ssl:ro']\n",
            ],
            [
                "README.md": "```bash\ndocker compose -f docker-stack.yml up -d\n```\n",
                "docker-stack.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx/ssl:/etc/nginx/ssl:ro']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return SwarmStack.all(in: repository).flatMap { stack -> [Violation] in
            stack.file.services.flatMap { service in
                service.mounts.compactMap { mount -> Violation? in
                    guard mount.kind == .bind, let path = mount.source.flatMap(stack.file.resolve), path != ".",
                        !repository.tree.contains(path), !repository.tree.hasDirectory(path),
                        !SwarmStack.isMade(path, in: repository)
                    else { return nil }
                    return Violation(
                        file: stack.file.location, line: mount.position.line,
                        "\(path) is not in git, and docker stack deploy (\(stack.place)) makes no folder; put it into git, or "
                            + "write before the command: mkdir -p \(path)")
                }
            }
        }
    }
}

/// A Compose file that somebody is told to deploy as a stack.
private struct SwarmStack {
    let file: CheckedFile<ComposeFile>
    /// Where the command stands.
    let place: String

    static func all(in repository: CheckedRepository) -> [SwarmStack] {
        let told = repository.toldCommands.compactMap { told -> (path: String, place: String)? in
            let words = told.words
            guard words.starts(with: ["docker", "stack", "deploy"]) else { return nil }
            let option = words.firstIndex { $0 == "-c" || $0 == "--compose-file" }
            guard let option, words.indices.contains(option + 1) else { return nil }
            return (GoPath.clean(words[option + 1]), "\(told.file):\(told.line)")
        }
        return repository.composeFiles.compactMap { file in
            let place = told.first { file.location == $0.path || file.location.hasSuffix("/" + $0.path) }?.place
            return place.map { SwarmStack(file: file, place: $0) }
        }
    }

    /// Whether the text that deploys it hands the shell's variables on, or reads them from a file.
    func areVariablesGiven(in repository: CheckedRepository) -> Bool {
        repository.toldCommands.contains { told in
            guard place.hasPrefix(told.file + ":") else { return false }
            let words = told.words
            if words.starts(with: ["docker", "stack", "deploy"]) {
                return [.workflow, .pipeline, .remote].contains(told.teller) || !told.command.assignments.isEmpty
            }
            // A virtual environment of Python gives no variables.
            if ["source", "."].contains(words.first ?? "") { return words.last?.hasSuffix("activate") == false }
            return ["export", "env", "envsubst", "direnv", "dotenv"].contains(words.first ?? "")
                || words.first == "set" && words.contains { $0.hasPrefix("-") && $0.contains("a") }
                || ComposeCall(words).map { ["config", "convert"].contains($0.verb) } == true
        }
    }

    /// Whether a step makes the folder or a document speaks of it.
    static func isMade(_ path: String, in repository: CheckedRepository) -> Bool {
        let texts = repository.documents.map(\.path) + repository.scripts.map(\.location)
        return texts.contains { file in
            guard let text = repository.tree.text(file), text.contains(path) else { return false }
            // /etc/nginx/ssl is a folder of the machine and not ./nginx/ssl.
            return text.contains("./" + path) || text.replacing("/" + path, with: "").contains(path)
        }
    }
}
