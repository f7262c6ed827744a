// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Permission denied.
    static let toldNotExecutable = Rule(
        "AP561", .error, "a command runs a script that may not be run",
        why:
            "A checkout gives a file the mode that git keeps: without the right to run, the command ends with \"Permission "
            + "denied\".",
        catches: [
            RuleExample(
                [
                    "render.yaml":
                        "services:\n  - type: web\n    name: a\n    runtime: ruby\n    startCommand: ./bin/start.sh\n",
                    "bin/start.sh": "#!/bin/sh\nexec rails server\n",
                ], executables: []),
            RuleExample(
                [
                    ".github/workflows/a.yml":
                        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./deploy.sh\n",
                    "deploy.sh": "#!/bin/sh\nset -e\n",
                ], executables: []),
            RuleExample(
                ["README.md": "## Deploy\n```sh\n./deploy.sh\n```\n", "deploy.sh": "#!/bin/sh\nset -e\n"],
                executables: []),
        ],
        passes: [
            RuleExample(
                ["Procfile": "web: sh bin/start.sh\n", "bin/start.sh": "#!/bin/sh\nexec rails server\n"],
                executables: []),
            RuleExample(
                ["README.md": "```sh\nchmod +x deploy.sh\n./deploy.sh\n```\n", "deploy.sh": "#!/bin/sh\nset -e\n"],
                executables: []),
            RuleExample(
                ["Procfile": "web: ./start.sh\n", "start.sh": "#!/bin/sh\nset -e\n"], executables: ["start.sh"]),
            RuleExample(
                [
                    "Dockerfile": "FROM ruby:3.4\nCOPY . .\nRUN chmod +x bin/*\nENTRYPOINT [\"bash\", \"entry.sh\"]\n",
                    "entry.sh": "#!/bin/sh\nset -e\n./bin/rails db:prepare\n", "bin/rails": "#!/usr/bin/env ruby\n",
                ], executables: []),
        ]
    ) { repository in
        guard repository.isWhole, let executables = repository.executables else { return [] }
        let told = repository.toldCommands
        lazy var words = told.map(\.words)
        var found: [(told: ToldCommand, paths: [String])] = []
        for each in told {
            guard let path = script(of: each, in: repository.tree), !executables.contains(path),
                repository.tracked?.contains(path) ?? true, repository.tree.text(path)?.hasPrefix("#!") == true,
                !each.command.isCondition, !each.command.isFollowedByOr,
                !isMended(path, words), each.teller != .script || !isMendedInImage(path, repository)
            else { continue }
            guard let place = found.firstIndex(where: { $0.told.file == each.file }) else {
                found.append((each, [path]))
                continue
            }
            if !found[place].paths.contains(path) { found[place].paths.append(path) }
        }
        return found.map { told, paths in
            let others = paths.count > 1 ? " and \(paths.count - 1) more" : ""
            return Violation(
                file: told.file, line: told.line,
                "\(paths[0])\(others) may not be run; type: git update-index --chmod=+x \(paths.joined(separator: " "))",
                severity: told.severity)
        }
    }

    /// The repository's own script that the kernel is to run.
    private static func script(of told: ToldCommand, in tree: SourceTree) -> String? {
        // What is done on another machine, or in a container, is not done in this checkout.
        guard told.teller != .remote, let first = told.words.first, first.contains("/"), !first.hasPrefix("/"),
            ToldCommand.isPlain(first)
        else { return nil }
        return told.places.lazy.map { GoPath.clean($0 + "/" + first) }.first(where: tree.contains)
    }

    /// Whether some command gives the right, to this file or to many.
    private static func isMended(_ path: String, _ commands: [[String]]) -> Bool {
        let name = SourceTree.Entry(path: path).name
        return commands.contains { words in
            (words.first == "chmod" || words.contains { $0.hasPrefix("--chmod") })
                && words.contains { $0.hasSuffix(name) || $0.contains("*") || $0 == "-R" || $0 == "{}" }
                || words.contains { $0.contains("core.fileMode") }
        }
    }

    /// What a script starts may run in an image that has given the right.
    private static func isMendedInImage(_ path: String, _ repository: CheckedRepository) -> Bool {
        repository.dockerfiles.contains { file in
            file.reading.steps.contains { step in
                isMended(path, step.program?.commands.map { $0.words.map(\.text) } ?? [])
            }
        }
    }
}
