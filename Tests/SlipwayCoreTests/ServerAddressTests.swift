// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

/// An address in the form that the code beside it reads.
struct ServerAddressTests {
    private static func text(_ kind: Resource.Kind, like code: String?, _ language: String?) -> String {
        ServerAddress(kind, host: "db", port: "1", user: "u", password: "p", database: "d")
            .text(as: AddressForm(kind, like: code, language: language))
    }

    @Test(
        arguments: [
            (.postgres, nil, "python", "postgresql://u:p@db:1/d"),
            (.postgres, "postgresql+asyncpg://a@localhost/b", "python", "postgresql+asyncpg://u:p@db:1/d"),
            (.postgres, "sqlite:///x.db", "python", "postgresql://u:p@db:1/d"),
            (.postgres, "jdbc:postgresql://localhost:5432/x", "java", "jdbc:postgresql://db:1/d?user=u&password=p"),
            (.postgres, nil, "kotlin", "jdbc:postgresql://db:1/d?user=u&password=p"),
            (.mariadb, "jdbc:mariadb://localhost/x", "java", "jdbc:mariadb://db:1/d?user=u&password=p"),
            (.mysql, nil, "go", "u:p@tcp(db:1)/d?parseTime=true"),
            (.mysql, "mysql://root@localhost/x", "go", "mysql://u:p@db:1/d"),
            (.postgres, nil, "go", "postgresql://u:p@db:1/d"),
            (.postgres, "Host=localhost;Database=x", "csharp", "Host=db;Port=1;Database=d;Username=u;Password=p"),
            (.mysql, nil, "csharp", "Server=db;Port=1;Database=d;User=u;Password=p"),
            (.mysql, nil, "ruby", "mysql2://u:p@db:1/d"),
            (.redis, "localhost:6379", "csharp", "db:1"), (.redis, nil, "ruby", "redis://db:1/0"),
            (.mongodb, nil, "typescript", "mongodb://u:p@db:1/d?authSource=admin"),
            (.rabbitmq, nil, "python", "amqp://u:p@db:1//"), (.memcached, nil, "php", "db:1"),
        ] as [(Resource.Kind, String?, String, String)])
    func `an address has the form and the driver of the code`(
        kind: Resource.Kind, code: String?, language: String, expected: String
    ) {
        #expect(Self.text(kind, like: code, language) == expected)
    }

    @Test(
        arguments: [
            ("DATABASE_URL", .postgres, true), ("DB_DSN", .postgres, true), ("SPRING_DATASOURCE_URL", .mysql, true),
            ("ConnectionStrings__Default", .postgres, true), ("ConnectionStrings__Redis", .postgres, false),
            ("ConnectionStrings__Redis", .redis, true), ("CELERY_BROKER_URL", .redis, true),
            ("CELERY_RESULT_BACKEND", .rabbitmq, false), ("REDIS_URL", .postgres, false),
            ("PUBLIC_URL", .postgres, false),
        ] as [(String, Resource.Kind, Bool)])
    func `a usual name is known`(name: String, kind: Resource.Kind, expected: Bool) {
        #expect(AddressName.isUsual(name, for: kind) == expected)
    }
}
