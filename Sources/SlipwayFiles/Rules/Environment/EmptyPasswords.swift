// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<Dotenv>> {
    /// The administrator without a password.
    static let emptyPassword = Rule(
        "EN230", .warning, "a deployed database has an administrator without a password",
        why: "Whoever reaches the database's port is its administrator.",
        catches: [[".env.production": "DB_USERNAME=root\nDB_PASSWORD=\n"]],
        passes: [
            [".env.production": "DB_USERNAME=shop\nDB_PASSWORD=\n"],
            [".env.example": "DB_USERNAME=root\nDB_PASSWORD=\n"],
        ]
    ) { file in
        guard DotenvPurpose(path: file.location) == .production else { return [] }
        let values = Dictionary(file.document.assignments.map { ($0.name, $0.value ?? "") }) { $1 }
        return file.document.assignments.compactMap { assignment in
            guard assignment.name.hasSuffix("_PASSWORD"), (assignment.value ?? "").isEmpty else { return nil }
            let stem = assignment.name.dropLast(8)
            guard
                let user = ["USERNAME", "USER"].lazy.compactMap({ values[stem + $0] }).first(where: {
                    ["root", "sa", "postgres", "admin"].contains($0)
                })
            else { return nil }
            return Violation(
                line: assignment.line,
                "\(user) has no password; give the database one, and \(assignment.name) where it is deployed")
        }
    }
}

extension Rule<CheckedRepository> {
    /// ASP.NET reads it wherever nothing else is given.
    static let connectionPassword = Rule(
        "EN231", .warning, "a connection string stands in the settings with its password",
        why: "Everybody with a copy of the repository has the password, and every deployment that gives none uses it.",
        catches: [
            [
                "Api/appsettings.json":
                    "{\n  \"ConnectionStrings\": {\n    \"Default\": \"Server=db;User Id=sa;Password=Passw0rd1!;\"\n  }\n}\n"
            ]
        ],
        passes: [
            [
                "Api/appsettings.json":
                    "{\n  \"ConnectionStrings\": {\n    \"Default\": \"Server=db;Integrated Security=true\"\n  }\n}\n"
            ],
            [
                "Api/appsettings.Development.json":
                    "{\n  \"ConnectionStrings\": {\n    \"Default\": \"Server=localhost;User Id=sa;Password=Passw0rd1!;\"\n  }\n}\n"
            ],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            guard entry.name.hasPrefix("appsettings"), entry.name.hasSuffix(".json"), !entry.path.contains("Test"),
                repository.tracked?.contains(entry.path) ?? true, let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                let lower = line.lowercased()
                guard
                    let start = TextSearch.range(of: "password=", in: lower[...])
                        ?? TextSearch.range(of: "pwd=", in: lower[...])
                else { return nil }
                let value = lower[start.upperBound...].prefix { $0 != ";" && $0 != "\"" }
                guard value.utf8.count >= 3, !SecretText.isPlaceholder(String(value)), !value.contains("$"),
                    !value.contains("your"), !value.contains("#")
                else { return nil }
                let isHere = lower.contains("localhost") || lower.contains("127.0.0.1") || lower.contains("(localdb)")
                let isForDevelopment = DevelopmentPath.isLikely(entry.path)
                guard !isHere || !isForDevelopment else { return nil }
                return Violation(
                    file: entry.path, line: index + 1,
                    "the password is in every copy; delete it, and give ConnectionStrings__NAME in the environment",
                    severity: isForDevelopment ? .info : .warning)
            }
        }
    }
}
