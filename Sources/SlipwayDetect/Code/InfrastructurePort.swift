// SPDX-License-Identifier: Apache-2.0

/// Ports of the things that a server talks to, so that their addresses are not taken for its own.
enum InfrastructurePort {
    /// From IANA's registry of service names and the manuals of the products: mail, LDAP, SQL Server, Oracle, etcd,
    /// MySQL, PostgreSQL, RabbitMQ, Redis, NATS, Zookeeper, Kafka, Elasticsearch, memcached, MongoDB, OpenTelemetry,
    /// Jaeger, Zipkin, StatsD, MailHog, Neo4j, Cassandra.
    private static let numbers: Set<UInt16> = [
        143, 389, 465, 587, 636, 993, 1025, 1433, 1521, 2181, 2379, 2525, 3306, 4222, 4317, 4318, 5432, 5433, 5671,
        5672, 6379, 6380, 6831, 7474, 7687, 8025, 8125, 9042, 9092, 9093, 9094, 9200, 9300, 9411, 11211, 14268, 15672,
        26257, 27017,
    ]

    private static let words = [
        "db", "sql", "pg_", "pghost", "pgport", "postgres", "mongo", "redis", "valkey", "smtp", "mail", "kafka",
        "broker", "nats", "rabbit", "amqp", "elastic", "opensearch", "memcache", "zookeeper", "consul", "etcd", "vault",
        "jaeger", "zipkin", "otel", "otlp", "telemetry", "grpc", "metric", "prometheus", "pprof", "debug", "minio",
        "s3_", "clickhouse", "cassandra", "neo4j", "ldap", "statsd", "sentry", "proxy", "cache", "origin", "cors",
        "upstream",
    ]

    /// Whether nothing but a product of this kind usually listens there.
    static func isUsual(_ port: UInt16) -> Bool { numbers.contains(port) }

    /// Whether a name or a line, in lower case, is about such a product.
    static func isNamed(in lower: some StringProtocol) -> Bool {
        let text = String(lower)
        return words.contains { text.contains($0) }
    }
}
