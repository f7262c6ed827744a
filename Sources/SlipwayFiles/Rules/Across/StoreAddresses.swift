// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The database was made with other words.
    static let otherCredentials = Rule(
        "AP174", .error, "an address has another password, account or database than the database itself",
        why:
            "The container makes the account and the database that its own variables name; with others the application "
            + "is refused: password authentication failed, or the database does not exist.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: one}\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://postgres:two@db:5432/postgres\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_USER: app, POSTGRES_PASSWORD: a, POSTGRES_DB: shop}\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://app:a@db/store\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n    environment: {MYSQL_USER: app, MYSQL_PASSWORD: a, MYSQL_ROOT_PASSWORD: r}\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n      DB_USER: app\n      DB_PASSWORD: b\n"
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: one}\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://postgres:one@db:5432/postgres\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: '${P:?}'}\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://postgres:two@db:5432/postgres\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n    environment: {MYSQL_USER: app, MYSQL_PASSWORD: a, MYSQL_ROOT_PASSWORD: r}\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n      DB_USER: root\n      DB_PASSWORD: r\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: a, POSTGRES_DB: shop}\n    volumes: ['./init:/docker-entrypoint-initdb.d']\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://postgres:a@db/store\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: a}\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://postgres:b@elsewhere/store\n"
            ],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            let services = StoreAccess.written(file)
            return services.flatMap { service -> [Violation] in
                StoreAccess.of(service).compactMap { access -> Violation? in
                    guard let store = services.first(where: { access.isOn($0) }), file.anywhere(store.name).count == 1,
                        let image = file.known(store),
                        let facts = StoreFacts(store, image), let wrong = facts.refuses(access)
                    else { return nil }
                    return Violation(
                        file: file.location, line: access.line, "\(store.name) \(wrong)",
                        severity: file.isForDevelopment ? .warning : .error)
                }
            }
        }
    }

    /// The port of the host is not the port of the network.
    static let hostPortInAddress = Rule(
        "AP175", .error, "an address between containers has the host's port",
        why:
            "Containers reach each other on the port that the process listens on; the published port is the host's alone, "
            + "and on the network nobody answers there.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    ports: ['5433:5432']\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5433/a\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n    ports: ['3307:3306']\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n      DB_PORT: 3307\n"
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: .\n    ports: ['8080:3000']\n  web:\n    build: ./web\n    environment:\n      API_URL: http://api:8080\n"
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    ports: ['5433:5432']\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n"
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    command: -p 5433\n    ports: ['5433:5433']\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5433/a\n"
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: .\n    ports: ['8080:3000', '9090:8080']\n  web:\n    build: ./web\n    environment:\n      API_URL: http://api:8080\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    environment:\n      API_URL: http://localhost:8080\n  api:\n    build: .\n    ports: ['8080:3000']\n"
            ],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            file.services.flatMap { service -> [Violation] in
                guard service.node["network_mode"] == nil else { return [] }
                return StoreAccess.of(service).compactMap { access -> Violation? in
                    guard let port = access.port, let other = file.services.first(where: { access.isOn($0) }),
                        other.name != service.name, let published = other.ports.first(where: { $0.published == port }),
                        published.target != port, !other.ports.contains(where: { $0.target == port }),
                        !other.exposed.contains(port), other.command?.text.contains(String(port)) != true,
                        !other.environment.contains(where: { $0.value == String(port) })
                    else { return nil }
                    return Violation(
                        file: file.location, line: access.portLine,
                        "\(port) is the host's port of \(other.name); on the network write: \(published.target)",
                        severity: file.isForDevelopment ? .warning : .error)
                }
            }
        }
    }

    /// The cache answers: NOAUTH Authentication required.
    static let passwordNotSent = Rule(
        "AP176", .error, "Redis asks for a password that the application does not send",
        why:
            "With requirepass every command is answered NOAUTH Authentication required: sessions, queues and caches fail.",
        catches: [
            [
                "compose.yml":
                    "services:\n  redis:\n    image: redis:8\n    command: redis-server --requirepass ${P:?}\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://redis:6379/0\n"
            ],
            [
                "compose.yml":
                    "services:\n  redis:\n    image: redis:8\n    command: redis-server --requirepass ${P:?}\n  web:\n    build: .\n    environment:\n      REDIS_HOST: redis\n      REDIS_PASS: ${P:?}\n",
                "a.js": "connect({ host: process.env.REDIS_HOST })\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  redis:\n    image: redis:8\n    command: redis-server --requirepass ${P:?}\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://:${P:?}@redis:6379/0\n"
            ],
            [
                "compose.yml":
                    "services:\n  redis:\n    image: redis:8\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://redis:6379/0\n"
            ],
            [
                "compose.yml":
                    "services:\n  redis:\n    image: redis:8\n    command: redis-server --requirepass ${P:?}\n  web:\n    build: .\n    environment:\n      REDIS_HOST: redis\n      REDIS_PASS: ${P:?}\n",
                "a.js": "connect({ host: process.env.REDIS_HOST, password: process.env.REDIS_PASS })\n",
            ],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            let stores = file.services.filter { service in
                let command = service.command?.text ?? ""
                // Without a value it asks for none.
                return ["Redis", "Valkey"].contains(file.known(service)?.title ?? "") && command.contains("requirepass")
                    && !command.contains("requirepass \"\"")
            }
            guard !stores.isEmpty else { return [] }
            return StoreAccess.written(file).flatMap { service -> [Violation] in
                let passwords = service.environment.filter { variable in
                    let name = variable.name.uppercased()
                    return ["REDIS", "CACHE", "BROKER", "QUEUE", "VALKEY"].contains(where: name.contains)
                        && (name.contains("PASS") || name.contains("AUTH") || name.contains("PWD"))
                }
                let isRead = passwords.contains { GivenNames.isMentioned($0.name, in: repository) }
                guard service.build != nil, !isRead, service.environmentFiles.isEmpty || !passwords.isEmpty else {
                    return []
                }
                return StoreAccess.of(service).compactMap { access -> Violation? in
                    // Of a password in a variable of its own nothing is read, as was seen above.
                    let isSent = access.isAddress && (access.password != nil || access.isAccountOpen)
                    guard let store = stores.first(where: { access.isOn($0) }), !isSent,
                        access.isAddress || access.name.uppercased().contains("REDIS")
                    else { return nil }
                    let unread = passwords.first.map { "nothing reads \($0.name)" } ?? "\(access.name) has none"
                    return Violation(
                        file: file.location, line: access.line,
                        "\(store.name) wants a password, and \(unread); write: redis://:${PASSWORD:?}@\(store.name):6379",
                        severity: file.isForDevelopment ? .warning : .error)
                }
            }
        }
    }
}

/// How a service's variables lead to another service.
struct StoreAccess {
    let name: String
    let host: String
    var port: UInt16?
    var user: String?
    var password: String?
    var database: String?
    let line: Int
    var portLine: Int
    /// Whether one variable holds it all.
    let isAddress: Bool
    /// Whether the account is written with variables.
    var isAccountOpen = false

    func isOn(_ service: ComposeService) -> Bool {
        host == service.name || host == service.node["container_name"]?.text || host == service.node["hostname"]?.text
    }

    /// The services with their references as written.
    static func written(_ file: CheckedFile<ComposeFile>) -> [ComposeService] {
        (file.root?["services"]?.mapping?.entries ?? []).map {
            ComposeService($0.key, at: $0.position, $0.value)
        }
    }

    static func of(_ service: ComposeService) -> [StoreAccess] { of(service.environment) }

    static func of(_ variables: [PlacedVariable]) -> [StoreAccess] {
        variables.compactMap { variable in
            guard let value = variable.value else { return nil }
            if ServiceAddress.isAddress(value) { return StoreAccess(address: value, variable) }
            guard variable.name.uppercased().hasSuffix("HOST"), !value.isEmpty, !value.contains("$") else { return nil }
            return StoreAccess(host: value, variable, among: variables)
        }
    }

    private init?(address: String, _ variable: PlacedVariable) {
        guard let host = ServiceAddress.host(address), let start = TextSearch.range(of: "://", in: address[...]) else {
            return nil
        }
        let rest = address[start.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        name = variable.name
        self.host = host
        line = variable.line
        portLine = variable.line
        isAddress = true
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        port = place.split(separator: ":").dropFirst().first.flatMap { UInt16($0) }
        if let at = authority.lastIndex(of: "@") {
            let account = authority[..<at]
            isAccountOpen = account.contains("$")
            let parts = account.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if !account.contains("$") {
                user = parts.first.flatMap { $0.isEmpty ? nil : String($0) }
                password = parts.count > 1 ? String(parts[1]) : nil
            }
        }
        let path = rest.dropFirst(authority.count).dropFirst().prefix { $0 != "?" }
        if !path.isEmpty, !path.contains("$"), !path.contains("/") { database = String(path) }
    }

    /// `DB_HOST` with `DB_PORT`, `DB_USER`, `DB_PASSWORD` and `DB_NAME` beside it.
    private init?(host: String, _ variable: PlacedVariable, among variables: [PlacedVariable]) {
        let stem = variable.name.dropLast(4)
        func value(_ endings: String...) -> PlacedVariable? {
            variables.first { other in endings.contains { other.name == stem + $0 } }
        }
        name = variable.name
        self.host = host
        line = variable.line
        isAddress = false
        let port = value("PORT")
        self.port = port?.value.flatMap { UInt16($0) }
        portLine = port?.line ?? variable.line
        func literal(_ found: PlacedVariable?) -> String? {
            found?.value.flatMap { $0.contains("$") || $0.isEmpty ? nil : $0 }
        }
        user = literal(value("USER", "USERNAME"))
        let secret = value("PASSWORD", "PASS")
        password = literal(secret)
        isAccountOpen = secret?.value?.contains("$") == true
        database = literal(value("NAME", "DATABASE", "DB", "DBNAME"))
    }
}

/// The accounts that a database's container makes.
struct StoreFacts {
    /// Password by account; `nil` where a variable gives it.
    private var passwords: [String: String?] = [:]
    private var isClosed = true
    private var databases: Set<String> = []

    init?(_ service: ComposeService, _ image: KnownImage) {
        // Files that nobody sees, and scripts, can say more.
        guard service.environmentFiles.isEmpty, !service.environment.isEmpty else { return nil }
        let isSeeded = service.mounts.contains { $0.target.contains("initdb") }
        func value(_ names: String...) -> String? {
            service.environment.last { names.contains($0.name) }?.value
        }
        func literal(_ text: String?) -> String?? { text.map { $0.contains("$") ? nil : $0 } }
        switch image.title {
        case "PostgreSQL":
            let user = value("POSTGRES_USER") ?? "postgres"
            guard !user.contains("$"), let password = literal(value("POSTGRES_PASSWORD")) else { return nil }
            passwords[user] = password
            let database = value("POSTGRES_DB") ?? user
            if !database.contains("$"), !isSeeded { databases = [database, "postgres", "template1"] }
        case "MySQL", "MariaDB":
            if let root = literal(value("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD")) { passwords["root"] = root }
            let user = value("MYSQL_USER", "MARIADB_USER")
            if let user {
                guard !user.contains("$") else { return nil }
                if let password = literal(value("MYSQL_PASSWORD", "MARIADB_PASSWORD")) { passwords[user] = password }
            }
            if let database = value("MYSQL_DATABASE", "MARIADB_DATABASE"), !database.contains("$"), !isSeeded {
                databases = [database, "mysql"]
            }
        default: return nil
        }
        guard !passwords.isEmpty else { return nil }
        isClosed = !isSeeded
    }

    /// What does not fit, as a sentence's end; `nil` when all does.
    func refuses(_ access: StoreAccess) -> String? {
        if let user = access.user {
            guard let known = passwords[user] else {
                let names = passwords.keys.sorted().joined(separator: ", ")
                return isClosed ? "makes no account \(user); write: \(names)" : nil
            }
            if let known, let password = access.password, known != password {
                return "has another password for \(user); write one variable in both places: ${DB_PASSWORD:?}"
            }
        }
        // What is named for tests is made by the tests.
        if let database = access.database, !databases.isEmpty, !databases.contains(database),
            access.user != "root", !database.lowercased().contains("test")
        {
            return "makes no database \(database); write: \(databases.sorted().first ?? database)"
        }
        return nil
    }
}
