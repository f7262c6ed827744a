// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import Testing

struct ResourceAddressTests {
    private let postgres = ResourceAddress(.postgres, port: 5433, user: "pm", password: Secret("pw"), database: "pm_db")

    @Test(
        arguments: [
            ("DATABASE_URL", nil, "postgresql://pm:pw@127.0.0.1:5433/pm_db"),
            ("DATABASE_URL", "postgresql+asyncpg://u:p@localhost/x", "postgresql+asyncpg://pm:pw@127.0.0.1:5433/pm_db"),
            ("DATABASE_URL", "sqlite:///./dev.db", "postgresql://pm:pw@127.0.0.1:5433/pm_db"),
            ("POSTGRES_HOST", nil, "127.0.0.1"), ("POSTGRES_SERVER", nil, "127.0.0.1"), ("PGPORT", nil, "5433"),
            ("DB_USER", nil, "pm"), ("DB_PASSWORD", nil, "pw"), ("PGDATABASE", nil, "pm_db"),
            ("POSTGRES_DB", nil, "pm_db"),
            ("REDIS_URL", nil, nil), ("DB_POOL_SIZE", nil, nil), ("PAGE_SIZE", nil, nil),
        ] as [(String, String?, String?)])
    func `every usual spelling of a database's address is known`(_ name: String, code: String?, expected: String?) {
        #expect(postgres.value(of: name, like: code, language: nil, isResourceVariable: false) == expected)
    }

    @Test func `the variable that detection names holds the address whatever its name`() {
        #expect(postgres.value(of: "MAIN_STORE", like: nil, language: nil, isResourceVariable: true) == postgres.url)
    }

    @Test func `redis needs no account`() {
        let redis = ResourceAddress(.redis, port: 6380)
        #expect(
            redis.value(of: "CELERY_BROKER_URL", like: nil, language: nil, isResourceVariable: false)
                == "redis://127.0.0.1:6380/0")
        #expect(redis.value(of: "REDIS_PORT", like: nil, language: nil, isResourceVariable: false) == "6380")
        #expect(redis.value(of: "REDIS_PASSWORD", like: nil, language: nil, isResourceVariable: false) == nil)
    }

    @Test func `an address describes itself without its password`() {
        #expect(!"\(postgres)".contains("pw,"))
        #expect("\(postgres)".contains("[redacted]"))
    }
}
