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
            found += Self.queues(of: project, subject, repository.tree)
            for dependency in project.dependencies where !Self.isForTestsOnly(dependency, project) {
                var kinds = [Self.drivers[dependency.name]].compactMap(\.self)
                if Self.clients.contains(dependency.name), !Self.speaksOfRedis(project, repository) { kinds = [] }
                if dependency.name == "huey", !PythonAddresses.hueyUsesRedis(project) { kinds = [] }
                if dependency.extras.contains("redis") { kinds.append(.redis) }
                if dependency.extras.contains("rabbitmq"), dependency.name == "dramatiq" { kinds.append(.rabbitmq) }
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

    /// Celery and its like take several servers, and only the address says which one: that of the repository's own
    /// template, for a variable that the code names.
    private static func queues(of project: PythonProject, _ subject: Subject, _ tree: SourceTree) -> [Evidence] {
        let libraries = ["celery", "kombu", "dramatiq", "taskiq", "faststream", "django-celery-beat"]
        guard project.dependencies.contains(where: { libraries.contains($0.name) }) else { return [] }
        return TemplateValues(near: project.directory, tree).all.flatMap { item -> [Evidence] in
            guard let kind = PythonAddresses.kind(of: item.value), [.redis, .rabbitmq].contains(kind) else { return [] }
            let readers = tree.files(
                ending: [".py"], holding: [item.name, item.name.lowercased()], smallerThan: largestInBytes)
            guard
                let reader = readers.first(where: {
                    $0.directory.relative(to: project.directory) != nil && SourceFilter.isApplication($0.path)
                })
            else { return [] }
            return [
                .claim(
                    .needs(kind), for: subject, file: reader.path, line: 1, why: "the template's \(item.name)",
                    confidence: 0.65)
            ]
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

    /// Clients that do nothing unless the code, its settings or another package asks for them.
    private static let clients: Set<String> = ["redis", "aioredis"]
    private static let users: Set<String> = [
        "celery", "rq", "arq", "huey", "saq", "dramatiq", "taskiq", "django-rq", "flask-rq2", "channels-redis",
        "django-redis", "flask-redis",
    ]

    private static func speaksOfRedis(_ project: PythonProject, _ repository: Repository) -> Bool {
        if project.dependencies.contains(where: { users.contains($0.name) }) { return true }
        let words = ["redis", "Redis", "REDIS"]
        let code = repository.tree.files(ending: [".py"], holding: words, smallerThan: largestInBytes)
        if code.contains(where: { $0.directory.relative(to: project.directory) != nil }) { return true }
        // What configures or deploys names it too.
        return repository.tree.otherEntries.contains { entry in
            guard !project.manifest.installations.contains(where: { $0.file == entry.path }),
                !entry.name.hasSuffix(".lock"), !entry.name.contains("requirements"),
                !PythonProject.manifestNames.contains(entry.name), let text = repository.tree.text(entry.path),
                text.utf8.count < largestInBytes
            else { return false }
            return words.contains(where: text.contains)
        }
    }

    private static let largestInBytes = 200_000
}
