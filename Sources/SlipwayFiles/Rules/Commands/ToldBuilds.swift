// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The build ends before it begins.
    static let buildWithoutDockerfile = Rule(
        "AP234", .warning, "docker build runs where no Dockerfile is",
        why: "docker build looks for Dockerfile in the folder that it is given and stops: nothing is built, pushed or "
            + "deployed.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build -t a/web:1 .\n",
                "backend/Dockerfile": "FROM python:3.13\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n",
                "backend/Dockerfile": "FROM python:3.13\n",
            ],
            ["README.md": "```sh\ndocker build -t web .\n```\n", "backend/Dockerfile": "FROM python:3.13\n"],
            [".gitlab-ci.yml": "b:\n  script:\n    - docker build -t web api/\n", "web/Dockerfile": "FROM node:22\n"],
            ["README.md": "```sh\ndocker build -t shop .\ndocker run shop\n```\n", "package.json": "{}"],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: cd backend && docker build -t a/web:1 .\n",
                "backend/Dockerfile": "FROM python:3.13\n",
            ],
            [
                "README.md": "```sh\ncd backend\ndocker build -t web .\n```\n",
                "backend/Dockerfile": "FROM python:3.13\n",
            ],
            ["README.md": "`docker build -f docker/web.Dockerfile .`\n", "docker/web.Dockerfile": "FROM node:22\n"],
            ["README.md": "`docker build -t a https://a.example/a.git`\n", "a/Dockerfile": "FROM node:22\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        if repository.dockerfiles.isEmpty { return nothingToBuild(in: repository) }
        return repository.toldCommands.compactMap { told -> Violation? in
            guard told.teller != .remote, let context = context(of: told.words), !told.places.isEmpty,
                told.teller != .script, told.teller != .workflow || told.folder != nil
            else { return nil }
            let tried = told.places.map { GoPath.clean($0 + "/" + context + "/Dockerfile") }
            guard !tried.contains(where: { $0.hasPrefix("..") || repository.tree.contains($0) }),
                repository.tree.text(told.file)?.contains("> Dockerfile") != true
            else { return nil }
            return violation(tried[0], file: told.file, line: told.line, in: repository, severity: told.severity)
        } + actions(in: repository)
    }

    /// The guide of a repository that has no Dockerfile at all, and shows none to write.
    private static func nothingToBuild(in repository: CheckedRepository) -> [Violation] {
        guard !repository.tree.otherEntries.contains(where: { $0.name.lowercased().contains("dockerfile") }) else {
            return []
        }
        let told = repository.toldCommands.first { told in
            guard told.teller != .remote, told.teller != .script, context(of: told.words) == "." else { return false }
            let text = repository.tree.text(told.file) ?? ""
            return !text.contains("FROM ") && !text.contains("> Dockerfile")
        }
        return told.map { told in
            [
                Violation(
                    file: told.file, line: told.line,
                    "the repository has no Dockerfile; write one with: slipway write --target docker, or delete the step",
                    severity: told.severity)
            ]
        } ?? []
    }

    /// The folder that `docker build` gets; `nil` when another file is named, or the folder is not known.
    private static func context(of words: [String]) -> String? {
        DockerBuildCall(words).flatMap { $0.dockerfile == nil ? $0.context : nil }
    }

    private static func actions(in repository: CheckedRepository) -> [Violation] {
        repository.workflows.filter { $0.location.hasPrefix(".github/") }.flatMap { file in
            file.jobs.flatMap { job -> [Violation] in
                guard job.steps.contains(where: { $0.action == "actions/checkout" && $0.input("path") == nil }) else {
                    return []
                }
                return job.steps.compactMap { step in
                    guard step.action == "docker/build-push-action", step.input("file") == nil,
                        let context = step.input("context"), let path = context.text, ToldCommand.isPlain(path)
                    else { return nil }
                    let tried = GoPath.clean(path + "/Dockerfile")
                    guard !repository.tree.contains(tried), !tried.hasPrefix(".."), !file.text.contains("> Dockerfile")
                    else { return nil }
                    return violation(tried, file: file.location, line: context.line, in: repository, severity: .error)
                }
            }
        }
    }

    private static func violation(
        _ tried: String, file: String, line: Int, in repository: CheckedRepository, severity: Severity
    ) -> Violation? {
        let others = repository.dockerfiles.map(\.location)
        let near = others.first { SourceTree.Entry(path: $0).name == "Dockerfile" } ?? others[0]
        return Violation(
            file: file, line: line, "there is no \(tried); write the folder of one that is there: \(near)",
            severity: severity)
    }

    /// Every layer's history has it.
    static let secretBuildArgument = Rule(
        "AP235", .warning, "a secret is handed to a build as an argument",
        why: "docker history and the build's provenance show every argument to whoever may pull the image.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build --build-arg SECRET_KEY=${{ secrets.SECRET_KEY }} .\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          build-args: |\n            DATABASE_URL=${{ secrets.DATABASE_URL }}\n"
            ],
            ["build.sh": "#!/bin/sh\ndocker build --build-arg \"NPM_TOKEN=$NPM_TOKEN\" .\n"],
        ],
        passes: [
            ["build.sh": "#!/bin/sh\ndocker build --secret id=npm,env=NPM_TOKEN --build-arg VERSION=1 .\n"],
            ["build.sh": "#!/bin/sh\ndocker build --build-arg NEXT_PUBLIC_API_KEY=$KEY .\n"],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build --build-arg SHA=${{ github.sha }} --build-arg REGION=${{ secrets.REGION }} .\n"
            ],
        ]
    ) { repository in
        let told = repository.toldCommands.compactMap { told -> Violation? in
            let words = told.words
            guard let place = words.indices.first(where: { argument(at: $0, in: words) != nil }),
                let argument = argument(at: place, in: words), told.teller != .document
            else { return nil }
            return Violation(file: told.file, line: told.line, advice(argument))
        }
        let actions = repository.workflows.filter { $0.location.hasPrefix(".github/") }.flatMap { file in
            file.jobs.flatMap(\.steps).compactMap { step -> Violation? in
                guard let node = step.input("build-args"), let text = node.text else { return nil }
                for line in text.split(separator: "\n") where line.contains("secrets.") {
                    let name = line.prefix { $0 != "=" }.trimmed
                    guard isSecret(name) else { continue }
                    return Violation(
                        file: file.location, line: file.line(in: node, containing: String(line)), advice(name))
                }
                return nil
            }
        }
        return told + actions
    }

    private static func argument(at index: Int, in words: [String]) -> String? {
        guard words[index].hasPrefix("--build-arg") else { return nil }
        let isJoined = words[index].hasPrefix("--build-arg=")
        guard isJoined || words.indices.contains(index + 1) else { return nil }
        let pair = isJoined ? String(words[index].dropFirst(12)) : words[index + 1]
        let name = String(pair.prefix { $0 != "=" })
        return isSecret(name) ? name : nil
    }

    private static func isSecret(_ name: String) -> Bool {
        // Bundlers put these into pages that everybody reads.
        let isPublished = [
            "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "PUBLIC_", "EXPO_PUBLIC_", "NUXT_PUBLIC_",
        ]
        .contains(where: name.hasPrefix)
        let addresses = ["DATABASE_URL", "MONGO_URI", "MONGODB_URI", "REDIS_URL", "DB_URL"]
        return !isPublished && (SecretText.isSecret(name: name) || addresses.contains(name))
    }

    private static func advice(_ name: String) -> String {
        "\(name) stays in the image's history; write: --secret id=\(name),env=\(name), and in the Dockerfile: "
            + "RUN --mount=type=secret,id=\(name)"
    }
}
