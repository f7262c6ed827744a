// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which resource an image is, by the names that publishers give.
enum ImageKinds {
    private static let words: [(word: String, kind: Resource.Kind)] = [
        ("pgvector", .postgres), ("postgis", .postgres), ("timescale", .postgres), ("postgres", .postgres),
        ("supabase/postgres", .postgres),
        ("mariadb", .mariadb), ("mysql", .mysql), ("mongo", .mongodb), ("valkey", .valkey), ("keydb", .redis),
        ("dragonfly", .redis), ("redis", .redis),
        ("rabbitmq", .rabbitmq), ("minio", .s3), ("elasticsearch", .elasticsearch), ("opensearch", .elasticsearch),
        ("memcached", .memcached), ("meilisearch", .meilisearch),
    ]
    /// Images that look at a resource instead of being one.
    private static let tools = [
        "exporter", "admin", "express", "commander", "insight", "backup", "ui", "dashboards", "kibana", "gui", "/mc",
        "pgbouncer", "web",
    ]

    static func kind(of image: String) -> Resource.Kind? {
        let name = image.lowercased().split(separator: "@")[0].split(separator: ":")[0]
        guard !tools.contains(where: { name.contains($0) }) else { return nil }
        return words.first { name.contains($0.word) }?.kind
    }

    /// Images of PostgreSQL with extensions that its own image has not; all are set up by the same variables and keep
    /// their data in the same folder (github.com/timescale/timescaledb-docker, github.com/postgis/docker-postgis,
    /// github.com/pgvector/pgvector).
    private static let extended = ["timescale/timescaledb", "postgis/postgis", "pgvector/pgvector"]

    /// The image itself where another one of the kind would not do; `nil` for the usual ones and for tags that a
    /// variable gives.
    static func kept(_ image: String) -> String? {
        guard let end = image.lastIndex(of: ":"), !image.contains("$"), !image.contains("@") else { return nil }
        return extended.contains(String(image[..<end])) ? image : nil
    }

    /// `15` of `postgres:15.4-alpine`, `16` of `pgvector/pgvector:pg16` and `timescale/timescaledb:2.24.0-pg16`, and
    /// `9.4` of `postgres:9.4.2`: before 10 each second number was a version whose files no other reads
    /// (postgresql.org/support/versioning).
    static func version(of image: String) -> String? {
        let parts = image.split(separator: ":")
        guard parts.count > 1, let tag = parts.last else { return nil }
        let named = tag.split(separator: "-").first { $0.hasPrefix("pg") && $0.dropFirst(2).first?.isNumber == true }
        if let named { return String(named.dropFirst(2).prefix { $0.isNumber }) }
        // The number is the extension's own.
        guard tag.first?.isNumber == true, !image.hasPrefix("timescale/"), !image.hasPrefix("pgvector/") else {
            return nil
        }
        let numbers = tag.prefix { $0.isNumber || $0 == "." }.split(separator: ".")
        let isOld = numbers.first.flatMap { Int($0) }.map { $0 < 10 } ?? false
        let count = isOld && kind(of: image) == .postgres ? 2 : 1
        return numbers.isEmpty ? nil : numbers.prefix(count).joined(separator: ".")
    }
}
