// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Resources whose address, or whose Django backend, is written in the code.
struct PythonAddresses {
    struct Found {
        var kind: Resource.Kind
        var file: String
        var line: Int
        var why: String
    }

    private(set) var found: [Found] = []

    private static let schemes: [(text: String, kind: Resource.Kind)] = [
        ("amqp://", .rabbitmq), ("amqps://", .rabbitmq), ("pyamqp://", .rabbitmq), ("redis://", .redis),
        ("rediss://", .redis), ("mongodb://", .mongodb), ("mongodb+srv://", .mongodb), ("postgres://", .postgres),
        ("postgresql", .postgres), ("mysql://", .mysql), ("mysql+", .mysql), ("mariadb", .mariadb),
        ("memcached://", .memcached),
    ]
    private static let backends: [String: Resource.Kind] = [
        "django.db.backends.postgresql": .postgres, "django.db.backends.postgresql_psycopg2": .postgres,
        "django.contrib.gis.db.backends.postgis": .postgres, "django.db.backends.mysql": .mysql,
        "django_redis.cache.RedisCache": .redis, "django.core.cache.backends.redis.RedisCache": .redis,
        "channels_redis.core.RedisChannelLayer": .redis,
        "django.core.cache.backends.memcached.PyMemcacheCache": .memcached,
        "storages.backends.s3boto3.S3Boto3Storage": .s3, "storages.backends.s3.S3Storage": .s3,
    ]
    /// Drivers without which an address of this kind is one of several possibilities.
    private static let sql: Set<Resource.Kind> = [.postgres, .mysql, .mariadb, .mongodb, .memcached]

    init(_ project: PythonProject) {
        let drivers = Set(project.dependencies.compactMap { PythonResourceDetector.drivers[$0.name] })
        var seen: Set<Resource.Kind> = []
        func offer(_ kind: Resource.Kind, _ file: String, _ line: Int, _ why: String) {
            // Programs that can use one of several databases name them all; the installed driver decides.
            guard !Self.sql.contains(kind) || project.dependencies.isEmpty || drivers.contains(kind) else { return }
            if seen.insert(kind).inserted { found.append(Found(kind: kind, file: file, line: line, why: why)) }
        }
        for source in project.sources where !Self.isForTests(source.path) {
            for statement in source.statements {
                for expression in statement.expressions {
                    expression.walk { inner in
                        let text: String? = if case .formatted(let text, _) = inner { text } else { inner.string }
                        guard let text else { return }
                        if let kind = Self.backends[text] { offer(kind, source.path, statement.line, text) }
                        guard text.utf8.contains("://"), !text.contains(" "),
                            let row = Self.schemes.first(where: { text.hasPrefix($0.text) }),
                            text.count > row.text.count + 1
                        else { return }
                        offer(row.kind, source.path, statement.line, "address of \(row.kind.rawValue)")
                    }
                }
            }
        }
    }

    /// The server that an address is for, by its scheme.
    static func kind(of address: String) -> Resource.Kind? {
        schemes.first { address.hasPrefix($0.text) }?.kind
    }

    static func isForTests(_ path: String) -> Bool {
        let name = path.lastPathComponent
        return name.hasPrefix("test") || name == "conftest.py"
            || path.split(separator: "/").dropLast().contains { $0 == "tests" || $0 == "test" }
    }

    /// Huey keeps its queue in Redis unless the code asks for a file or for memory.
    static func hueyUsesRedis(_ project: PythonProject) -> Bool {
        let others = ["SqliteHuey", "FileHuey", "MemoryHuey", "SqlHuey"]
        return !project.sources.contains { source in
            source.statements.contains { statement in
                statement.expressions.contains { expression in
                    var isOther = false
                    expression.walk { inner in
                        let name = inner.string?.split(separator: ".").last.map(String.init) ?? inner.lastName
                        if let name, others.contains(name) { isOther = true }
                    }
                    return isOther
                }
            }
        }
    }
}
