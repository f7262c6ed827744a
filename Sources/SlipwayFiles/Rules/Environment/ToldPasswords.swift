// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// password authentication failed
    static let toldPassword = Rule(
        "EN438", .warning,
        "the .env of a guide or a template gives the application a password and the database another",
        why:
            "Compose takes the database's password from a variable of its own, which the guide's file leaves out: the "
            + "database is made with the default, and the address has the new one.",
        catches: [
            [
                "DEPLOY.md":
                    "Create `.env`:\n```env\nDATABASE_URL=postgresql://shop:STRONG@postgres:5432/shop\nAPP_NAME=a\n```\n",
                "docker-compose.yml":
                    "services:\n  postgres:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ],
            [
                ".env.example":
                    "DATABASE_URL=mysql://shop:REPLACE_ME@mysql:3306/shop\nMYSQL_PASSWORD=REPLACE_WITH_PASSWORD\n",
                "docker-compose.yml":
                    "services:\n  mysql:\n    image: mysql:8\n    environment:\n      MYSQL_PASSWORD: ${MYSQL_PASSWORD}\n  api:\n    build: .\n    env_file: .env\n",
            ],
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=mysql://root:one@mysql:3306/shop\nMYSQL_PASSWORD=two\n",
                "docker-compose.yml":
                    "services:\n  mysql:\n    image: mysql:8\n    environment:\n      MYSQL_PASSWORD: ${MYSQL_PASSWORD}\n  api:\n    build: .\n    env_file: .env\n",
            ],
            [
                ".env.example": "DATABASE_URL=mysql://shop:PASSWORD@mysql:3306/shop\nMYSQL_PASSWORD=\n",
                "docker-compose.yml":
                    "services:\n  mysql:\n    image: mysql:8\n    environment:\n      MYSQL_PASSWORD: ${MYSQL_PASSWORD}\n  api:\n    build: .\n    env_file: .env\n",
            ],
            [
                "DEPLOY.md":
                    "Create `.env`:\n```env\nDATABASE_URL=postgresql://shop:STRONG@postgres:5432/shop\nPOSTGRES_PASSWORD=STRONG\n```\n",
                "docker-compose.yml":
                    "services:\n  postgres:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ],
            [
                "DEPLOY.md":
                    "Create `.env`:\n```env\nDATABASE_URL=postgresql://shop:shop@postgres:5432/shop\nAPP_NAME=a\n```\n",
                "docker-compose.yml":
                    "services:\n  postgres:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.composeFiles.isEmpty else { return [] }
        let told = repository.toldSettings.filter(isOfGuide) + repository.dotenvTemplates.compactMap(copy)
        return told.flatMap { told -> [Violation] in
            let near = repository.composeFiles.filter { $0.folder == told.folder ?? "." }
            guard !near.isEmpty else { return [] }
            return told.assignments.compactMap { assignment in
                guard let login = StoreLogin(assignment.value) else { return nil }
                let made = near.lazy.compactMap { StorePassword.of(login.host, in: $0, for: assignment.name, told) }
                    .first
                guard let made else { return nil }
                return violation(told, assignment, login, made)
            }
        }
    }
}

extension Rule<CheckedRepository> {
    private static func violation(
        _ told: ToldSettings, _ assignment: ToldSettings.Assignment, _ login: StoreLogin, _ made: StorePassword
    ) -> Violation? {
        guard let given = told[made.name] else {
            // What a template leaves out may be what nobody is meant to use.
            guard made.value != login.password, FileFormat(path: told.file) != .dotenv else { return nil }
            let kept = made.value.map { "has \($0)" } ?? "gets none"
            return Violation(
                file: told.file, line: assignment.line,
                "\(login.host) \(kept), because the block leaves out \(made.name); add to it: "
                    + "\(made.name)=\(login.password.count < 40 ? login.password : "...")")
        }
        guard given.value != login.password, login.account != "root",
            ![given.value, login.password].contains(where: { $0.isEmpty || $0.contains("$") || $0.contains("<") })
        else { return nil }
        return Violation(
            file: told.file, line: assignment.line,
            "\(login.host) is made with \(made.name) of line \(given.line), which is another text; write the same in both "
                + "places, or take the variable: ...:${\(made.name)}@\(login.host)...")
    }

    /// What a template becomes when it is copied to the name that Compose reads.
    private static func copy(_ file: CheckedFile<Dotenv>) -> ToldSettings? {
        let name = SourceTree.Entry(path: file.location).name
        guard [".env.example", ".env.sample", ".env.template", ".env.dist", "env.example"].contains(name) else {
            return nil
        }
        let assignments = file.document.assignments.map { assignment in
            ToldSettings.Assignment(name: assignment.name, value: assignment.value ?? "", line: assignment.line)
        }
        return ToldSettings(
            file: file.location, line: 1, target: GoPath.clean(file.folder + "/.env"), assignments: assignments,
            isWritten: false)
    }

    /// Whether people follow the document step by step; a plan or a specification shows a part of the file.
    private static func isOfGuide(_ told: ToldSettings) -> Bool {
        let name = SourceTree.Entry(path: told.file).name.lowercased()
        return !told.file.hasSuffix(".md")
            || ["readme", "deploy", "setup", "install", "server", "guide", "docker", "prod", "start", "hosting"]
                .contains(
                    where: name.contains)
    }
}

/// Host and password of an address.
private struct StoreLogin {
    let host: String
    let account: String
    let password: String

    init?(_ value: String) {
        guard let host = ServiceAddress.host(value), let mark = TextSearch.range(of: "://", in: value[...]),
            let at = value.lastIndex(of: "@"), at > mark.upperBound,
            let colon = value[mark.upperBound..<at].firstIndex(of: ":")
        else { return nil }
        let password = String(value[value.index(after: colon)..<at])
        guard !password.isEmpty, !password.contains("$"), !password.contains("%") else { return nil }
        (self.host, self.password) = (host, password)
        account = String(value[mark.upperBound..<colon])
    }
}

/// The variable that makes a database's password in a Compose file.
private struct StorePassword {
    let name: String
    /// The default; `nil` without one.
    let value: String?

    private static let keys = ["POSTGRES_PASSWORD", "MYSQL_PASSWORD", "MARIADB_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD"]

    static func of(
        _ host: String, in file: CheckedFile<ComposeFile>, for address: String, _ told: ToldSettings
    ) -> StorePassword? {
        let isTaken =
            file.references.contains { $0.reference.name == address }
            || file.services.contains { service in
                service.environmentFiles.contains { file.resolve($0.path) == (told.target ?? ".env") }
            }
        guard isTaken, let service = file[host], file.known(service)?.isStore == true,
            let node = file.root?.at("services", host, "environment")
        else { return nil }
        let entries = node.mapping?.entries.map { ($0.key, $0.value.text ?? "") } ?? []
        let items = (node.texts ?? []).compactMap { item -> (String, String)? in
            item.firstIndex(of: "=").map { (String(item[..<$0]), String(item[item.index(after: $0)...])) }
        }
        for (key, raw) in entries + items where keys.contains(key) && raw.hasPrefix("${") && raw.hasSuffix("}") {
            let body = raw.dropFirst(2).dropLast()
            let name = String(body.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            let rest = body.dropFirst(name.count)
            let standard =
                rest.hasPrefix(":-") ? String(rest.dropFirst(2)) : rest.hasPrefix("-") ? String(rest.dropFirst()) : nil
            // Compose says itself what is missing with a question mark.
            guard rest.isEmpty || standard != nil, standard?.contains("$") != true else { return nil }
            return StorePassword(name: name, value: standard)
        }
        return nil
    }
}
