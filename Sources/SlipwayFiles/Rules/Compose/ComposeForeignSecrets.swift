// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Every tool that builds the page can read them.
    static let secretsForFrontEnd = Rule(
        "CO063", .warning, "a front end's container gets the server's secrets",
        why:
            "Every package that the front end installs can read the variables of its container, and a bundler that is told "
            + "to can print them into the page. A front end needs none of them.",
        catches: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    env_file: .env.dev\n  web:\n    build: ./web\n    env_file: .env.dev\n",
                ".env.dev": "AWS_SECRET_ACCESS_KEY=a1b2c3\nVITE_API_URL=/api\n", "api/Dockerfile": "FROM python:3.13\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19\"},\"devDependencies\":{\"vite\":\"7\"}}",
                "web/src/a.ts": "fetch(import.meta.env.VITE_API_URL)\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    env_file: .env.dev\n  web:\n    build: ./web\n    env_file: web/.env\n",
                ".env.dev": "AWS_SECRET_ACCESS_KEY=a1b2c3\n", "web/.env": "VITE_API_URL=/api\n",
                "api/Dockerfile": "FROM python:3.13\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19\"},\"devDependencies\":{\"vite\":\"7\"}}",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    env_file: .env\n", ".env": "AUTH_SECRET=a1b2c3\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19\",\"next\":\"15\"}}",
            ],
        ]
    ) { file in
        let tree = file.repository.tree
        return file.services.flatMap { service -> [Violation] in
            guard let folder = frontEnd(service, file) else { return [] }
            return service.environmentFiles.compactMap { given in
                guard let path = file.resolve(given.path),
                    let text = (tree.contains(path) ? path : DotenvTemplates.of(path, in: tree)).flatMap(tree.text)
                else { return nil }
                let secrets = Dotenv(parsing: text).assignments.map(\.name).filter { name in
                    SecretText.isSecret(name: name) && !BrowserVariables.contains(name)
                        && !isRead(name, below: folder, tree)
                }
                guard let first = secrets.first, !path.hasPrefix(folder + "/") else { return nil }
                let more = secrets.count > 1 ? " and \(secrets.count - 1) more" : ""
                return Violation(
                    line: given.position.line,
                    "\(service.name) gets \(first)\(more), which nothing in \(folder) reads; write under environment what it "
                        + "needs, in the place of env_file")
            }
        }
    }

    /// The folder of a front end that has no server of its own.
    private static func frontEnd(_ service: ComposeService, _ file: CheckedFile<ComposeFile>) -> String? {
        let mounted = service.mounts.filter { $0.kind == .bind }.compactMap { $0.source.flatMap(file.resolve) }
        let folders =
            [service.build.flatMap { file.resolve($0.context) }].compactMap { $0 }
            + (service.build == nil ? mounted : [])
        let servers = [
            "next", "nuxt", "@sveltejs/kit", "express", "fastify", "@nestjs/core", "koa", "astro", "@remix-run/node",
            "hono",
        ]
        return folders.first { folder in
            guard folder != ".", let text = file.repository.tree.text(folder + "/package.json"),
                let root = JSONDocument(parsing: text).root
            else { return false }
            func depends(_ name: String) -> Bool {
                ["dependencies", "devDependencies"].contains { root[$0]?[name] != nil }
            }
            return ["react", "vue", "svelte", "@angular/core", "preact", "solid-js"].contains(where: depends)
                && !servers.contains(where: depends)
        }
    }

    private static func isRead(_ name: String, below folder: String, _ tree: SourceTree) -> Bool {
        tree.files(under: folder).contains { entry in
            !entry.path.contains("node_modules/")
                && tree.bytes(entry.path).map { RouteSearch.contains($0, Array(name.utf8)) } == true
        }
    }
}
