// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The same files worked until version 2.1 came out.
    static let driverOfAnotherName = Rule(
        "AP591", .error, "an address means another driver than the one that is installed",
        why:
            "Since version 2.1 SQLAlchemy takes postgresql:// for psycopg 3 (docs.sqlalchemy.org/en/21/changelog/"
            + "migration_21.html); with psycopg2 alone the program ends at its start with No module named 'psycopg'.",
        catches: [
            [
                "requirements.txt": "Flask-SQLAlchemy==3.1.1\npsycopg2-binary==2.9.9\n",
                "app.py":
                    "import os\napp.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL']\ndb = SQLAlchemy(app)\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://a:b@db/c\n",
            ],
            [
                "api/requirements.txt": "fastapi\nsqlalchemy\npsycopg2-binary\n",
                "api/db.py": "engine = create_engine('postgresql://a:b@db/c')\n",
            ],
        ],
        passes: [
            [
                "requirements.txt": "sqlalchemy==2.0.36\npsycopg2-binary\n",
                "db.py": "engine = create_engine('postgresql://a:b@db/c')\n",
            ],
            [
                "requirements.txt": "sqlalchemy\npsycopg2-binary\n",
                "db.py": "engine = create_engine('postgresql+psycopg2://a:b@db/c')\n",
            ],
            [
                "requirements.txt": "sqlalchemy\npsycopg[binary]\npsycopg2-binary\n",
                "db.py": "engine = create_engine('postgresql://a:b@db/c')\n",
            ],
            [
                "requirements.txt": "sqlalchemy\npsycopg2-binary\n", "db.py": "engine = create_engine(ADDRESS)\n",
                "Dockerfile": "FROM python:3.9-slim\n", ".env.example": "ADDRESS=postgresql://a:b@db/c\n",
            ],
        ]
    ) { repository in
        SQLAlchemyList.all(in: repository).compactMap { found in
            guard found.holds(["create_engine(", "engine_from_config(", "SQLALCHEMY_DATABASE_URI"]),
                !found.holds(["psycopg2.connect(", "drivername"]), found.namesNoDriver,
                let driver = ["psycopg2-binary", "psycopg2"].lazy.compactMap({ found.list.pins[$0] }).first,
                found.list.pins["psycopg"] == nil, found.list.pins["psycopg-binary"] == nil
            else { return nil }
            return Violation(
                file: found.list.place, line: found.list.pins["sqlalchemy"]?.line ?? driver.line,
                "SQLAlchemy 2.1 takes postgresql:// for psycopg 3, and psycopg2 is installed; write: "
                    + "SQLAlchemy<2.1, or begin the address with postgresql+psycopg2://")
        }
    }

    /// pip installed it with SQLAlchemy until 2.0.
    static let greenletMissing = Rule(
        "AP592", .error, "SQLAlchemy's asyncio without greenlet",
        why:
            "Since version 2.1 greenlet comes with sqlalchemy[asyncio] alone (docs.sqlalchemy.org/en/21/changelog/"
            + "migration_21.html); without it sqlalchemy.ext.asyncio ends at the import.",
        catches: [
            [
                "requirements.txt": "fastapi\nsqlalchemy\nasyncpg\n",
                "db.py": "from sqlalchemy.ext.asyncio import create_async_engine\n",
            ]
        ],
        passes: [
            [
                "requirements.txt": "sqlalchemy[asyncio]\nasyncpg\n",
                "db.py": "from sqlalchemy.ext.asyncio import create_async_engine\n",
            ],
            [
                "requirements.txt": "sqlalchemy\nasyncpg\ngreenlet\n",
                "db.py": "from sqlalchemy.ext.asyncio import create_async_engine\n",
            ],
            [
                "requirements.txt": "sqlalchemy>=2.0,<2.1\nasyncpg\n",
                "db.py": "from sqlalchemy.ext.asyncio import create_async_engine\n",
            ],
        ]
    ) { repository in
        SQLAlchemyList.all(in: repository).compactMap { found in
            let bringers = ["greenlet", "gevent", "playwright", "eventlet", "fastapi-users-db-sqlalchemy"]
            guard found.holds(["sqlalchemy.ext.asyncio"]), let pin = found.list.pins["sqlalchemy"],
                pin.extras.isDisjoint(with: [
                    "asyncio", "postgresql-asyncpg", "postgresql_asyncpg", "aiosqlite", "aiomysql", "asyncmy",
                    "aioodbc",
                ]), !bringers.contains(where: { found.list.pins[$0] != nil })
            else { return nil }
            return Violation(
                file: found.list.place, line: pin.line,
                "SQLAlchemy 2.1 brings no greenlet, which sqlalchemy.ext.asyncio needs; write: sqlalchemy[asyncio]")
        }
    }
}

/// A list of packages by which SQLAlchemy 2.1 or a later one is installed.
private struct SQLAlchemyList {
    let list: PythonPins
    let repository: CheckedRepository

    /// Those that bring it without a limit below 2.1, by their metadata on PyPI in November 2026.
    private static let bringers = ["flask-sqlalchemy", "flask-migrate", "alembic", "sqlmodel", "databases"]

    static func all(in repository: CheckedRepository) -> [SQLAlchemyList] {
        // It wants Python 3.10.
        guard repository.isWhole, !PythonImages.areOlder(than: 10, in: repository) else { return [] }
        return PythonPins.all(in: repository.tree).filter { list in
            !DevelopmentPath.isLikely(list.place) && list.pins["fastapi-users-db-sqlalchemy"] == nil
                && list.gets(
                    "sqlalchemy", from: PackageVersion(2, 1),
                    isBrought: bringers.contains { list.pins[$0] != nil })
        }.map { SQLAlchemyList(list: $0, repository: repository) }
    }

    /// Whether code below the list's folder holds one of the words.
    func holds(_ words: [String]) -> Bool {
        repository.codeFiles([".py"], with: words).contains { isBelow($0.path) }
    }

    /// Whether addresses are written, and none of them says its driver.
    var namesNoDriver: Bool {
        let texts =
            repository.composeFiles.map(\.text) + repository.dotenvFiles.map(\.text)
            + repository.codeFiles([".py"], with: ["postgresql"]).filter { isBelow($0.path) }.compactMap {
                repository.tree.text($0.path)
            }
        return texts.contains { $0.contains("postgresql://") } && !texts.contains { $0.contains("postgresql+") }
    }

    private func isBelow(_ path: String) -> Bool { list.folder == "." || path.hasPrefix(list.folder + "/") }
}
