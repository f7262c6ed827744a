// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Databases, caches and queues that Python code bases connect to, by their drivers.
struct PythonResourceDetector: Detector {
    let name = "python-resources"
    let account = DetectorAccount(
        recognises:
            "Databases, caches and queues that Python code bases connect to.",
        reads: ["drivers among the dependencies", "addresses and Django backends written in the code"],
        confidence: "65 to 70 %")

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
        "flask-redis": .redis, "huey": .redis, "aiosqlite": .sqlite, "valkey": .valkey,
        "flask-pymongo": .mongodb, "djongo": .mongodb, "odmantic": .mongodb, "flask-mysqldb": .mysql,
        "pika": .rabbitmq, "faststream-rabbit": .rabbitmq, "taskiq-redis": .redis, "taskiq-aio-pika": .rabbitmq,
        "aio-pika": .rabbitmq, "aiormq": .rabbitmq,
        "minio": .s3, "aioboto3": .s3, "s3fs": .s3, "miniopy-async": .s3,
        "elasticsearch": .elasticsearch, "elasticsearch-dsl": .elasticsearch,
        "django-elasticsearch-dsl": .elasticsearch, "opensearch-py": .elasticsearch, "pymemcache": .memcached,
        "pylibmc": .memcached, "meilisearch": .meilisearch, "meilisearch-python-sdk": .meilisearch,
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let subject = Subject(repository.startFolder(of: project), nil)
            var found: [Evidence] = []
            found += PythonAddresses(project).found.flatMap { item -> [Evidence] in
                [
                    .claim(
                        .needs(item.kind), for: subject, file: item.file, line: item.line, why: item.why,
                        confidence: 0.65)
                ]
                    + (ResourceVariables.find(for: item.kind, in: project.sources).map {
                        [.resource(item.kind, version: nil, variable: $0.0, $0.1)]
                    } ?? [])
            }
            for dependency in project.dependencies where !Self.isForTestsOnly(dependency, project) {
                var kinds = [Self.drivers[dependency.name]].compactMap(\.self)
                if dependency.name == "huey", !PythonAddresses.hueyUsesRedis(project) { kinds = [] }
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

    /// A driver below the heading of the tests that no file but theirs names.
    private static func isForTestsOnly(_ dependency: PythonDependency, _ project: PythonProject) -> Bool {
        guard dependency.isForTests else { return false }
        let name = dependency.name.replacing("-", with: "_")
        let word = name.hasSuffix("_binary") ? String(name.dropLast("_binary".count)) : name
        let endings = [".py", ".ini", ".env", ".example"]
        return !project.modules.tree.files(ending: endings, holding: [word], smallerThan: largestInBytes).contains {
            SourceFilter.isApplication($0.path) && $0.path != dependency.file
        }
    }

    private static let largestInBytes = 200_000
}
