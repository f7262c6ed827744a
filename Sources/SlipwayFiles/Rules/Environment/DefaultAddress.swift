// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The address of this machine that code takes when a variable is not set.
struct DefaultAddress {
    let value: String
    /// `file:line` of the read.
    let origin: String

    /// - Parameter given: Names that are set; a read that asks for one of them first has its answer.
    static func of(_ variable: Variable, unless given: Set<String>, in tree: SourceTree) -> DefaultAddress? {
        for origin in variable.origins {
            guard let (path, line) = OriginPlace.of(origin), !DevelopmentPath.isLikely(path), !isAside(path),
                let text = tree.text(path),
                let statement = statement(in: text, at: line)
            else { continue }
            let bytes = Array(statement.utf8)
            let isChosen = ["isDev", "NODE_ENV", "DEBUG", "development", " if ", " ? "].contains {
                statement.contains($0)
            }
            guard !isChosen, !given.contains(where: { WholeWord.stands(Array($0.utf8), in: bytes) }) else { continue }
            guard let value = literals(in: statement, after: variable.name).first(where: isLocal) else { continue }
            return DefaultAddress(value: value, origin: origin)
        }
        return nil
    }

    /// Tools that run beside the program.
    private static func isAside(_ path: String) -> Bool {
        let words = path.lowercased().split { "/._-".contains($0) }
        return ["scripts", "script", "seed", "seeds", "spec", "examples", "drizzle", "knexfile", "tools", "mocks"]
            .contains { words.contains($0) }
    }

    private static func isLocal(_ value: String) -> Bool { value.contains("localhost") || value.contains("127.0.0.1") }

    /// The line, and the ones below where it goes on.
    private static func statement(in text: String, at line: Int) -> String? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(line - 1) else { return nil }
        var statement = lines[line - 1].trimmed
        // One of several names that are asked in turn.
        for before in lines[..<(line - 1)].reversed().prefix(3) {
            guard ["||", "??", "=", "("].contains(where: before.trimmed.hasSuffix) else { break }
            statement = before.trimmed + " " + statement
        }
        for next in lines[line...].prefix(2) {
            guard ["(", ",", "|", "?", "="].contains(where: { statement.hasSuffix($0) }) else { break }
            // A comma at the end of a complete call ends the property.
            if statement.hasSuffix(","), statement.count(where: { $0 == "(" }) <= statement.count(where: { $0 == ")" })
            {
                break
            }
            statement += " " + next.trimmed
        }
        return statement.utf8.count < 400 ? statement : nil
    }

    /// Texts in quotes that stand behind the name.
    private static func literals(in statement: String, after name: String) -> [String] {
        var rest = statement[...]
        for spelling in [name, name.lowercased()] {
            guard let range = TextSearch.range(of: spelling, in: rest) else { continue }
            rest = rest[range.upperBound...]
            if let first = rest.first, "\"'`".contains(first) { rest = rest.dropFirst() }
            break
        }
        var found: [String] = []
        while let open = rest.firstIndex(where: { "\"'`".contains($0) }) {
            let body = rest[rest.index(after: open)...].prefix { $0 != rest[open] }
            found.append(String(body))
            rest = rest[body.endIndex...].dropFirst()
        }
        return found
    }
}

/// Kinds of stores that a variable's name or an address's scheme can mean.
struct StoreKind {
    /// Titles of the images that are of the kind.
    let titles: Set<String>

    private static let databases: Set<String> = ["PostgreSQL", "MySQL", "MariaDB", "MongoDB", "SQL Server"]
    private static let words: [(words: [String], titles: Set<String>)] = [
        (["REDIS", "VALKEY"], ["Redis", "Valkey"]), (["POSTGRES", "PGHOST", "PG_"], ["PostgreSQL"]),
        (["MYSQL", "MARIADB"], ["MySQL", "MariaDB"]), (["MONGO"], ["MongoDB"]), (["AMQP", "RABBIT"], ["RabbitMQ"]),
        (["ELASTIC"], ["Elasticsearch", "OpenSearch"]), (["MEMCACHE"], ["Memcached"]), (["MEILI"], ["Meilisearch"]),
        (["QDRANT"], ["Qdrant"]), (["MINIO", "S3_"], ["MinIO"]),
    ]

    init?(_ name: String, _ scheme: String?) {
        let text = name.uppercased() + " " + (scheme?.uppercased() ?? "")
        if let scheme, let found = Self.words.first(where: { $0.words.contains(where: scheme.uppercased().hasPrefix) })
        {
            titles = found.titles
        } else if let found = Self.words.first(where: { $0.words.contains(where: text.contains) }) {
            titles = found.titles
        } else if ["DB_", "DATABASE", "SQL"].contains(where: text.contains) {
            titles = Self.databases
        } else if ["BROKER", "CELERY"].contains(where: text.contains) {
            titles = ["Redis", "Valkey", "RabbitMQ"]
        } else {
            return nil
        }
    }

    /// What a program uses it for: a queue's address is no other way to say the cache's.
    static func purposes(of name: String) -> Set<String> {
        let known: Set<String> = ["CELERY", "BROKER", "RESULT", "CACHE", "QUEUE", "SESSION", "CHANNEL", "SOCKET"]
        return known.intersection(name.uppercased().split(separator: "_").map(String.init))
    }

    func isLike(_ other: StoreKind) -> Bool { !titles.isDisjoint(with: other.titles) }
}
