// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The variable through which code learns a resource's address.
enum ResourceVariables {
    /// Most usual first.
    static let names: [Resource.Kind: [String]] = [
        .postgres: [
            "DATABASE_URL", "POSTGRES_URL", "DB_URL", "POSTGRESQL_URL", "PG_URL", "DATABASE_URI",
            "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_DATABASE_URL", "POSTGRES_DSN", "DB_DSN", "DATABASE_DSN", "PG_DSN",
        ],
        .mysql: ["DATABASE_URL", "MYSQL_URL", "DB_URL", "SQLALCHEMY_DATABASE_URI", "DATABASE_URI"],
        .mariadb: ["DATABASE_URL", "MARIADB_URL", "DB_URL"],
        .mongodb: ["MONGODB_URI", "MONGODB_URL", "MONGO_URI", "MONGO_URL", "DATABASE_URL", "DB_URI"],
        .redis: ["REDIS_URL", "REDIS_URI", "REDIS_DSN", "CELERY_BROKER_URL", "CACHE_URL", "BROKER_URL"],
        .valkey: ["VALKEY_URL", "REDIS_URL"],
        .rabbitmq: ["RABBITMQ_URL", "AMQP_URL", "CLOUDAMQP_URL", "CELERY_BROKER_URL", "BROKER_URL"],
        .elasticsearch: ["ELASTICSEARCH_URL", "ELASTIC_URL", "OPENSEARCH_URL"],
        .memcached: ["MEMCACHED_URL", "MEMCACHE_SERVERS"],
    ]

    static func find(for kind: Resource.Kind, in sources: [PythonSource]) -> (String, Origin)? {
        let wanted = names[kind] ?? []
        var best: (rank: Int, name: String, file: String, line: Int)?
        let longest = wanted.map(\.utf8.count).max() ?? 0
        func offer(_ text: String, _ file: String, _ line: Int) {
            // Every text of the code is offered, and most are longer than any name.
            guard text.utf8.count <= longest else { return }
            guard let rank = wanted.firstIndex(of: text.uppercased()), rank < best?.rank ?? .max else { return }
            best = (rank, wanted[rank], file, line)
        }
        for source in sources {
            for statement in source.statements {
                if case .assignment(let targets, .some, _) = statement.kind, statement.scope.count == 1,
                    let field = targets.first?.dotted
                {
                    offer(field, source.path, statement.line)
                }
                for expression in statement.expressions {
                    expression.walk { if case .string(let text) = $0 { offer(text, source.path, statement.line) } }
                }
            }
        }
        return best.map {
            (
                $0.name,
                Origin(file: $0.file, line: $0.line, why: "the code reads \($0.name)", confidence: Confidence.code)
            )
        }
    }
}
