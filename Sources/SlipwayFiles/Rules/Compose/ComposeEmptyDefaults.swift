// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// `:-` takes an empty value for none; the application does not.
    static let emptyAgainstDefault = Rule(
        "CO062", .error, "the database gets a default and the application an empty value",
        why:
            "${NAME:-default} is the default also where .env has the name with an empty value. The database is made with "
            + "the default, the application reads the empty value from the same file, and its login is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    volumes: ['.:/app']\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_USER: ${DB_USERNAME:-app}\n      MYSQL_PASSWORD: ${DB_PASSWORD:-secret}\n",
                "Dockerfile": "FROM php:8.4\n", ".env.example": "DB_USERNAME=app\nDB_PASSWORD=\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_USER: root\n      MYSQL_PASSWORD: ${DB_PASSWORD:?}\n"
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    volumes: ['.:/app']\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_USER: ${DB_USERNAME:-app}\n      MYSQL_PASSWORD: ${DB_PASSWORD:?}\n",
                "Dockerfile": "FROM php:8.4\n", ".env.example": "DB_USERNAME=app\nDB_PASSWORD=\n",
            ],
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-secret}\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_PASSWORD: ${DB_PASSWORD:-secret}\n",
                "Dockerfile": "FROM php:8.4\n", ".env.example": "DB_PASSWORD=\n",
            ],
        ]
    ) { file in
        let tree = file.repository.tree
        let path = GoPath.clean(file.folder + "/.env")
        let template = tree.contains(path) ? path : DotenvTemplates.of(path, in: tree)
        let values =
            template.flatMap(tree.text).map { text in
                Dictionary(Dotenv(parsing: text).assignments.map { ($0.name, $0.value ?? "") }) { $1 }
            } ?? [:]
        let isReadByApplication = file.services.contains { service in
            guard service.build != nil else { return false }
            return service.environmentFiles.contains { file.resolve($0.path) == path }
                || service.mounts.contains { $0.kind == .bind && $0.source.flatMap(file.resolve) == file.folder }
        }
        return StoreAccess.written(file).flatMap { store -> [Violation] in
            guard let title = file.known(store)?.title, ["PostgreSQL", "MySQL", "MariaDB"].contains(title) else {
                return []
            }
            return store.environment.compactMap { variable -> Violation? in
                guard let value = variable.value else { return nil }
                let reference = EmptyDefault(value)
                if title != "PostgreSQL", variable.name.hasSuffix("_USER"),
                    value == "root"
                        || reference.map({
                            values[$0.name] == "root" || values[$0.name, default: ""].isEmpty && $0.value == "root"
                        }) == true
                {
                    return Violation(
                        line: variable.line,
                        "\(title) makes its root account by itself and cannot make it again as \(variable.name)"
                            + (value == "root" ? "" : ", which \(template ?? ".env") says")
                            + "; write another account, for example: app")
                }
                guard isReadByApplication, let reference, let template, let given = values[reference.name],
                    given.isEmpty,
                    !reference.value.isEmpty, isPlainlyRead(reference.name, beside: store.name, file)
                else { return nil }
                return Violation(
                    line: variable.line,
                    "\(template) gives \(reference.name) no value: the application logs in without one and \(store.name) takes "
                        + "\(reference.value); write a value there, and here: ${\(reference.name):?}",
                    severity: file.isForDevelopment ? .warning : .error)
            }
        }
    }

    /// Whether no service is given the variable by Compose with a default of its own.
    private static func isPlainlyRead(_ name: String, beside store: String, _ file: CheckedFile<ComposeFile>) -> Bool {
        !StoreAccess.written(file).contains { service in
            service.name != store && service.environment.contains { $0.value?.contains("${" + name) == true }
        }
    }
}

/// `${NAME:-default}` and nothing around it.
private struct EmptyDefault {
    let name: String
    let value: String

    init?(_ text: String) {
        guard text.hasPrefix("${"), text.hasSuffix("}"), let mark = TextSearch.range(of: ":-", in: text[...]) else {
            return nil
        }
        name = String(text[..<mark.lowerBound].dropFirst(2))
        value = String(text[mark.upperBound...].dropLast())
        guard !value.contains("$"), name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
    }
}
