// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The file is there, one folder further down.
    static let toldElsewhere = Rule(
        "AP349", .warning, "a command runs in a folder that does not have what it needs",
        why:
            "Maven, npm and the others look for their file in the folder where they start, and stop without it: the "
            + "pipeline, or whoever follows the guide, gets no further.",
        catches: [
            ["README.md": "## Build\n```sh\nmvn clean package\n```\n", "backend/pom.xml": "<project/>\n"],
            ["Jenkinsfile": "node {\n  sh 'mvn -B verify'\n}\n", "backend/pom.xml": "<project/>\n"],
            [
                ".gitlab-ci.yml": "b:\n  script:\n    - npm ci\n    - npm run build\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo build --release\n",
                "server/Cargo.toml": "[package]\n",
            ],
            ["README.md": "```sh\nbash jenkins/setup.sh\n```\n", "backend/jenkins/setup.sh": "#!/bin/sh\nset -e\n"],
        ],
        passes: [
            ["README.md": "## Build\n```sh\ncd backend\nmvn package\n```\n", "backend/pom.xml": "<project/>\n"],
            ["README.md": "## Backend\n```sh\nmvn package\n```\n", "backend/pom.xml": "<project/>\n"],
            [
                "Jenkinsfile": "node {\n  dir('backend') {\n    sh 'mvn -B verify'\n  }\n}\n",
                "backend/pom.xml": "<a/>\n",
            ],
            ["README.md": "In `web/`:\n\n```sh\nnpm ci\n```\n", "web/package.json": "{}"],
            ["README.md": "`mvn -f backend/pom.xml package`\n", "backend/pom.xml": "<project/>\n"],
            ["README.md": "`npm install -g pm2`\n", "web/package.json": "{}"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let needs = ToldNeeds(repository)
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard let need = needs.missing(for: told),
                seen.insert("\(told.file)#\(told.words[0])#\(told.teller == .document ? 0 : told.block)").inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(need.tried) is not there, but \(need.found) is; write before it: \(need.advice)",
                severity: told.severity)
        }
    }
}

/// The files that programs look for in the folder where they start.
private struct ToldNeeds {
    private let tree: SourceTree
    private let sections: OnDemand<[String: [Substring]]>

    private static let manifests: [String: [String]] = [
        "mvn": ["pom.xml"], "./mvnw": ["mvnw"], "gradle": ["build.gradle", "build.gradle.kts", "settings.gradle"],
        "./gradlew": ["gradlew"], "npm": ["package.json"], "pnpm": ["package.json", "pnpm-workspace.yaml"],
        "yarn": ["package.json"], "cargo": ["Cargo.toml"], "composer": ["composer.json"], "bundle": ["Gemfile"],
        "php": ["artisan"], "poetry": ["pyproject.toml"], "mix": ["mix.exs"],
    ]
    private static let verbs: [String: Set<String>] = [
        "npm": ["install", "i", "ci", "run", "start", "test"],
        "pnpm": ["install", "i", "run", "start", "test", "build", "dev"],
        "yarn": ["install", "run", "start", "test", "build", "dev"], "cargo": ["build", "run", "test"],
        "composer": ["install", "update"], "bundle": ["install"], "php": ["artisan"],
        "poetry": ["install", "run"], "mix": ["deps.get", "phx.server", "ecto.setup", "test", "compile"],
    ]
    /// With these a command looks elsewhere, or needs nothing.
    private static let elsewhere = [
        "-f", "--file", "-C", "--prefix", "--cwd", "--dir", "-p", "--project-dir", "-g", "--global", "--filter",
        "--manifest-path", "--working-dir", "-d", "-w", "--workspace", "archetype:generate", "--version", "-v",
        "--gemfile", "--directory",
    ]

    init(_ repository: CheckedRepository) {
        let tree = repository.tree
        self.tree = tree
        sections = OnDemand {
            var found: [String: [Substring]] = [:]
            for entry in repository.documents {
                found[entry.path] = tree.text(entry.path)?.split(separator: "\n", omittingEmptySubsequences: false)
            }
            return found
        }
    }

    func missing(for told: ToldCommand) -> (tried: String, found: String, advice: String)? {
        guard told.teller != .script, told.teller != .remote, told.teller != .package, !told.places.isEmpty,
            !told.command.isCondition, !told.command.isFollowedByOr, !told.command.isInSubshell,
            let names = names(for: told.words),
            !told.places.contains(where: { place in names.contains { isAtOrAbove($0, place, told.words[0]) } })
        else { return nil }
        let found = names.flatMap(others).filter { CodeText.mayRun($0) }
        guard let nearest = found.min(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }),
            let folder = folder(of: nearest, named: names), folder != ".", !isMade(names, told)
        else { return nil }
        let folders = found.compactMap { self.folder(of: $0, named: names) }
        guard told.teller != .document || isGuide(told.file) && !isNamed(folders, before: told) else { return nil }
        let start = told.places[0]
        let target = start == "." ? folder : String(repeating: "../", count: start.split(separator: "/").count) + folder
        return (GoPath.clean(start + "/" + names[0]), nearest, "cd \(target)")
    }

    /// What the command looks for; `nil` when it does not say.
    private func names(for words: [String]) -> [String]? {
        guard let program = words.first, words.count > 1,
            !words.contains(where: { word in
                Self.elsewhere.contains { word == $0 || $0.hasPrefix("--") && word.hasPrefix($0 + "=") }
            })
        else { return nil }
        if ["bash", "sh"].contains(program), ToldCommand.isPlain(words[1]), words[1].hasSuffix(".sh"),
            words[1].contains("/"), !words[1].hasPrefix("/"), !words[1].hasPrefix("../")
        {
            return [GoPath.clean(words[1])]
        }
        guard let names = Self.manifests[program] else { return nil }
        if let verbs = Self.verbs[program] {
            guard verbs.contains(words[1]) else { return nil }
            // A package that is added needs no file.
            if ["install", "i"].contains(words[1]), words.dropFirst(2).contains(where: { !$0.hasPrefix("-") }) {
                return nil
            }
        }
        return names
    }

    private func others(_ name: String) -> [String] {
        guard name.contains("/") else { return tree.files(named: name).map(\.path) }
        return tree.files(named: SourceTree.Entry(path: name).name).map(\.path).filter { $0.hasSuffix("/" + name) }
    }

    private func folder(of path: String, named names: [String]) -> String? {
        guard let name = names.first(where: { path == $0 || path.hasSuffix("/" + $0) }) else { return nil }
        return path == name ? "." : String(path.dropLast(name.utf8.count + 1))
    }

    /// npm and cargo look in the folders above too.
    private func isAtOrAbove(_ name: String, _ place: String, _ program: String) -> Bool {
        var folder = place
        while true {
            if tree.contains(GoPath.clean(folder + "/" + name)) { return true }
            guard folder != ".", ["npm", "pnpm", "yarn", "cargo", "poetry", "bundle"].contains(program) else {
                return false
            }
            folder = SourceTree.Entry(path: folder).directory
        }
    }

    /// Whether a command before makes it: a generator, an archive, a checkout of something else.
    private func isMade(_ names: [String], _ told: ToldCommand) -> Bool {
        guard let text = tree.text(told.file) else { return false }
        return [
            "create-", "npm init", "npm create", "composer create-project", "cargo new", "poetry init", "mvn archetype",
        ]
        .contains(where: text.contains)
    }

    /// How people call the halves of an application.
    private static let synonyms = [
        ["frontend", "front-end", "front end", "client", "web", "ui", "前端", "admin"],
        ["backend", "back-end", "back end", "server", "api", "后端"],
    ]

    /// Whether people follow the document from its beginning.
    private func isGuide(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name.lowercased()
        return ["readme", "install", "deploy", "setup", "start", "run", "guide", "docker", "build"].contains(
            where: name.contains)
    }

    /// Whether the text around a command of a document sends its reader to one of the folders.
    private func isNamed(_ folders: [String], before told: ToldCommand) -> Bool {
        guard let lines = sections.value[told.file], lines.indices.contains(told.line - 1) else { return true }
        var words = Set(folders.flatMap { $0.split(separator: "/").map { $0.lowercased() } })
        for group in Self.synonyms where group.contains(where: words.contains) { words.formUnion(group) }
        var level = Int.max
        var isInSection = true
        for index in stride(from: told.line - 1, through: 0, by: -1) {
            let line = lines[index].lowercased()
            let body = line.trimmed
            let depth = body.hasPrefix("#") ? body.prefix { $0 == "#" }.count : nil
            let isHeading = depth.map { $0 < level && body.dropFirst($0).hasPrefix(" ") } ?? false
            if isInSection || isHeading, words.contains(where: line.contains), !line.contains("git clone") {
                return true
            }
            // Somebody who went into the folder may still be there.
            if body.hasPrefix("cd "), words.contains(where: line.contains) { return true }
            if isHeading, let depth { (level, isInSection) = (depth, false) }
        }
        return false
    }
}
