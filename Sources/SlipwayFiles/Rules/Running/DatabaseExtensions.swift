// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// extension "vector" is not available.
    static let missingExtension = Rule(
        "AP357", .error, "the migrations need an extension that the database's image does not have",
        why:
            "PostgreSQL answers that the extension is not available: the migration ends there, and the application with it.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${PW}\n",
                "migrations/001.sql": "CREATE EXTENSION IF NOT EXISTS vector;\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17-alpine\n",
                "alembic/versions/a.py": "op.execute(\"CREATE EXTENSION IF NOT EXISTS postgis\")\n",
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  db:\n    image: pgvector/pgvector:pg17\n",
                "migrations/001.sql": "CREATE EXTENSION IF NOT EXISTS vector;\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "migrations/001.sql": "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\";\nCREATE EXTENSION pg_trgm;\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "tests/fixtures/001.sql": "CREATE EXTENSION IF NOT EXISTS vector;\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let bare = repository.composeFiles.flatMap { file in
            file.services.filter { $0.build == nil }.compactMap {
                service -> (CheckedFile<ComposeFile>, ComposeService, PlacedText)? in
                guard let image = service.image, ImageName(image.text).repository == "postgres" else { return nil }
                return (file, service, image)
            }
        }
        guard !bare.isEmpty, let need = NeededExtension.first(in: repository) else { return [] }
        // Where another database has it, the plain one may belong to another program.
        let isAlone = !repository.composeFiles.contains { file in
            file.services.contains { service in
                NeededExtension.brings(service, file, need.name, repository)
            }
        }
        return bare.compactMap { file, service, image in
            guard isAlone || service.name.contains("test") else { return nil }
            return Violation(
                file: file.location, line: image.line,
                "\(image.text) has no \(need.name), which \(need.file):\(need.line) makes; write: \(NeededExtension.image(for: need.name, image.text))",
                severity: isAlone && !file.isForDevelopment ? nil : .warning)
        }
    }
}

private enum NeededExtension {
    /// Those that are not in PostgreSQL's own image, and an image that has them.
    private static let images: [(name: String, image: String)] = [
        ("vector", "pgvector/pgvector:pgN"), ("postgis", "postgis/postgis:N-3.5"),
        ("timescaledb", "timescale/timescaledb:latest-pgN"), ("pg_bigm", "an image of your own that installs pg_bigm"),
        ("pgroonga", "groonga/pgroonga:latest-debian-N"), ("pg_cron", "an image of your own that installs pg_cron"),
        ("age", "apache/age"), ("citus", "citusdata/citus"),
        ("pg_partman", "an image of your own that installs pg_partman"),
        ("h3", "an image of your own that installs h3"), ("vchord", "tensorchord/vchord-postgres:pgN"),
    ]

    static func image(for name: String, _ given: String) -> String {
        let image = images.first { $0.name == name }?.image ?? name
        return image.replacing("N", with: ImageName(given).majorVersion.map(String.init) ?? "17")
    }

    static func first(in repository: CheckedRepository) -> (name: String, file: String, line: Int)? {
        let tree = repository.tree
        let entries = ["sql", "py", "rb", "ts", "js", "prisma", "go", "exs", "java", "kt", "php"].flatMap {
            tree.files(ending: $0)
        }
        for entry in entries {
            guard let bytes = tree.bytes(entry.path), bytes.count < 500_000,
                ["XTENSION", "xtension"].contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                CodeText.mayRun(entry.path), isAboutTables(entry.path), let text = tree.text(entry.path)
            else { continue }
            let code = CodeText(path: entry.path, text: text)
            for (index, line) in code.lines.enumerated() {
                if let name = made(in: line) { return (name, entry.path, index + 1) }
            }
        }
        return nil
    }

    private static func isAboutTables(_ path: String) -> Bool {
        let lower = path.lowercased()
        return lower.hasSuffix(".sql")
            || ["migrat", "alembic", "versions", "schema", "init", "db", "database", "store"].contains(
                where: lower.contains)
    }

    private static func made(in line: Substring) -> String? {
        let lower = line.lowercased()
        guard
            let range = ["create extension", "enable_extension"].lazy.compactMap({
                TextSearch.range(of: $0, in: lower[...])
            }).first
        else { return nil }
        let words = lower[range.upperBound...].split { " \"'`();,\\".contains($0) }
            .filter { !["if", "not", "exists"].contains($0) }
        return images.first { $0.name == words.first.map(String.init) }?.name
    }

    /// Whether a service is a database that is not PostgreSQL's plain image.
    static func brings(
        _ service: ComposeService, _ file: CheckedFile<ComposeFile>, _ name: String, _ repository: CheckedRepository
    ) -> Bool {
        if let image = service.image, service.build == nil {
            let whole = ImageName(image.text)
            return whole.repository != "postgres"
                && ["postgres", "pgvector", "postgis", "timescale", "pgroonga", "/age", "citus", "vchord", "supabase"]
                    .contains { whole.repository.contains($0) }
                && !whole.repository.contains("pgadmin")
        }
        guard let build = service.build, let context = file.resolve(build.context) else { return false }
        return repository.dockerfiles.contains { dockerfile in
            dockerfile.location.hasPrefix(context == "." ? "" : context + "/")
                && dockerfile.finalBase.map { ImageName($0).name.contains("postg") } == true
        }
    }
}
