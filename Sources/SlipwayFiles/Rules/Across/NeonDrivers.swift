// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Error connecting to database: fetch failed
    static let neonDriverForPostgres = Rule(
        "AP666", .error, "the driver speaks to Neon alone, and Compose starts a PostgreSQL",
        why:
            "@neondatabase/serverless sends its queries over HTTPS or a WebSocket to Neon's own proxy; a PostgreSQL in a container "
            + "answers neither, so every query fails.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  db:\n    image: postgres:17\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@neondatabase/serverless\":\"0.10.4\"}}",
                "server/db.ts":
                    "import { Pool, neonConfig } from '@neondatabase/serverless';\nimport ws from 'ws';\nneonConfig.webSocketConstructor = ws;\nexport const pool = new Pool({ connectionString: process.env.DATABASE_URL });\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  db:\n    image: postgres:17\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@neondatabase/serverless\":\"0.10.4\",\"pg\":\"8.0.0\"}}",
                "server/db.ts":
                    "import { neon } from '@neondatabase/serverless';\nimport pg from 'pg';\nexport const pool = url.includes('neon.tech') ? neon(url) : new pg.Pool();\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  db:\n    image: postgres:17\n  proxy:\n    image: ghcr.io/neondatabase/wsproxy:latest\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@neondatabase/serverless\":\"0.10.4\"}}",
                "server/db.ts":
                    "import { neon } from '@neondatabase/serverless';\nexport const sql = neon(process.env.DATABASE_URL);\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL:?}\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@neondatabase/serverless\":\"0.10.4\"}}",
                "server/db.ts":
                    "import { neon } from '@neondatabase/serverless';\nexport const sql = neon(process.env.DATABASE_URL);\n",
            ],
        ]
    ) { repository in
        let users = repository.code([".ts", ".js", ".mjs"], with: ["@neondatabase/serverless"])
        // Whoever turns the proxy's address, or has another driver too, has thought of it.
        guard !users.isEmpty,
            repository.codeFiles(
                [".ts", ".js", ".mjs"],
                with: [
                    "wsProxy", "fetchEndpoint", "from 'pg'", "from \"pg\"",
                    "from 'postgres'", "from \"postgres\"", "require('pg')", "require(\"pg\")", "postgres-js",
                    "node-postgres",
                ]
            ).isEmpty
        else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let service = unit.service, let compose = unit.compose,
                !compose.services.contains(where: {
                    $0.image?.text.contains("neon") == true || $0.name.contains("neon")
                })
            else { return nil }
            for variable in service.environment {
                guard let value = variable.value, let host = ServiceAddress.host(value),
                    ["postgres", "postgresql"].contains(ServiceAddress.scheme(value) ?? ""),
                    let store = compose[host], compose.known(store)?.title == "PostgreSQL",
                    let user = users.first(where: { code in
                        unit.context.map { $0 == "." || code.path.hasPrefix($0 + "/") } ?? true
                    }),
                    let line = user.lines.firstIndex(where: { $0.contains("@neondatabase/serverless") })
                else { continue }
                return Violation(
                    file: compose.location, line: variable.line,
                    "\(user.path):\(line + 1) speaks to Neon's proxy alone, and \(host) is a plain PostgreSQL; use the "
                        + "package pg (drizzle-orm/node-postgres) there",
                    severity: compose.isForDevelopment ? .warning : nil)
            }
            return nil
        }
    }
}
