// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Compose publishes the database on another port than its own.
    static let templatePort = Rule(
        "AP294", .warning, "the template's address has another port than the one that Compose publishes",
        why: "Whoever copies the template and starts the program on the own machine gets: connection refused.",
        catches: [
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5432/a\n",
                "docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    ports:\n      - \"5433:5432\"\n",
            ],
            [
                ".env.example": "REDIS_URL=redis://127.0.0.1:6379\n",
                "docker-compose.yml":
                    "services:\n  cache:\n    image: redis:7\n    ports:\n      - 127.0.0.1:6380:6379\n",
            ],
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5433/a\n",
                "docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    ports:\n      - \"5433:5432\"\n",
            ],
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@db:5432/a\n",
                "docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    ports:\n      - \"5433:5432\"\n",
            ],
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5432/a\n",
                "docker-compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    ports:\n      - \"5433:5432\"\n  test:\n    image: postgres:17\n    ports:\n      - \"5432:5432\"\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let stores: [String: (scheme: [String], port: UInt16)] = [
            "postgres": (["postgres", "postgresql"], 5432), "mysql": (["mysql"], 3306),
            "mariadb": (["mysql", "mariadb"], 3306),
            "mongo": (["mongodb"], 27017), "redis": (["redis"], 6379), "rabbitmq": (["amqp"], 5672),
        ]
        return repository.dotenvFiles.flatMap { file -> [Violation] in
            let name = SourceTree.Entry(path: file.location).name
            guard ["example", "sample", "template", "dist"].contains(where: name.contains) else { return [] }
            let near = repository.composeFiles.filter {
                $0.folder == file.folder || $0.folder == "." || file.folder == "."
            }
            return file.document.assignments.compactMap { assignment in
                guard let value = assignment.value, let mark = TextSearch.range(of: "://", in: value[...]) else {
                    return nil
                }
                let scheme = value[..<mark.lowerBound].prefix { $0 != "+" }
                guard let store = stores.first(where: { $0.value.scheme.contains(String(scheme)) })?.value else {
                    return nil
                }
                let place = value[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }.split(separator: "@").last ?? ""
                let parts = place.split(separator: ":")
                guard ["localhost", "127.0.0.1"].contains(parts.first ?? ""),
                    parts.count < 2 || UInt16(parts[1]) == store.port
                else { return nil }
                let published = near.flatMap(\.services).flatMap { service -> [(service: String, port: UInt16)] in
                    service.ports.compactMap { port in
                        guard port.target == store.port, let host = port.published else { return nil }
                        return (service.name, host)
                    }
                }
                guard let first = published.first, !published.contains(where: { $0.port == store.port }) else {
                    return nil
                }
                return Violation(
                    file: file.location, line: assignment.line,
                    "Compose publishes \(first.service) on \(first.port), and nothing listens on \(store.port); write: "
                        + "\(parts.first ?? "localhost"):\(first.port)")
            }
        }
    }
}
