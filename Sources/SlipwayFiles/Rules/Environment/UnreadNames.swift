// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Filled in with care, and without effect.
    static let givenButUnread = Rule(
        "EN381", .warning, "a template or Compose gives a name that nothing reads",
        why:
            "Whoever fills it in believes that the program knows the value. The code reads another name, or none: it goes on "
            + "with its default, and the feature stays as it was.",
        catches: [
            RuleExample(
                [
                    ".env.example": "DATABASE_URL=\nJWT_SECRET=\nUPLOAD_DRIVER=local\n",
                    "a.js": "open(process.env.DATABASE_URL, process.env.JWT_SECRET)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.js:1"]),
                        Variable(name: "JWT_SECRET", services: ["a"], origins: ["a.js:1"]),
                    ])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: a\n      SHOP_API_URL: http://api:1\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "open(process.env.DATABASE_URL, process.env.JWT_SECRET)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.js:1"]),
                        Variable(name: "JWT_SECRET", services: ["a"], origins: ["a.js:1"]),
                    ])),
        ],
        passes: [
            RuleExample(
                [
                    ".env.example": "DATABASE_URL=\nJWT_SECRET=\nUPLOAD_DRIVER=local\nIMAGE_TAG=1\n",
                    "compose.yml": "services:\n  web:\n    image: web:${IMAGE_TAG}\n",
                    "a.js": "const all = [process.env.DATABASE_URL, process.env.JWT_SECRET, get('UPLOAD_DRIVER')]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.js:1"]),
                        Variable(name: "JWT_SECRET", services: ["a"], origins: ["a.js:1"]),
                    ])),
            RuleExample(
                [
                    ".env.example": "DATABASE_URL=\nJWT_SECRET=\nUPLOAD_DRIVER=local\n",
                    "a.py": "class Settings(BaseSettings):\n    database_url: str\n    upload_driver: str\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["a"], origins: ["a.py:2"]),
                        Variable(name: "JWT_SECRET", services: ["a"], origins: ["a.py:1"]),
                    ])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app, app.variables.count >= 2,
            repository.tree.files(named: "composer.json").isEmpty, !DocumentedNames.mapsNames(in: repository.tree)
        else { return [] }
        let names = UnreadNames(in: repository, app)
        return repository.dotenvFiles.compactMap(names.unread(in:)) + names.unreadInCompose()
    }
}

private struct UnreadNames {
    private let repository: CheckedRepository
    private let read: Set<String>
    private let hasPrefixes: Bool
    /// Names that Compose puts into its own text, or gives to images of others.
    private let used: Set<String>
    /// Names of the code that no file gives; what is near to one of them has a finding of its own.
    private let missing: Set<String>

    /// Each name costs a search in every file.
    private static let mostAsked = 8

    init(in repository: CheckedRepository, _ app: AppSpec) {
        self.repository = repository
        let names = Set(app.variables.map(\.name))
        read = names
        missing = names.subtracting(GivenNames.everywhere(in: repository).map(\.name))
        hasPrefixes = !repository.code([".py"], with: ["env_prefix", "env_nested"]).isEmpty
        used = Set(
            repository.composeFiles.flatMap { file in
                file.references.map(\.reference.name)
                    + file.services.filter { $0.build == nil }.flatMap { $0.environment.map(\.name) }
            })
    }

    func unread(in file: CheckedFile<Dotenv>) -> Violation? {
        let name = SourceTree.Entry(path: file.location).name
        guard ["example", "sample", "template", "dist"].contains(where: name.contains),
            DotenvPurpose(path: file.location) != .test, !DevelopmentPath.isLikely(file.location)
        else { return nil }
        let all = file.document.assignments.map { (name: $0.name, line: $0.line) }
        // A template of which the code reads hardly anything is one of something else.
        guard all.count(where: { read.contains($0.name) }) * 2 >= all.count else { return nil }
        return violation(unread(among: all), in: file.location, of: all.count)
    }

    func unreadInCompose() -> [Violation] {
        repository.composeFiles.flatMap { file in
            file.services.compactMap { service -> Violation? in
                guard service.build != nil, !file.isForDevelopment,
                    repository.deployedUnits.contains(where: {
                        $0.compose?.location == file.location && $0.service?.name == service.name && $0.app != nil
                    })
                else { return nil }
                let all = service.environment.map { (name: $0.name, line: $0.line) }
                return violation(unread(among: all), in: file.location, of: max(all.count, 3), for: service.name)
            }
        }
    }

    private func violation(
        _ unread: [(name: String, line: Int)], in file: String, of count: Int, for service: String? = nil
    ) -> Violation? {
        guard let first = unread.first, unread.count * 3 <= count else { return nil }
        let names = unread.map(\.name).joined(separator: ", ")
        return Violation(
            file: file, line: first.line,
            "no code reads \(names)\(service.map { ", which \($0) gets" } ?? ""); write the name that the code reads, or "
                + "delete the line")
    }

    private func unread(among all: [(name: String, line: Int)]) -> [(name: String, line: Int)] {
        let wanted = all.filter { place in
            !read.contains(place.name) && !used.contains(place.name) && !ForeignNames.contains(place.name)
                && NearestName.among(missing, to: place.name) == nil
                && place.name.contains("_") && !place.name.contains("__")
                && place.name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        }
        guard wanted.count <= Self.mostAsked else { return [] }
        return wanted.filter { place in
            !DocumentedNames.isRead(place.name, hasPrefixes: hasPrefixes, in: repository.tree) { path in
                let format = FileFormat(path: path)
                return format == .dotenv || format == .compose || path.contains(".env")
            }
        }
    }
}

/// Names that runtimes, libraries and images read without a word of the program's code.
private enum ForeignNames {
    private static let prefixes = [
        "POSTGRES", "MYSQL", "MARIADB", "PG", "MONGO_INITDB", "AWS_", "GITHUB_", "DOCKER", "COMPOSE_", "NODE_", "NPM_",
        "PYTHON", "PIP_", "C_FORCE_ROOT", "OAUTHLIB_", "DJANGO_", "FLASK_", "RAILS_", "UVICORN_", "GUNICORN_", "WEB_",
        "SENTRY_", "OTEL_",
        "NEXT_TELEMETRY", "NEXTAUTH", "AUTH_", "VERCEL", "RAILWAY_", "RENDER", "HEROKU", "CELERY_", "RABBITMQ_DEFAULT",
        "MINIO_", "KC_", "KEYCLOAK", "OPENAI_", "ANTHROPIC_", "GOOGLE_A", "GEMINI_", "LANG", "HF_", "CLOUDINARY_URL",
        "BETTER_AUTH", "CLERK_", "NEXT_PUBLIC_CLERK", "PRISMA_", "SUPABASE_", "JAVA_", "NUXT_", "NITRO_", "EXPO_",
        "TF_", "TRAEFIK_", "ACME_", "PHX_", "RELEASE_", "GF_", "N8N_", "AZURE_", "FIREBASE_", "PMA_", "CHOKIDAR",
        "WATCHPACK", "WDS_", "RUST_", "GIN_", "DEBIAN", "LC_", "SSL_", "REQUESTS_", "NO_PROXY", "HTTP", "VIRTUAL_",
        "LETSENCRYPT", "ELASTIC", "MEILI", "KAFKA", "ZOOKEEPER", "TURBO_", "NX_", "STORYBOOK", "PLAYWRIGHT", "CYPRESS",
        "BUNDLE_", "ERL_", "ECTO", "FORWARDED_", "GENERATE_", "DISABLE_", "FAST_REFRESH", "COREPACK", "UV_", "MALLOC",
        "TELEMETRY", "LOG_", "STRIPE_WEBHOOK", "SHOPIFY_", "TWILIO_", "DATADOG_", "DD_", "NEW_RELIC", "SERVER_",
    ]

    static func contains(_ name: String) -> Bool { prefixes.contains(where: name.hasPrefix) }
}
