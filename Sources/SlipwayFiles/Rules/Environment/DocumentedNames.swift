// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Set as the guide says, and nothing changes.
    static let documentedButUnread = Rule(
        "EN307", .warning, "the guide names a variable that nothing reads",
        why:
            "Whoever sets it believes that the program knows the value: another name is read in its place, or none, and the "
            + "feature stays off or fails.",
        catches: [
            [
                "README.md":
                    "## Settings\n```env\nDATABASE_URL=a\nBUCKET_NAME=b\nBUCKET_ENDPOINT_URL=https://a.example\n```\n",
                "app.py":
                    "import os\nDB = os.environ['DATABASE_URL']\nBUCKET = os.environ['BUCKET_NAME']\nACCOUNT = os.environ['BUCKET_ACCOUNT']\n",
            ]
        ],
        passes: [
            [
                "README.md": "```env\nDATABASE_URL=a\nBUCKET_NAME=b\nPOSTGRES_DB=c\n```\n",
                "app.py": "import os\nDB = os.environ['DATABASE_URL']\nBUCKET = os.environ['BUCKET_NAME']\n",
            ],
            [
                "README.md": "```env\nDATABASE_URL=a\nBUCKET_NAME=b\nBUCKET_REGION=c\n```\n",
                "app.py":
                    "class Settings(BaseSettings):\n    database_url: str\n    bucket_name: str\n    bucket_region: str\n",
            ],
            [
                "README.md": "```env\nOTHER_ONE=a\nOTHER_TWO=b\nOTHER_THREE=c\n```\n", "app.py": "print(1)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !DocumentedNames.mapsNames(in: repository.tree) else { return [] }
        return DocumentedNames.all(in: repository).flatMap { list -> [Violation] in
            let unread = list.names.filter { !DocumentedNames.isForeign($0.name) && !list.reads(of: $0.name) }
            // Most of the list must be the program's own.
            guard !unread.isEmpty, unread.count * 3 <= list.names.count else { return [] }
            return unread.map { name in
                Violation(
                    file: list.path, line: name.line,
                    "no file of the repository reads \(name.name); write the name that the code reads, or delete the line"
                )
            }
        }
    }
}

/// Names that a guide's block of settings gives values to.
struct DocumentedNames {
    let path: String
    let names: [(name: String, line: Int)]
    private let repository: CheckedRepository
    /// Whether classes of settings add the first word to their fields' names.
    private let hasPrefixes: Bool

    static func all(in repository: CheckedRepository) -> [DocumentedNames] {
        let hasPrefixes = !repository.code([".py"], with: ["env_prefix", "env_nested"]).isEmpty
        return repository.documents.filter { entry in
            let name = entry.name.lowercased()
            return ["readme", "install", "deploy", "setup"].contains(where: name.hasPrefix)
        }.compactMap { entry in
            guard let text = repository.tree.text(entry.path), text.utf8.count < 200_000 else { return nil }
            let names = names(in: text)
            return names.count < 3
                ? nil
                : DocumentedNames(
                    path: entry.path, names: names, repository: repository, hasPrefixes: hasPrefixes)
        }
    }

    private static func names(in text: String) -> [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        var seen: Set<String> = []
        var isOpen = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if body.hasPrefix("```") {
                isOpen = !isOpen && ["```env", "```dotenv", "```ini", "```properties"].contains(where: body.hasPrefix)
                continue
            }
            guard isOpen, let equals = body.firstIndex(of: "=") else { continue }
            let name = String(body[..<equals])
            let isName =
                name.utf8.count > 4 && name.contains("_") && !name.contains("__")
                && name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
            if isName, seen.insert(name).inserted { found.append((name, index + 1)) }
        }
        return found
    }

    /// Libraries and images read these without a word of the code.
    static func isForeign(_ name: String) -> Bool {
        [
            "POSTGRES", "MYSQL", "MARIADB", "PG", "MONGO", "AWS_", "GITHUB_", "DOCKER", "COMPOSE_", "NODE_", "NPM_",
            "PYTHON", "PIP_", "DJANGO_", "FLASK_", "RAILS_", "UVICORN_", "GUNICORN_", "WEB_", "SENTRY_", "OTEL_",
            "NEXT", "AUTH", "VERCEL", "RAILWAY_", "RENDER", "HEROKU", "CELERY_", "REDIS_", "RABBITMQ_", "MINIO_", "KC_",
            "KEYCLOAK", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "LANG", "HF_", "CLOUDINARY", "BETTER_AUTH",
            "CLERK_", "PRISMA_", "SUPABASE_", "SPRING_", "JAVA_", "ASPNETCORE_", "DOTNET_", "NUXT_", "NITRO_",
            "EXPO_", "SHOPIFY_", "STRIPE_", "TF_", "TRAEFIK_", "ACME_", "PHX_", "RELEASE_", "GF_", "N8N_", "AZURE_",
            "FIREBASE_", "LOG_", "MIX_", "APP_", "SESSION_", "MAIL_", "CACHE_", "QUEUE_", "BROADCAST_", "PUSHER_",
        ].contains(where: name.hasPrefix)
    }

    /// Whether the program finds its names by a rule, so that they stand nowhere as they are.
    static func mapsNames(in tree: SourceTree) -> Bool {
        if !tree.files(ending: "java").isEmpty || !tree.files(ending: "kt").isEmpty || !tree.files(ending: "cs").isEmpty
        {
            return true
        }
        return ["go.mod", "Cargo.toml"].contains { name in
            tree.files(named: name).contains { entry in
                let text = tree.text(entry.path) ?? ""
                return ["viper", "envconfig", "koanf", "caarlos0/env", "config =", "figment", "envy"].contains(
                    where: text.contains)
            }
        }
    }

    /// Whether any file but the documents has the name, as it is or as settings classes write it.
    func reads(of name: String) -> Bool { Self.isRead(name, hasPrefixes: hasPrefixes, in: repository.tree) }

    /// Whether any file but the documents and what `leavingOut` names has the name in one of its spellings.
    static func isRead(
        _ name: String, hasPrefixes: Bool, in tree: SourceTree, leavingOut: (String) -> Bool = { _ in false }
    ) -> Bool {
        let lower = name.lowercased()
        let camel = lower.split(separator: "_").enumerated().map {
            $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst()
        }
        .joined()
        // A prefix that a settings class adds.
        let rest = lower.split(separator: "_", maxSplits: 1).last.map(String.init) ?? lower
        let forms = [name, lower, camel] + (rest.contains("_") && hasPrefixes ? [rest] : [])
        let code = [
            "py", "js", "ts", "jsx", "tsx", "mjs", "cjs", "go", "rb", "php", "rs", "ex", "exs", "swift", "vue",
            "svelte",
            "json",
        ]
        let others = tree.otherEntries.map(\.path) + code.flatMap { tree.files(ending: $0).map(\.path) }
        return others.contains { path in
            guard !path.hasSuffix(".md"), !leavingOut(path), let bytes = tree.bytes(path), bytes.count < 1 << 20 else {
                return false
            }
            return forms.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}
