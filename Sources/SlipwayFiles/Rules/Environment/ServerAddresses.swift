// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Mails with links to the reader's own machine.
    static let serverFallsBack = Rule(
        "EN436", .warning, "the server falls back to an address on localhost, and nothing names the variable",
        why:
            "Links in mails, redirects after a login and the origins that may ask are made of it. No document, template or "
            + "deployment file names the variable, so what is deployed goes on with the developer's machine.",
        catches: [
            [
                "settings.py": "FRONTEND_URL = env('FRONTEND_URL', default='http://localhost:3000')\n",
                "Procfile": "web: gunicorn a\n", "README.md": "# Shop\n",
            ],
            [
                "src/server.js": "const back = process.env.CLIENT_URL || \"http://localhost:5173\";\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"src/server.js\"]\n",
            ],
        ],
        passes: [
            [
                "settings.py": "FRONTEND_URL = env('FRONTEND_URL', default='http://localhost:3000')\n",
                "Procfile": "web: gunicorn a\n", "README.md": "Set `FRONTEND_URL`.\n",
            ],
            ["settings.py": "FRONTEND_URL = env('FRONTEND_URL', default='http://localhost:3000')\n"],
            [
                "src/server.js":
                    "const back = process.env.NODE_ENV === 'production' ? process.env.CLIENT_URL : process.env.CLIENT_URL || 'http://localhost:5173'\n",
                "Procfile": "web: node src/server.js\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) || PublishedPages.hasHost(repository) else {
            return []
        }
        var seen: Set<String> = []
        return repository.code(
            [".py", ".js", ".ts", ".mjs", ".cjs", ".go", ".rb"], with: ["://localhost", "://127.0.0.1"]
        )
        .flatMap { code in
            code.bare.enumerated().compactMap { index, line -> Violation? in
                guard let name = ReadAddress.name(in: line), !seen.contains(name), !ReadAddress.isAside(code.path),
                    !code.isGuarded(index + 1, by: ReadAddress.choices, before: 1)
                else { return nil }
                seen.insert(name)
                guard !UnnamedRequirements.isNamed([name], in: repository) else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "nothing names \(name), so what is deployed goes on with localhost; give it where it is deployed, and "
                        + "write into the guide: \(name)=https://...")
            }
        }
    }
}

enum ReadAddress {
    static let choices = ["NODE_ENV", "isDev", "DEBUG", "isProd", "IS_PROD", "development"]
    private static let words: Set<String> = [
        "FRONTEND", "CLIENT", "APP", "SITE", "BASE", "PUBLIC", "WEB", "DASHBOARD", "CALLBACK", "REDIRECT", "BACKEND",
        "API", "SERVER", "DOMAIN", "ORIGIN", "HOST", "ADMIN", "UI", "WEBSITE",
    ]

    /// - Parameter line: Without blanks, and with one kind of quotes.
    static func name(in line: String) -> String? {
        guard line.utf8.count < 300, line.contains("://localhost") || line.contains("://127.0.0.1"),
            !choices.contains(where: line.contains)
        else { return nil }
        for (read, joints) in [
            ("process.env.", ["||'http", "??'http"]), ("os.getenv('", ["','http"]), ("os.environ.get('", ["','http"]),
            ("env('", ["',default='http", "','http"]), ("config('", ["',default='http"]),
            ("ENV.fetch('", ["','http"]), ("getEnv('", ["','http"]),
        ] {
            guard let range = TextSearch.range(of: read, in: line[...]) else { continue }
            let name = line[range.upperBound...].prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
            let rest = line[range.upperBound...].dropFirst(name.count)
            guard
                joints.contains(where: { rest.hasPrefix($0 + "://localhost") || rest.hasPrefix($0 + "://127.0.0.1") }),
                isPublic(String(name))
            else { continue }
            return String(name)
        }
        return nil
    }

    private static func isPublic(_ name: String) -> Bool {
        let parts = name.split(separator: "_").map(String.init)
        return ["URL", "URI", "ORIGIN", "ORIGINS", "URLS"].contains(parts.last ?? "")
            && !BrowserVariables.contains(name)
            && !words.isDisjoint(with: parts)
    }

    /// Tools, and settings of build tools, that the deployed process does not run.
    static func isAside(_ path: String) -> Bool {
        let words = path.lowercased().split { "/._-".contains($0) }
        return [
            "scripts", "script", "seed", "seeds", "tools", "vite", "playwright", "cypress", "e2e", "tests", "check",
            "debug", "demo", "local", "dev", "examples", "nuxt", "next", "webpack", "rollup", "astro", "storybook",
        ].contains { words.contains($0) }
    }
}

/// Files of hosts that take a front end or a server from the repository.
enum PublishedPages {
    static let files: Set<String> = [
        "vercel.json", "netlify.toml", "firebase.json", "wrangler.toml", "static.json", "amplify.yml", "render.yaml",
    ]

    static func hasHost(_ repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { files.contains($0.name) }
    }
}
