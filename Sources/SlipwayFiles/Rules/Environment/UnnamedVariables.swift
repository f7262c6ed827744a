// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever deploys cannot know that it exists.
    static let unnamedVariable = Rule(
        "EN361", .warning, "the code cannot do without a variable that no document and no file names",
        why:
            "Nobody who follows the documents sets it: tokens cannot be signed, or the database has no address, and the "
            + "request or the start fails.",
        catches: [
            [
                "app/services/users.rb": "JWT.encode(payload, ENV[\"TOKEN_SECRET\"], \"HS256\")\n",
                "README.md": "# Shop\n`rails s`\n",
            ],
            ["src/auth.js": "const token = jwt.sign({ id }, process.env.TOKEN_SECRET)\n", "README.md": "# Shop\n"],
            [
                "config/database.yml": "production:\n  url: <%= ENV[\"SUPABASE_URL\"] %>\n", "README.md": "# Shop\n",
            ],
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n", "README.md": "# Shop\n",
                    "settings.py": "class Settings(BaseSettings):\n    auth_domain: str\n    mail_host: str\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "AUTH_DOMAIN", services: ["a"], required: true, origins: ["settings.py:2"]),
                        Variable(name: "MAIL_HOST", services: ["a"], required: true, origins: ["settings.py:3"]),
                    ])),
        ],
        passes: [
            [
                "src/auth.js": "const token = jwt.sign({ id }, process.env.TOKEN_SECRET)\n",
                ".env.example": "TOKEN_SECRET=\n",
            ],
            ["src/auth.js": "const token = jwt.sign({ id }, process.env.TOKEN_SECRET || make())\n"],
            ["config/database.yml": "production:\n  url: <%= ENV[\"DATABASE_URL\"] %>\n"],
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "README.md": "Set `AUTH_DOMAIN` first.\n",
                    "settings.py": "class Settings(BaseSettings):\n    auth_domain: str\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "AUTH_DOMAIN", services: ["a"], required: true, origins: ["settings.py:2"])
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n", "README.md": "# Shop\n",
                    "a.js": "if (process.env.STORE_ISSUER && process.env.STORE_ID) connect()\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "STORE_ISSUER", services: ["a"], required: true, origins: ["a.js:1"])
                    ])),
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let single = signedOrStored(repository)
        return single + UnnamedRequirements.violations(in: repository, besides: Set(single.compactMap(\.file)))
    }

    /// What signs tokens, and what finds Rails' database.
    private static func signedOrStored(_ repository: CheckedRepository) -> [Violation] {
        let signs = repository.code([".rb", ".js", ".ts", ".py"], with: ["JWT.encode(", "jwt.sign(", "jwt.encode("])
        let signed = signs.flatMap { code in
            code.bare.enumerated().compactMap { index, line -> NeededVariable? in
                guard
                    let place = ["JWT.encode(", "jwt.sign(", "jwt.encode("].lazy.compactMap({
                        TextSearch.range(of: $0, in: line[...])
                    }).first
                else { return nil }
                return NeededVariable(code.path, index + 1, line[place.upperBound...], "signs with")
            }
        }
        let databases = repository.tree.files(named: "database.yml").flatMap { entry -> [NeededVariable] in
            guard !DevelopmentPath.isLikely(entry.path), let text = repository.tree.text(entry.path) else { return [] }
            var isProduction = false
            return CodeText(path: entry.path, text: text).bare.enumerated().compactMap { index, line in
                if line.hasSuffix(":"), !line.hasPrefix("<<") { isProduction = line == "production:" }
                guard isProduction, line.hasPrefix("url:<%=") else { return nil }
                return NeededVariable(entry.path, index + 1, line[...], "finds the database by")
            }
        }
        var named: [String: Bool] = [:]
        return (signed + databases).compactMap { needed in
            let isNamed = named[needed.name] ?? needed.isNamed(in: repository)
            named[needed.name] = isNamed
            guard !isNamed else { return nil }
            // One place says it.
            named[needed.name] = true
            return Violation(
                file: needed.file, line: needed.line,
                "the code \(needed.use) \(needed.name), which nothing names; write it into .env.example and the README")
        }
    }
}

/// A variable that is used where nothing else will do.
private struct NeededVariable {
    let file: String
    let line: Int
    let name: String
    let use: String

    /// - Parameter text: Without blanks, and with one kind of quotes.
    init?(_ file: String, _ line: Int, _ text: Substring, _ use: String) {
        let reads = ["ENV['", "process.env.", "os.getenv('", "os.environ['", "os.environ.get('"]
        for read in reads {
            guard let place = TextSearch.range(of: read, in: text) else { continue }
            let rest = text[place.upperBound...]
            let name = rest.prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
            let after = rest.dropFirst(name.count).drop { "'])!".contains($0) }
            // A value for the case that it is missing stands behind it.
            guard !name.isEmpty, name != "DATABASE_URL", !rest.dropFirst(name.count).hasPrefix("',"),
                !text.contains("||"), !text.contains("??"),
                after.isEmpty || [",", "%", ";", "{"].contains(after.first)
            else { return nil }
            self.file = file
            self.line = line
            self.name = String(name)
            self.use = use
            return
        }
        return nil
    }

    /// Whether a document, a template, a deployment file or a workflow names it.
    func isNamed(in repository: CheckedRepository) -> Bool {
        let code = [".rb", ".js", ".ts", ".py", ".tsx", ".jsx", ".mjs"]
        return repository.tree.entries.contains { entry in
            guard entry.path != file, entry.name != "database.yml", !code.contains(where: entry.name.hasSuffix),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000
            else { return false }
            return ByteSearch.contains(name.utf8, in: bytes)
        }
    }
}
