// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// A server is already running. Check /app/tmp/pids/server.pid
    static let leftPidFile = Rule(
        "CO119", .warning, "a mounted folder keeps the file that says Rails is running",
        why:
            "Rails notes its number in tmp/pids/server.pid. A crash leaves the file in the mounted folder, where the next "
            + "container finds it: \"A server is already running\", and it ends at once.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: bundle exec rails s -b 0.0.0.0\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM ruby:3.4\nWORKDIR /app\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'rm -f tmp/pids/server.pid && bundle exec rails s'\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM ruby:3.4\nWORKDIR /app\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: bundle exec puma\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM ruby:3.4\nWORKDIR /app\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: bundle exec rails s\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM ruby:3.4\nWORKDIR /app\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nrm -f /app/tmp/pids/server.pid\nexec \"$@\"\n",
            ],
        ]
    ) { file in
        file.services.compactMap { service in
            guard let dockerfile = file.dockerfile(of: service), let stage = dockerfile.stages.last else { return nil }
            let command =
                service.command?.text
                ?? dockerfile.lineage(of: stage).last { $0.keyword == "CMD" }?.arguments.joined(separator: " ") ?? ""
            let entry = dockerfile.lineage(of: stage).last { $0.keyword == "ENTRYPOINT" }?.arguments.joined(
                separator: " ")
            let words = command.split { " '\"".contains($0) }
            guard let rails = words.firstIndex(where: { $0 == "rails" || $0.hasSuffix("/rails") }),
                words.indices.contains(rails + 1), ["s", "server"].contains(words[rails + 1]),
                !command.contains("server.pid"),
                !command.contains("--pid"), !command.contains("-P "),
                !service.environment.contains(where: { $0.name == "PIDFILE" }),
                let mount = service.mounts.first(where: {
                    $0.kind == .bind && $0.source.flatMap(file.resolve).map(holdsRails(in: file)) == true
                }),
                !isCleared(by: [command, entry ?? "", service.entrypoint?.text ?? ""], in: file.repository)
            else { return nil }
            return Violation(
                line: mount.position.line,
                "tmp/pids/server.pid outlives a crash here; begin the command with: rm -f tmp/pids/server.pid",
                severity: file.isForDevelopment ? .info : nil)
        }
    }

    private static func holdsRails(in file: CheckedFile<ComposeFile>) -> (String) -> Bool {
        { folder in file.repository.tree.contains(GoPath.clean(folder + "/config/application.rb")) || folder == "." }
    }

    /// Whether a script that the container starts takes the file away.
    private static func isCleared(by commands: [String], in repository: CheckedRepository) -> Bool {
        let names = commands.flatMap { $0.split { " '\"[],".contains($0) } }.map {
            SourceTree.Entry(path: String($0)).name
        }
        return names.contains { name in
            repository.tree.files(named: name).contains { entry in
                repository.tree.text(entry.path)?.contains("server.pid") == true
            }
        }
    }
}
