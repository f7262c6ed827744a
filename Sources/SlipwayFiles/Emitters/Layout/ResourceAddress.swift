// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What code usually calls the whole address of a server.
enum ResourceAddress {
    /// Whether the name is the usual one for servers of this kind.
    static func isUsual(_ name: String, for kind: Resource.Kind) -> Bool {
        guard let ending = ["_URL", "_URI"].first(where: name.hasSuffix) else { return false }
        return stems(of: kind).contains(String(name.dropLast(ending.count)))
    }

    /// Whether a variable that is called a host is given a whole address: its default is one, or the server's clients
    /// take nothing else (meilisearch.com/docs, MeiliSearch({ host })).
    static func isWhole(_ variable: Variable, for kind: Resource.Kind) -> Bool {
        variable.default.map { $0.contains("://") } ?? (kind == .meilisearch)
    }

    private static func stems(of kind: Resource.Kind) -> Set<String> {
        switch kind {
        case .postgres: ["DATABASE", "DB", "POSTGRES", "POSTGRESQL", "PG"]
        case .mysql: ["DATABASE", "DB", "MYSQL"]
        case .mariadb: ["DATABASE", "DB", "MARIADB", "MYSQL"]
        case .mongodb: ["DATABASE", "DB", "MONGO", "MONGODB"]
        case .redis: ["REDIS"]
        case .valkey: ["VALKEY", "REDIS"]
        case .rabbitmq: ["RABBITMQ", "AMQP", "CLOUDAMQP"]
        case .elasticsearch: ["ELASTICSEARCH", "ELASTIC"]
        case .meilisearch: ["MEILI", "MEILISEARCH"]
        case .memcached, .sqlite, .s3, .external: []
        }
    }
}
