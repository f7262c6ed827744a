// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// env_file fills containers, and never the file itself.
    static let unreadEnvironmentFile = Rule(
        "CO055", .warning, "a value is taken from .env and not from the service's env_file",
        why:
            "Compose replaces ${NAME} from the shell and from .env beside the file, never from env_file; and what stands "
            + "under environment wins over env_file. The container gets an empty value in place of the one that was "
            + "written for it.",
        catches: [
            [
                "compose.prod.yml":
                    "services:\n  db:\n    image: postgres:17\n    env_file: .env.prod\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n",
                ".env.prod.example": "POSTGRES_PASSWORD=\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    env_file: config/web.env\n    environment:\n      DATABASE_URL: postgres://a:${DB_PASSWORD}@db/a\n",
                "config/web.env": "DB_PASSWORD=x\n", "Dockerfile": "FROM debian:12\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    env_file: .env\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n",
                ".env.example": "POSTGRES_PASSWORD=\n",
            ],
            [
                "compose.prod.yml":
                    "services:\n  db:\n    image: postgres:17\n    env_file: .env.prod\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n",
                ".env.prod.example": "POSTGRES_PASSWORD=\n",
                "README.md": "docker compose --env-file .env.prod -f compose.prod.yml up -d\n",
            ],
            [
                "compose.prod.yml":
                    "services:\n  db:\n    image: postgres:17\n    env_file: .env.prod\n    environment:\n      POSTGRES_DB: ${POSTGRES_DB:-app}\n",
                ".env.prod.example": "POSTGRES_DB=app\n",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, !file.document.services.allSatisfy({ $0.environmentFiles.isEmpty }),
            !EnvironmentFileOption.isUsed(in: file.repository)
        else { return [] }
        let tree = file.repository.tree
        let beside = GoPath.clean(SourceTree.Entry(path: file.location).directory + "/.env")
        let known = names(of: beside, in: tree)
        return file.services.flatMap { service -> [Violation] in
            let paths = service.environmentFiles.compactMap { file.resolve($0.path) }
            guard !paths.isEmpty, !paths.contains(beside) else { return [] }
            let given = Set(paths.flatMap { names(of: $0, in: tree) })
            return file.document.services.filter { $0.name == service.name }.flatMap { raw in
                raw.environment.compactMap { variable -> Violation? in
                    let line =
                        file.textLines.indices.contains(variable.line - 1) ? file.textLines[variable.line - 1] : ""
                    guard
                        let name = bareNames(in: line).first(where: { given.contains($0) }),
                        let source = paths.first(where: { names(of: $0, in: tree).contains(name) })
                    else { return nil }
                    let isOwn = variable.name == name
                    return Violation(
                        line: variable.line,
                        "Compose does not look for \(name) in \(source); "
                            + (isOwn ? "delete this line, or start with: " : "start with: ")
                            + "docker compose --env-file \(source)",
                        severity: known.contains(name) ? nil : .error)
                }
            }
        }
    }

    /// Names that the file, or a template of it, gives.
    private static func names(of path: String, in tree: SourceTree) -> Set<String> {
        let text = tree.text(path) ?? DotenvTemplates.exactly(of: path, in: tree).flatMap(tree.text)
        return Set(text.map { Dotenv(parsing: $0).assignments.map(\.name) } ?? [])
    }

    /// `$NAME`, `${NAME}` and `${NAME:?}`, which have no default.
    private static func bareNames(in line: Substring) -> [String] {
        var names: [String] = []
        var rest = line.drop { $0 != "$" }
        while rest.first == "$" {
            rest = rest.dropFirst()
            if rest.first == "$" {
                rest = rest.dropFirst().drop { $0 != "$" }
                continue
            }
            let isBraced = rest.first == "{"
            let name = rest.dropFirst(isBraced ? 1 : 0).prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            let after = rest.dropFirst(isBraced ? 1 : 0).dropFirst(name.count)
            if !isBraced || after.hasPrefix("}") || after.hasPrefix(":?") || after.hasPrefix("?") {
                names.append(String(name))
            }
            rest = after.drop { $0 != "$" }
        }
        return names
    }
}

/// Whether anybody tells Compose which file to take values from.
enum EnvironmentFileOption {
    static func isUsed(in repository: CheckedRepository) -> Bool {
        let endings = [".md", ".sh", ".yml", ".yaml", ".json", ".txt", ".service", ".ps1", ".toml"]
        return repository.tree.entries.contains { entry in
            guard endings.contains(where: entry.name.hasSuffix) || !entry.name.contains("."),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 500_000
            else { return false }
            if ByteSearch.contains("COMPOSE_ENV_FILES".utf8, in: bytes) { return true }
            // A shell that reads the file first gives its values to Compose.
            let exports = ["set -a", "export $(", "set -o allexport"]
            if !entry.name.hasSuffix(".md"), exports.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }) {
                return true
            }
            guard ByteSearch.contains("--env-file".utf8, in: bytes), let text = repository.tree.text(entry.path) else {
                return false
            }
            return text.split(separator: "\n").contains { line in
                guard let option = TextSearch.range(of: "--env-file", in: line) else { return false }
                return line[..<option.lowerBound].contains("compose")
            }
        }
    }
}
