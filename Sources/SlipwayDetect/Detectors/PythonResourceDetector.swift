// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Databases, caches and queues that Python code bases connect to, by their drivers.
struct PythonResourceDetector: Detector {
    let name = "python-resources"

    /// By normalised name on PyPI.
    static let drivers: [String: Resource.Kind] = [
        "psycopg": .postgres, "psycopg2": .postgres, "psycopg2-binary": .postgres, "asyncpg": .postgres,
        "pg8000": .postgres,
        "aiopg": .postgres, "psycopg-binary": .postgres, "psycopg-pool": .postgres, "pgvector": .postgres,
        "pymysql": .mysql, "mysqlclient": .mysql, "aiomysql": .mysql, "asyncmy": .mysql,
        "mysql-connector-python": .mysql,
        "mariadb": .mariadb, "pymongo": .mongodb, "motor": .mongodb, "beanie": .mongodb, "mongoengine": .mongodb,
        "redis": .redis, "aioredis": .redis, "rq": .redis, "django-redis": .redis, "arq": .redis,
        "channels-redis": .redis,
        "flask-redis": .redis, "aiosqlite": .sqlite, "valkey": .valkey,
        "pika": .rabbitmq, "aio-pika": .rabbitmq, "aiormq": .rabbitmq,
        "elasticsearch": .elasticsearch, "opensearch-py": .elasticsearch, "pymemcache": .memcached,
        "pylibmc": .memcached,
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let subject = Subject(repository.startFolder(of: project), nil)
            var found: [Evidence] = []
            for dependency in project.dependencies {
                var kinds = [Self.drivers[dependency.name]].compactMap(\.self)
                if dependency.extras.contains("redis") { kinds.append(.redis) }
                if dependency.extras.contains("asyncpg")
                    || dependency.name == "tortoise-orm" && dependency.extras.contains("asyncpg")
                {
                    kinds.append(.postgres)
                }
                if dependency.name == "sqlalchemy", !dependency.extras.isEmpty,
                    dependency.extras.contains(where: { $0.hasPrefix("postgresql") })
                {
                    kinds.append(.postgres)
                }
                for kind in Set(kinds).sorted(by: { $0.rawValue < $1.rawValue }) {
                    found.append(
                        .claim(
                            .needs(kind), for: subject, file: dependency.file, line: dependency.line,
                            why: dependency.name, confidence: Confidence.dependency))
                    if let (variable, origin) = ResourceVariables.find(for: kind, in: project.sources) {
                        found.append(.resource(kind, version: nil, variable: variable, origin))
                    }
                }
            }
            return found
        }
    }
}
