// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A platform gives what its file says and no more.
    static let platformGivesTooLittle = Rule(
        "EN238", .warning, "a platform's file does not give what the code needs",
        why:
            "The process on the platform has the names of this file, and what was typed in as a secret. Settings that "
            + "are no secrets belong here: without them it ends when it starts, or works with a default for developers.",
        catches: [
            RuleExample(
                [
                    "fly.toml": "app = 'a'\n[env]\nPORT = '8080'\n[http_service]\ninternal_port = 8080\n",
                    "Dockerfile": "FROM golang:1.24\nCMD [\"/app\"]\n", "main.go": "os.Getenv(\"SERVER_PORT\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "SERVER_PORT", services: ["a"], required: true, origins: ["main.go:1"])])
            ),
            RuleExample(
                [
                    "task.json":
                        "{\"family\": \"a\", \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"a:1\", \"environment\": []}]}",
                    "a.py": "os.getenv('DATABASE_URL', 'sqlite://')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.py:1"])])
            ),
        ],
        passes: [
            RuleExample(
                [
                    "fly.toml": "app = 'a'\n[env]\nSERVER_PORT = '8080'\n",
                    "Dockerfile": "FROM golang:1.24\nCMD [\"/app\"]\n", "main.go": "os.Getenv(\"SERVER_PORT\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "SERVER_PORT", services: ["a"], required: true, origins: ["main.go:1"]),
                        Variable(name: "JWT_SECRET", services: ["a"], required: true, origins: ["main.go:2"]),
                    ])
            ),
            RuleExample(
                [
                    "task.json":
                        "{\"family\": \"a\", \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"a:1\", \"secrets\": [{\"name\": \"DATABASE_URL\", \"valueFrom\": \"arn\"}]}]}"
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.py:1"])])
            ),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        return onFly(repository, app) + onECS(repository, app)
    }

    /// Secrets and addresses are typed in on Fly; a port and the like are not.
    private static func onFly(_ repository: CheckedRepository, _ app: AppSpec) -> [Violation] {
        repository.flyFiles.compactMap { file in
            let own = app.services.filter { $0.role == .backend || $0.role == .ssr }
            let near = own.filter { $0.directory == file.folder }
            guard let service = near.count == 1 ? near.first : own.count == 1 ? own.first : nil else { return nil }
            let image = repository.dockerfiles.filter {
                $0.location.hasPrefix(file.folder == "." ? "" : file.folder + "/")
            }
            let built = Set(
                image.flatMap {
                    $0.reading.file.instructions.filter { $0.keyword == "ENV" }.flatMap { $0.pairs.map(\.name) }
                })
            let given = Set(file.environment.map(\.name)).union(built).union([
                "PRIMARY_REGION", "FLY_REGION", "FLY_APP_NAME",
            ])
            let missing = app.variables.filter { variable in
                variable.required && variable.default == nil && variable.phase != .build
                    && variable.services.contains(service.name) && !given.contains(variable.name)
                    && !SecretText.isSecret(name: variable.name) && !PlatformNames.isAddress(variable.name)
                    && !RequiredReads.isSettled(variable, in: repository.tree)
                    && !PlatformNames.isTyped(variable.name, in: repository)
            }.map(\.name)
            // Only a port is one that nobody types in as a secret.
            guard let port = missing.first(where: { $0.hasSuffix("PORT") }) else { return nil }
            let other = file.environment.first {
                $0.name.hasSuffix("PORT") && !app.variables.map(\.name).contains($0.name)
            }
            let rest = missing.filter { $0 != port }
            let also = rest.isEmpty ? "" : ", and \(rest.joined(separator: ", "))"
            return Violation(
                file: file.location, line: other?.line ?? file.root?["env"]?.line ?? 1,
                "the code needs \(port)\(also); "
                    + (other.map { "nothing reads \($0.name): write \(port) in its place" }
                        ?? "add below [env]: \(port) = '8080'"),
                severity: .error)
        }
    }

    private static func onECS(_ repository: CheckedRepository, _ app: AppSpec) -> [Violation] {
        let own = app.services.filter { $0.role == .backend || $0.role == .ssr }
        return ECSContainer.all(in: repository).compactMap { container in
            let named = own.filter { container.name?.contains($0.name) == true }
            guard let service = named.count == 1 ? named.first : own.count == 1 ? own.first : nil,
                !container.hasFile
            else { return nil }
            let missing = app.variables.filter { variable in
                variable.phase != .build && variable.services.contains(service.name)
                    && !container.given.contains(variable.name) && !BrowserVariables.contains(variable.name)
                    && !variable.origins.allSatisfy { $0.contains(".sh:") }
                    && (variable.required && variable.default == nil || PlatformNames.isDatabase(variable.name))
            }.map(\.name)
            guard let first = missing.first else { return nil }
            return Violation(
                file: container.file, line: container.environmentLine,
                "the task gives the container no \(missing.prefix(5).joined(separator: ", ")); add below secrets: {\"name\": \"\(first)\", \"valueFrom\": \"arn:aws:ssm:...\"}",
                severity: .error)
        }
    }
}

/// What names say about their values.
private enum PlatformNames {
    static func isAddress(_ name: String) -> Bool {
        ["URL", "URI", "DSN", "HOST", "DATABASE", "USER", "USERNAME", "NAME"].contains { name.hasSuffix($0) }
    }

    static func isDatabase(_ name: String) -> Bool {
        [
            "DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_HOST", "DATABASE_HOST", "MONGO_URI", "MONGODB_URI",
            "MONGO_URL",
            "SQLALCHEMY_DATABASE_URI", "POSTGRES_HOST", "MYSQL_HOST", "SPRING_DATASOURCE_URL",
        ].contains(name)
    }

    /// Whether a document or a pipeline tells to type it in.
    static func isTyped(_ name: String, in repository: CheckedRepository) -> Bool {
        let files =
            repository.tree.files(ending: "md") + repository.tree.files(ending: "sh")
            + repository.tree.otherEntries.filter { FileFormat(path: $0.path) == .workflow }
        return files.contains { entry in
            guard let text = repository.tree.text(entry.path),
                text.contains("secrets set") || text.contains("secrets import")
            else { return false }
            return text.contains(name) || text.contains("secrets import")
        }
    }
}

/// A container of an ECS task definition (docs.aws.amazon.com/AmazonECS, task definition parameters).
struct ECSContainer {
    let file: String
    let name: String?
    let line: Int
    let environmentLine: Int
    let commandLine: Int
    let given: Set<String>
    let hasFile: Bool
    let hasCommand: Bool
    let ports: [Int]

    static func all(in repository: CheckedRepository) -> [ECSContainer] {
        repository.tree.files(ending: "json").flatMap { entry -> [ECSContainer] in
            guard !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("\"containerDefinitions\"".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return all(of: text, in: entry.path) ?? []
        }
    }

    /// Those of one file; `nil` when it is no task definition.
    static func all(of text: String, in file: String) -> [ECSContainer]? {
        JSONDocument(parsing: text).root?["containerDefinitions"]?.sequence?.compactMap { of($0, in: file) }
    }

    private static func of(_ node: DataNode, in file: String) -> ECSContainer? {
        guard node["image"]?.text != nil else { return nil }
        func names(_ key: String) -> [String] { (node[key]?.sequence ?? []).compactMap { $0["name"]?.text } }
        func isGiven(_ key: String) -> Bool { node[key]?.sequence?.isEmpty == false }
        return ECSContainer(
            file: file, name: node["name"]?.text, line: node.line,
            environmentLine: node["environment"]?.line ?? node.line,
            commandLine: node["command"]?.line ?? node.line, given: Set(names("environment") + names("secrets")),
            hasFile: isGiven("environmentFiles"), hasCommand: isGiven("command") || isGiven("entryPoint"),
            ports: (node["portMappings"]?.sequence ?? []).compactMap { $0["containerPort"]?.int })
    }
}
