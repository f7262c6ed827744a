// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// SQLAlchemy dropped the name in 1.4.
    static let postgresScheme = Rule(
        "AP171", .error, "SQLAlchemy refuses postgres://",
        why:
            "SQLAlchemy knows postgresql:// only, since 1.4: it ends with: can't load plugin sqlalchemy.dialects:postgres.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:${P:?}@db:5432/a\n  db:\n    image: postgres:17\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: DATABASE_URL\n        fromDatabase:\n          name: d\n          property: connectionString\n",
                "requirements.txt": "Flask-SQLAlchemy==3.1\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://a:${P:?}@db:5432/a\n  db:\n    image: postgres:17\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:${P:?}@db:5432/a\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
                "a.py": "url = url.replace('postgres://', 'postgresql://')\n",
            ],
        ]
    ) { repository in
        guard PythonPackages.has("sqlalchemy", in: repository) || PythonPackages.has("sqlmodel", in: repository),
            !PythonPackages.codeMentions("postgres://", in: repository)
        else { return [] }
        var found: [Violation] = []
        for place in GivenNames.everywhere(in: repository) {
            guard let value = place.value, value.hasPrefix("postgres://") else { continue }
            found.append(
                Violation(file: place.file, line: place.line, "SQLAlchemy refuses postgres://; write: postgresql://"))
        }
        for file in repository.renderBlueprints {
            for service in file.document.services {
                for variable in service.node["envVars"]?.sequence ?? [] {
                    guard let source = variable.at("fromDatabase", "property"), source.text == "connectionString" else {
                        continue
                    }
                    found.append(
                        Violation(
                            file: file.location, line: source.line,
                            "Render gives postgres://, which SQLAlchemy may refuse; add to the code: url.replace('postgres://', 'postgresql://', 1)",
                            severity: .warning))
                }
            }
        }
        return found
    }

    /// asyncpg knows no sslmode.
    static let asyncpgOptions = Rule(
        "AP172", .error, "asyncpg refuses sslmode",
        why:
            "SQLAlchemy hands the option to asyncpg, which ends with: connect() got an unexpected keyword argument 'sslmode'.",
        catches: [[".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a?sslmode=require\n"]],
        passes: [[".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a?ssl=require\n"]]
    ) { repository in
        GivenNames.everywhere(in: repository).compactMap { place in
            guard let value = place.value, value.contains("+asyncpg://"), value.contains("sslmode=") else { return nil }
            return Violation(file: place.file, line: place.line, "asyncpg knows no sslmode; write: ?ssl=require")
        }
    }

    /// The driver of the address is installed by nobody.
    static let missingDriver = Rule(
        "AP173", .error, "an address names a driver that is not installed",
        why: "SQLAlchemy loads the driver that the address names, and ends with: No module named ...",
        catches: [
            [
                ".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a\n",
                "requirements.txt": "sqlalchemy==2.0\npsycopg2==2.9\n",
            ]
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a\n",
                "requirements.txt": "sqlalchemy==2.0\nasyncpg==0.30\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole, PythonPackages.isKnown(in: repository) else { return [] }
        let packages = [
            "asyncpg": "asyncpg", "psycopg2": "psycopg2", "psycopg": "psycopg", "pymysql": "pymysql",
            "aiosqlite": "aiosqlite", "aiomysql": "aiomysql", "asyncmy": "asyncmy", "pg8000": "pg8000",
            "mysqlconnector": "mysql-connector",
        ]
        return GivenNames.everywhere(in: repository).compactMap { place in
            guard let value = place.value, let scheme = ServiceAddress.scheme(value),
                let plus = scheme.firstIndex(of: "+"),
                let package = packages[String(scheme[scheme.index(after: plus)...])],
                !PythonPackages.has(package, in: repository),
                // A list can have a name that nobody expects.
                repository.tree.files(ending: [".txt"], holding: [package], smallerThan: 200_000).isEmpty
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "no list of requirements has \(package); add it, or write another driver")
        }
    }
}
