// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The connections to databases, caches and queues that Python code makes, with who decides where they lead.
struct PythonConnections {
    struct Connection {
        /// What it can lead to, where its own text does not say.
        var kinds: Set<Resource.Kind>
        var decision: PythonDecision
        /// Whether it is one part of an address, the host.
        var isHost: Bool
        var file: String
        var line: Int
        /// What is handed over; `nil` where the library looks for it itself.
        var value: PythonExpression?
    }

    static let sql: Set<Resource.Kind> = [.postgres, .mysql, .mariadb]
    private static let queues: Set<Resource.Kind> = [.redis, .valkey, .rabbitmq]
    private static let caches: Set<Resource.Kind> = [.redis, .valkey]

    /// How one library is told where to connect.
    private struct Maker {
        var names: Set<String>
        var kinds: Set<Resource.Kind>
        /// Arguments that hold an address.
        var addresses: [String] = []
        /// Arguments that hold a host.
        var hosts: [String] = []
        /// What the library takes when nothing is said.
        var usual: String?
    }

    /// By the top module that it is imported from.
    private static let makers: [String: [Maker]] = {
        let engine = Maker(names: ["create_engine", "create_async_engine"], kinds: sql, addresses: ["url", "0"])
        let dsn = Maker(
            names: ["connect", "create_pool", "ConnectionPool", "AsyncConnectionPool", "SimpleConnectionPool"],
            kinds: [.postgres], addresses: ["dsn", "conninfo", "0"], hosts: ["host"])
        let mysql = Maker(
            names: ["connect", "create_pool", "Connection"], kinds: [.mysql, .mariadb], hosts: ["host", "0"])
        let redis = Maker(
            names: ["Redis", "StrictRedis", "ConnectionPool"], kinds: [.redis, .valkey], hosts: ["host", "0"],
            usual: "localhost")
        let fromURL = Maker(names: ["from_url"], kinds: [.redis, .valkey], addresses: ["url", "0"])
        let mongo = Maker(
            names: ["MongoClient", "AsyncMongoClient", "AsyncIOMotorClient"], kinds: [.mongodb],
            hosts: ["host", "0"], usual: "localhost")
        let rabbit = Maker(
            names: ["ConnectionParameters", "URLParameters", "connect", "connect_robust"], kinds: [.rabbitmq],
            addresses: ["url"], hosts: ["host", "0"])
        return [
            "sqlalchemy": [engine], "sqlmodel": [engine],
            "databases": [Maker(names: ["Database"], kinds: sql, addresses: ["url", "0"])],
            "psycopg2": [dsn], "psycopg": [dsn], "psycopg_pool": [dsn], "asyncpg": [dsn], "aiopg": [dsn],
            "pymysql": [mysql], "MySQLdb": [mysql], "mysql": [mysql], "aiomysql": [mysql], "mariadb": [mysql],
            "redis": [redis, fromURL], "aioredis": [redis, fromURL], "valkey": [redis, fromURL],
            "pymongo": [mongo], "motor": [mongo],
            "celery": [
                Maker(names: ["Celery", "update"], kinds: queues, addresses: ["broker", "broker_url"]),
                Maker(names: ["Celery", "update"], kinds: caches, addresses: ["backend", "result_backend"]),
            ],
            "kombu": [Maker(names: ["Connection"], kinds: queues, addresses: ["hostname", "0"])],
            "pika": [rabbit], "aio_pika": [rabbit],
            "dramatiq": [
                Maker(names: ["RedisBroker", "RedisBackend"], kinds: caches, addresses: ["url"], hosts: ["host"]),
                Maker(names: ["RabbitmqBroker"], kinds: [.rabbitmq], addresses: ["url"], hosts: ["host"]),
            ],
            "arq": [
                Maker(names: ["from_dsn"], kinds: caches, addresses: ["dsn", "0"]),
                Maker(names: ["RedisSettings"], kinds: caches, hosts: ["host"]),
            ],
            "huey": [
                Maker(
                    names: ["RedisHuey", "PriorityRedisHuey", "RedisExpireHuey", "PriorityRedisExpireHuey"],
                    kinds: caches, addresses: ["url"], hosts: ["host"])
            ],
            "saq": [fromURL],
            "taskiq_redis": [
                Maker(
                    names: ["ListQueueBroker", "PubSubBroker", "RedisStreamBroker", "RedisAsyncResultBackend"],
                    kinds: caches, addresses: ["url", "redis_url", "0"])
            ],
            "taskiq_aio_pika": [Maker(names: ["AioPikaBroker"], kinds: [.rabbitmq], addresses: ["url", "0"])],
            "faststream": [
                Maker(names: ["RabbitBroker"], kinds: [.rabbitmq], addresses: ["url", "0"]),
                Maker(names: ["RedisBroker"], kinds: caches, addresses: ["url", "0"]),
            ],
            "tortoise": [Maker(names: ["init", "register_tortoise"], kinds: sql, addresses: ["db_url"])],
        ]
    }()
    /// Settings that a framework connects with.
    private static let settings: [String: Set<Resource.Kind>] = [
        "SQLALCHEMY_DATABASE_URI": sql, "MONGO_URI": [.mongodb], "CELERY_BROKER_URL": queues,
        "CELERY_RESULT_BACKEND": queues, "CACHE_REDIS_URL": caches, "RQ_REDIS_URL": caches,
    ]
    /// The same as attributes of Celery's configuration: `app.conf.broker_url = …`.
    private static let attributes: [String: Set<Resource.Kind>] = ["broker_url": queues, "result_backend": caches]

    private(set) var found: [Connection] = []
    private let decisions: PythonDecisions

    init(_ project: PythonProject, django: DjangoProject?) {
        decisions = PythonDecisions(modules: project.modules)
        for source in project.sources where SourceFilter.isApplication(source.path) {
            for item in source.calls { read(item.call, item.statement, in: source) }
            for statement in source.statements { read(statement, in: source) }
        }
        for source in django?.settings ?? [] { readDatabases(of: source) }
    }

    private mutating func read(_ call: PythonCall, _ statement: PythonStatement, in source: PythonSource) {
        guard let last = call.callee.lastName, let top = top(of: call.callee, in: source) else { return }
        for maker in Self.makers[top] ?? [] where maker.names.contains(last) {
            read(call, maker, in: source)
        }
    }

    /// The module that a callee is from; `celery` for the configuration of an object whose name only the code knows.
    private func top(of callee: PythonExpression, in source: PythonSource) -> String? {
        if callee.dotted?.hasSuffix(".conf.update") == true { return "celery" }
        return source.qualified(callee)?.split(separator: ".").first.map(String.init)
    }

    private mutating func read(_ call: PythonCall, _ maker: Maker, in source: PythonSource) {
        func note(_ decision: PythonDecision, isHost: Bool, _ value: PythonExpression? = nil) {
            found.append(
                Connection(
                    kinds: maker.kinds, decision: decision, isHost: isHost, file: source.path, line: call.line,
                    value: value))
        }
        guard !call.arguments.contains(where: { $0.name == "*" || $0.name == "**" }) else {
            return note(.unknown, isHost: false)
        }
        var isSaid = false
        for (names, isHost) in [(maker.addresses, false), (maker.hosts, true)] {
            for name in names {
                let value = Int(name).map { call.argument(nil, at: $0) } ?? call.argument(name)
                guard let value else { continue }
                isSaid = true
                // `URL.create(drivername=…, host=…)`, and what only a program can say.
                if let inner = value.call, inner.callee.lastName == "create", let host = inner.argument("host") {
                    note(decisions.decision(on: host, in: source), isHost: true, host)
                } else {
                    note(decisions.decision(on: value, in: source), isHost: isHost, value)
                }
            }
        }
        guard !isSaid, let usual = maker.usual else { return }
        let isElsewhere = ["connection_pool", "unix_socket_path"].contains { call.argument($0) != nil }
        note(isElsewhere ? .unknown : .written(usual), isHost: true)
    }

    /// `SQLALCHEMY_DATABASE_URI = …`, `app.config["SQLALCHEMY_DATABASE_URI"] = …`
    private mutating func read(_ statement: PythonStatement, in source: PythonSource) {
        guard case .assignment(let targets, _, let value?) = statement.kind else { return }
        for target in targets {
            var name = target.dotted
            if case .subscripted(let item) = target, item.base.lastName == "config" { name = item.index.string }
            let attribute = target.dotted.flatMap { $0.contains(".conf.") ? target.lastName : nil }
            guard let kinds = name.flatMap({ Self.settings[$0] }) ?? attribute.flatMap({ Self.attributes[$0] }) else {
                continue
            }
            let isRead = statement.scope.last.map { Self.isSettings($0, in: source) } ?? false
            let decision = isRead ? .variable : decisions.decision(on: value, in: source)
            found.append(
                Connection(
                    kinds: kinds, decision: decision, isHost: false, file: source.path, line: statement.line,
                    value: isRead ? nil : value))
        }
    }

    /// Whether every field of the class is a variable.
    private static func isSettings(_ name: String, in source: PythonSource) -> Bool {
        source.statements.contains { statement in
            guard case .classDefinition(name, let bases, _) = statement.kind else { return false }
            return bases.contains { $0.value.lastName?.hasSuffix("Settings") == true }
        }
    }

    /// The hosts in the databases and caches of Django's settings.
    private mutating func readDatabases(of source: PythonSource) {
        for statement in source.statements where statement.scope.count <= 1 {
            guard case .assignment(let targets, _, let value?) = statement.kind else { continue }
            // `DATABASES["default"] = dj_database_url.config()`
            if case .subscripted(let item)? = targets.first, item.base.dotted == "DATABASES", value.call != nil {
                note(value, Self.sql, isHost: false, statement.line, in: source)
            }
            guard let name = targets.first?.dotted, ["DATABASES", "CACHES", "CHANNEL_LAYERS"].contains(name) else {
                continue
            }
            value.walk { inner in
                if case .dictionary(let pairs) = inner { readServer(pairs, in: source) }
            }
        }
    }

    private mutating func readServer(_ pairs: [PythonPair], in source: PythonSource) {
        func pair(_ key: String) -> PythonPair? { pairs.first { $0.key?.string == key } }
        // `dj_database_url.config()`, `env.db()`: the address of any server.
        if let whole = pair("default"), whole.value.call != nil {
            note(whole.value, Self.sql, isHost: false, whole.line, in: source)
        }
        if let host = pair("HOST"), let engine = pair("ENGINE") {
            note(host.value, Self.kinds(ofEngine: engine.value), isHost: true, host.line, in: source)
        }
        if let place = pair("LOCATION") {
            note(Self.first(of: place.value), [.redis, .valkey], isHost: false, place.line, in: source)
        }
        if let place = pair("hosts") {
            note(Self.first(of: place.value), [.redis, .valkey], isHost: true, place.line, in: source)
        }
    }

    /// `[("redis", 6379)]`, `["redis://redis:6379"]`
    private static func first(of expression: PythonExpression) -> PythonExpression {
        var expression = expression
        while let inner = expression.elements?.first { expression = inner }
        return expression
    }

    private static func kinds(ofEngine engine: PythonExpression) -> Set<Resource.Kind> {
        guard let text = engine.string else { return sql }
        if text.contains("postg") { return [.postgres] }
        return text.contains("mysql") ? [.mysql, .mariadb] : []
    }

    private mutating func note(
        _ value: PythonExpression, _ kinds: Set<Resource.Kind>, isHost: Bool, _ line: Int, in source: PythonSource
    ) {
        found.append(
            Connection(
                kinds: kinds, decision: decisions.decision(on: value, in: source), isHost: isHost, file: source.path,
                line: line, value: value))
    }
}
