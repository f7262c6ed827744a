// SPDX-License-Identifier: Apache-2.0

/// What is publicly documented about an image that many repositories start beside their own.
struct KnownImage: Sendable {
    enum Kind: Sendable { case database, cache, broker, search, objects, admin, mail, metrics }

    /// As people call it.
    let title: String
    let kind: Kind
    /// The ports that only the application, or only its operators, should reach.
    let ports: [UInt16]
    /// Where it keeps what must survive; empty when it keeps nothing.
    let dataPaths: [String]
    /// A shell text that succeeds when it is ready.
    let readiness: String?
    /// The smallest memory limit, in bytes, with which it starts and answers.
    let smallestMemoryInBytes: Int

    private static let megabyte = 1 << 20

    private init(
        _ title: String, _ kind: Kind, _ ports: [UInt16], data: [String] = [], ready: String? = nil, memory: Int = 0
    ) {
        self.title = title
        self.kind = kind
        self.ports = ports
        dataPaths = data
        readiness = ready
        smallestMemoryInBytes = memory * Self.megabyte
    }

    /// Whether others wait for it and lose data with it.
    var isStore: Bool { [.database, .cache, .broker, .search, .objects].contains(kind) }
    /// Whether it is a page or a tool for people.
    var isForPeople: Bool { [.admin, .mail, .metrics].contains(kind) }

    /// The image's documentation on Docker Hub is the source of the paths, the ports and the checks.
    private static let table: [String: KnownImage] = {
        let postgres = KnownImage(
            "PostgreSQL", .database, [5432], data: ["/var/lib/postgresql/data"], ready: "pg_isready -U postgres",
            memory: 64)
        let mysql = KnownImage(
            "MySQL", .database, [3306, 33060], data: ["/var/lib/mysql"], ready: "mysqladmin ping -h 127.0.0.1",
            memory: 384)
        let mariadb = KnownImage(
            "MariaDB", .database, [3306], data: ["/var/lib/mysql"],
            ready: "healthcheck.sh --connect --innodb_initialized", memory: 128)
        let mongo = KnownImage(
            "MongoDB", .database, [27017], data: ["/data/db"], ready: "mongosh --quiet --eval 'db.adminCommand(1)'",
            memory: 128)
        let redis = KnownImage("Redis", .cache, [6379], data: ["/data"], ready: "redis-cli ping")
        let valkey = KnownImage("Valkey", .cache, [6379], data: ["/data"], ready: "valkey-cli ping")
        let rabbit = KnownImage(
            "RabbitMQ", .broker, [5672, 15672], data: ["/var/lib/rabbitmq"], ready: "rabbitmq-diagnostics -q ping",
            memory: 128)
        let elastic = KnownImage(
            "Elasticsearch", .search, [9200, 9300], data: ["/usr/share/elasticsearch/data"], memory: 512)
        let openSearch = KnownImage(
            "OpenSearch", .search, [9200, 9600], data: ["/usr/share/opensearch/data"], memory: 512)
        let sqlServer = KnownImage("SQL Server", .database, [1433], data: ["/var/opt/mssql"], memory: 2000)
        let oracle = KnownImage("Oracle Database", .database, [1521], data: ["/opt/oracle/oradata"])
        let kafka = KnownImage("Kafka", .broker, [9092])
        let zooKeeper = KnownImage("ZooKeeper", .broker, [2181])
        func admin(_ title: String, _ ports: UInt16...) -> KnownImage { KnownImage(title, .admin, ports) }
        let browser = admin("Selenium", 4444, 5900, 7900)
        return [
            "postgres": postgres, "postgis": postgres, "pgvector": postgres, "timescaledb": postgres,
            "mysql": mysql, "mysql-server": mysql, "mariadb": mariadb, "mongo": mongo,
            "redis": redis, "redis-stack-server": redis, "valkey": valkey, "keydb": redis,
            "rabbitmq": rabbit, "elasticsearch": elastic, "opensearch": openSearch,
            "memcached": KnownImage("Memcached", .cache, [11211]),
            "meilisearch": KnownImage("Meilisearch", .search, [7700], data: ["/meili_data"]),
            "typesense": KnownImage("Typesense", .search, [8108], data: ["/data"]),
            "clickhouse-server": KnownImage(
                "ClickHouse", .database, [8123, 9000], data: ["/var/lib/clickhouse"], memory: 512),
            "neo4j": KnownImage("Neo4j", .database, [7474, 7687], data: ["/data"], memory: 512),
            "cassandra": KnownImage("Cassandra", .database, [9042], data: ["/var/lib/cassandra"], memory: 1024),
            "influxdb": KnownImage("InfluxDB", .database, [8086], data: ["/var/lib/influxdb2", "/var/lib/influxdb"]),
            "minio": KnownImage("MinIO", .objects, [9000, 9001], data: ["/data"]),
            "mssql/server": sqlServer, "azure-sql-edge": sqlServer,
            "couchdb": KnownImage("CouchDB", .database, [5984], data: ["/opt/couchdb/data"]),
            "arangodb": KnownImage("ArangoDB", .database, [8529], data: ["/var/lib/arangodb3"]),
            "oracle-free": oracle, "oracle-xe": oracle,
            "qdrant": KnownImage("Qdrant", .search, [6333, 6334], data: ["/qdrant/storage"]),
            "seaweedfs": KnownImage("SeaweedFS", .objects, [8333, 8888, 9333]),
            "postgresql": postgres, "mongodb": mongo, "percona": mysql, "redis-stack": redis, "dragonfly": redis,
            "mongodb-community-server": mongo, "timescaledb-ha": postgres, "tidb": mysql,
            "cockroach": KnownImage("CockroachDB", .database, [26257, 8080], data: ["/cockroach/cockroach-data"]),
            "scylla": KnownImage("ScyllaDB", .database, [9042]),
            "surrealdb": KnownImage("SurrealDB", .database, [8000]),
            "dynamodb-local": KnownImage("DynamoDB", .database, [8000]),
            "kafka": kafka, "cp-kafka": kafka, "cp-server": kafka, "redpanda": KnownImage("Redpanda", .broker, [9092]),
            "zookeeper": zooKeeper, "cp-zookeeper": zooKeeper, "nats": KnownImage("NATS", .broker, [4222, 8222]),
            "etcd": KnownImage("etcd", .database, [2379, 2380]),
            "eclipse-mosquitto": KnownImage("Mosquitto", .broker, [1883, 9001]),
            "weaviate": KnownImage("Weaviate", .search, [8080, 50051]),
            "milvus": KnownImage("Milvus", .search, [19530]),
            "chroma": KnownImage("Chroma", .search, [8000]), "solr": KnownImage("Solr", .search, [8983]),
            "akhq": admin("AKHQ", 8080), "kafdrop": admin("Kafdrop", 9000), "kafka-manager": admin("CMAK", 9000),
            "cloudbeaver": admin("CloudBeaver", 8978), "dbgate": admin("DbGate", 3000),
            "p3x-redis-ui": admin("Redis UI", 7843), "elasticvue": admin("Elasticvue", 8080),
            "opensearch-dashboards": admin("OpenSearch Dashboards", 5601), "cadvisor": admin("cAdvisor", 8080),
            "smtp4dev": KnownImage("smtp4dev", .mail, [25, 80]),
            "kibana": admin("Kibana", 5601),
            "adminer": admin("Adminer", 8080), "pgadmin4": admin("pgAdmin", 80, 5050),
            "phpmyadmin": admin("phpMyAdmin", 80), "mongo-express": admin("mongo-express", 8081),
            "redis-commander": admin("Redis Commander", 8081), "redisinsight": admin("RedisInsight", 5540, 8001),
            "flower": admin("Flower", 5555), "portainer": admin("Portainer", 9000, 9443),
            "portainer-ce": admin("Portainer", 9000, 9443), "kafka-ui": admin("Kafka UI", 8080),
            "meilisearch-ui": admin("Meilisearch UI", 24900), "dozzle": admin("Dozzle", 8080),
            "standalone-chrome": browser, "standalone-chromium": browser, "standalone-firefox": browser,
            "standalone-edge": browser, "selenium/hub": browser,
            "mailhog": KnownImage("MailHog", .mail, [1025, 8025]),
            "mailpit": KnownImage("Mailpit", .mail, [1025, 8025]),
            "maildev": KnownImage("MailDev", .mail, [1025, 1080]),
            "prometheus": KnownImage("Prometheus", .metrics, [9090], data: ["/prometheus"]),
        ]
    }()

    /// What is known of the image of a Compose service or a container.
    static func of(_ image: String) -> KnownImage? {
        guard !image.isEmpty else { return nil }
        let name = ImageName(image)
        return table[name.name.lowercased()] ?? table[name.repository.lowercased()]
    }
}
