// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The process ends when it starts, or at the first use.
    static let requiredNeverGiven = Rule(
        "EN211", .error, "a required variable is given by no file",
        why:
            "The code has no default for the variable, and the deployment does not give it: the process ends when it starts.",
        catches: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_SECRET_KEY", services: ["a"], required: true, origins: ["a.py:3"])])
            )
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_SECRET_KEY", services: ["a"], required: true, origins: ["a.py:3"])])
            )
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, let own = unit.app,
                let given = GivenNames.of(unit)
            else { return [] }
            let read = Set(app.variables.filter { $0.services.contains(own.name) }.map(\.name))
            let missing = app.variables.filter { variable in
                variable.required && variable.phase != .build && variable.default == nil
                    && variable.services.contains(own.name) && !given.contains(variable.name)
                    && !["PORT", "HOST"].contains(variable.name) && !BrowserVariables.contains(variable.name)
            }
            let severity: Severity =
                // Where the author lists what to give, the rest is for parts that can be off.
                compose.isForDevelopment || !service.environmentFiles.isEmpty ? .warning : .error
            var unrelated: [Variable] = []
            var found: [Violation] = []
            for variable in missing {
                guard let near = NearestName.among(given.subtracting(read), to: variable.name) else {
                    unrelated.append(variable)
                    continue
                }
                found.append(
                    Violation(
                        file: compose.location,
                        line: service.environment.first { $0.name == near }?.line ?? service.line,
                        "\(service.name) needs \(variable.name) (\(variable.origins.first ?? "")) and nobody gives it; "
                            + "\(near) is given: write \(variable.name)", severity: severity))
            }
            if let first = unrelated.first {
                let names = unrelated.map { "\($0.name) (\($0.origins.first ?? ""))" }.joined(separator: ", ")
                found.append(
                    Violation(
                        file: compose.location, line: service.line,
                        "\(service.name) needs \(names) and nobody gives \(unrelated.count == 1 ? "it" : "them"); "
                            + "add: \(first.name): ${\(first.name):?}", severity: severity))
            }
            return found
        }
    }

    /// Two names for one thing.
    static let nameMismatch = Rule(
        "EN212", .warning, "a given name is read by nothing, and a similar one is",
        why: "The value never arrives: the file gives one name and the code reads another.",
        catches: [
            RuleExample(
                [".env.example": "REACT_APP_API_ENDPOINT=a\n", "src/a.ts": "import.meta.env.VITE_APP_API_ENDPOINT\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .spa)],
                    variables: [
                        Variable(name: "VITE_APP_API_ENDPOINT", services: ["a"], phase: .build, origins: ["src/a.ts:1"])
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    ".env.example": "VITE_APP_API_ENDPOINT=a\nOTHER=1\n",
                    "src/a.ts": "import.meta.env.VITE_APP_API_ENDPOINT\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .spa)],
                    variables: [
                        Variable(name: "VITE_APP_API_ENDPOINT", services: ["a"], phase: .build, origins: ["src/a.ts:1"])
                    ]))
        ]
    ) { repository in
        guard let app = repository.app, !app.variables.isEmpty else { return [] }
        let read = Set(app.variables.map(\.name))
        let given = GivenNames.everywhere(in: repository)
        let wanted = read.subtracting(given.map(\.name))
        guard !wanted.isEmpty else { return [] }
        var seen: Set<String> = []
        return given.compactMap { place in
            guard !read.contains(place.name), let near = NearestName.among(wanted, to: place.name),
                seen.insert(place.name).inserted, !GivenNames.isMentioned(place.name, in: repository),
                let variable = app.variables.first(where: { $0.name == near })
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "nothing reads \(place.name); the code reads \(near) (\(variable.origins.first ?? "")): write \(near)")
        }
    }

    /// The code refuses the text.
    static let wrongType = Rule(
        "EN213", .error, "a value has the wrong type",
        why: "The code reads a number, a switch or a list and refuses the text: the process ends when it starts.",
        catches: [
            RuleExample(
                [".env.example": "WORKERS=many\n"],
                app: AppSpec(
                    name: "a", variables: [Variable(name: "WORKERS", services: [], kind: .integer, origins: ["a.py:1"])]
                )),
            RuleExample(
                [".env.example": "ORIGINS=http://a,http://b\n"],
                app: AppSpec(
                    name: "a", variables: [Variable(name: "ORIGINS", services: [], kind: .json, origins: ["a.py:1"])])),
        ],
        passes: [
            RuleExample(
                [".env.example": "WORKERS=4\nORIGINS=[\"http://a\"]\n"],
                app: AppSpec(
                    name: "a",
                    variables: [
                        Variable(name: "ORIGINS", services: [], kind: .json, origins: ["a.py:1"]),
                        Variable(name: "WORKERS", services: [], kind: .integer, origins: ["a.py:2"]),
                    ]))
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        let kinds = Dictionary(app.variables.map { ($0.name, $0) }) { first, _ in first }
        return GivenNames.everywhere(in: repository).compactMap { place in
            guard let variable = kinds[place.name], let kind = variable.kind, let value = place.value, !value.isEmpty,
                !value.contains("$"), !SecretText.isPlaceholder(value) || kind == .json
            else { return nil }
            let origin = variable.origins.first ?? ""
            switch kind {
            // A description in a template: PORT OF THE DATABASE.
            case .integer where Int(value.trimmed) == nil && !value.contains(" "):
                return Violation(
                    file: place.file, line: place.line,
                    "\(place.name) must be a number (\(origin)); write: \(place.name)=1")
            case .json
            where origin.split(separator: ":").first?.hasSuffix(".py") == true
                && !["[", "{", "\"", "<"].contains(value.first.map(String.init) ?? "") && value.contains(","):
                let items = value.split(separator: ",").map { "\"\($0.trimmed)\"" }.joined(separator: ",")
                return Violation(
                    file: place.file, line: place.line,
                    "\(place.name) must be JSON (\(origin)); write: \(place.name)=[\(items)]")
            default: return nil
            }
        }
    }

    /// Whatever stands in Compose and platform files for production.
    static let debugDeployed = Rule(
        "EN214", .warning, "a deployment runs in debug mode",
        why: "Debug mode shows source text, settings and stack traces to every visitor, and is slow.",
        catches: [
            ["compose.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'True'\n"],
            ["fly.toml": "[env]\nNODE_ENV = 'development'\n"],
            ["Dockerfile": "FROM node:22\nENV NODE_ENV=development\nCMD [\"node\"]\n"],
        ],
        passes: [
            ["compose.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'False'\n"],
            ["compose.dev.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'True'\n"],
        ]
    ) { repository in
        var found: [Violation] = []
        func check(_ name: String, _ value: String?, _ file: String, _ line: Int) {
            guard let value, let advice = DebugMode.advice(name, value) else { return }
            found.append(Violation(file: file, line: line, "\(name)=\(value) is for development; write: \(advice)"))
        }
        for file in repository.composeFiles where !file.isForDevelopment {
            for service in file.services where service.build != nil {
                for variable in service.environment {
                    check(variable.name, variable.value, file.location, variable.line)
                }
            }
        }
        for file in repository.flyFiles {
            for variable in file.environment { check(variable.name, variable.value, file.location, variable.line) }
        }
        for file in repository.renderBlueprints {
            for service in file.services {
                for variable in service.environment {
                    check(variable.name, variable.value, file.location, variable.line)
                }
            }
        }
        for dockerfile in repository.dockerfiles where !DevelopmentPath.isLikely(dockerfile.location) {
            for instruction in dockerfile.reading.file.finalStage where instruction.keyword == "ENV" {
                for (name, value) in instruction.pairs {
                    check(name, value?.filter { $0 != "\"" && $0 != "'" }, dockerfile.location, instruction.line)
                }
            }
        }
        return found
    }

    /// Reachable from its own container only.
    static let hostVariableLocal = Rule(
        "EN215", .warning, "the host variable says localhost",
        why: "In a container a server that binds localhost answers nobody outside it.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  api:\n    build: .\n    environment:\n      HOST: localhost\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, hostVariable: "HOST")]))
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml": "services:\n  api:\n    build: .\n    environment:\n      HOST: 0.0.0.0\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, hostVariable: "HOST")]))
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, let name = unit.app?.hostVariable else {
                return []
            }
            return GivenToService.variables(service, in: compose).filter {
                $0.name == name && ["localhost", "127.0.0.1"].contains($0.value)
            }
            .map {
                Violation(
                    file: $0.file, line: $0.line, "\(name) makes \(service.name) answer itself alone; write: 0.0.0.0")
            }
        }
    }
}

/// Names that files give.
enum GivenNames {
    struct Place {
        let name: String
        let value: String?
        let file: String
        let line: Int
    }

    /// What a Compose service is given; `nil` when a file that nobody can see may give more.
    static func of(_ unit: DeployedUnit) -> Set<String>? {
        guard let service = unit.service, let compose = unit.compose else { return nil }
        var names = Set(
            unit.instructions.filter { ["ENV", "ARG"].contains($0.keyword) }.flatMap { $0.pairs.map(\.name) })
        for member in compose.anywhere(service.name) {
            names.formUnion(member.environment.map(\.name))
            for given in member.environmentFiles {
                guard let path = compose.resolve(given.path) else { return nil }
                let tree = compose.repository.tree
                guard let existing = tree.contains(path) ? path : DotenvTemplates.of(path, in: tree),
                    let text = tree.text(existing)
                else { return nil }
                names.formUnion(Dotenv(parsing: text).assignments.map(\.name))
                // Names that a template only mentions count too.
                names.formUnion(commented(text))
            }
            if member.node["extends"] != nil || member.node["secrets"] != nil { return nil }
        }
        // A dotenv file that is copied into the image gives its names to the process.
        if unit.instructions.contains(where: { $0.keyword == "COPY" && $0.text.contains(".env") }) { return nil }
        let names0 = names
        let mounts = service.mounts.contains { $0.target.hasSuffix(".env") }
        return mounts || names0.isEmpty && service.environmentFiles.isEmpty && service.environment.isEmpty ? nil : names
    }

    private static func commented(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let body = line.drop { $0 == "#" || $0 == " " }
            guard let equals = body.firstIndex(of: "="), line.hasPrefix("#") else { return nil }
            let name = body[..<equals].trimmed
            return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? name : nil
        }
    }

    /// Every dotenv file, and the environment of services that are built here.
    static func everywhere(in repository: CheckedRepository) -> [Place] {
        var found: [Place] = []
        for file in repository.dotenvFiles where DotenvPurpose(path: file.location) != .test {
            for assignment in file.document.assignments {
                found.append(
                    Place(name: assignment.name, value: assignment.value, file: file.location, line: assignment.line))
            }
        }
        for file in repository.composeFiles {
            for service in file.services where service.build != nil {
                for variable in service.environment {
                    found.append(
                        Place(name: variable.name, value: variable.value, file: file.location, line: variable.line))
                }
            }
        }
        return found
    }

    /// Whether any text of the repository but the giving files has the name.
    static func isMentioned(_ name: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(name.utf8)
        return repository.tree.entries.contains { entry in
            guard FileFormat(path: entry.path) != .dotenv, !entry.path.contains("node_modules/"),
                ![".md", ".lock", ".svg", ".map", ".rst", ".txt"].contains(where: { entry.name.hasSuffix($0) }),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            if FileFormat(path: entry.path) == .compose { return false }
            return RouteSearch.contains(bytes, needle)
        }
    }
}

/// The name that was probably meant: `JWT_SECRET` for `JWT_SECRET_KEY`, `REACT_APP_API` for `VITE_API`.
enum NearestName {
    static func among(_ candidates: Set<String>, to name: String) -> String? {
        let words = name.split(separator: "_")
        let bare = Self.bare(words)
        if let same = candidates.sorted().first(where: {
            $0 != name && Self.bare($0.split(separator: "_")) == bare && !bare.isEmpty
        }) {
            return same
        }
        if let longer = candidates.sorted().first(where: { candidate in
            let other = candidate.split(separator: "_")
            guard abs(other.count - words.count) == 1, min(other.count, words.count) >= 2 else { return false }
            let (short, long) = other.count < words.count ? (other, words) : (words, other)
            return long.starts(with: short) || Array(long.suffix(short.count)) == Array(short)
        }) {
            return longer
        }
        guard name.utf8.count >= 6, let near = NearestWord.of(name, among: candidates), near.utf8.count >= 6 else {
            return nil
        }
        // One or two letters: a slip of the fingers and no other name.
        return abs(near.utf8.count - name.utf8.count) <= 1 && Self.differs(near, name) <= 2 ? near : nil
    }

    /// Without a bundler's prefix.
    private static func bare(_ words: [Substring]) -> [Substring] {
        for prefix in [
            ["REACT", "APP"], ["NEXT", "PUBLIC"], ["VUE", "APP"], ["VITE", "APP"], ["VITE"], ["EXPO", "PUBLIC"],
            ["NUXT", "PUBLIC"], ["PUBLIC"],
        ]
        where words.count > prefix.count && words.prefix(prefix.count).map(String.init) == prefix {
            return Array(words.dropFirst(prefix.count))
        }
        return words
    }

    private static func differs(_ left: String, _ right: String) -> Int {
        let (first, second) = (Array(left.utf8), Array(right.utf8))
        let same = zip(first, second).prefix { $0 == $1 }.count
        let end = zip(first.dropFirst(same).reversed(), second.dropFirst(same).reversed()).prefix { $0 == $1 }.count
        return max(first.count, second.count) - same - end
    }
}
