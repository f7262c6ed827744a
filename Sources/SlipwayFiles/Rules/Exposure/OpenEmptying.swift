// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// One request from anywhere.
    static let openEmptying = Rule(
        "EN302", .error, "a request without a login empties the tables",
        why:
            "The program asks nobody who they are, and one of its addresses deletes every row or makes the tables anew: "
            + "whoever finds it destroys the data.",
        catches: [
            [
                "Procfile": "web: uvicorn main:app\n",
                "main.py":
                    "from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.post('/reset')\ndef reset(db = Depends(get_db)):\n    db.query(Item).delete()\n    db.commit()\n",
            ],
            [
                "Procfile": "web: node a.js\n",
                "a.js":
                    "app.post('/api/seed', async (req, res) => {\n  await Item.deleteMany({});\n  res.json({});\n});\n",
            ],
            [
                "Procfile": "web: uvicorn app.main:app\n",
                "app/routes.py":
                    "from app.seed import run_seed\n\n\n@router.post('/seed')\nasync def seed():\n    await run_seed()\n",
                "app/seed.py": "async def run_seed():\n    await Item.delete_all()\n",
            ],
        ],
        passes: [
            [
                "Procfile": "web: uvicorn main:app\n",
                "main.py":
                    "@app.post('/reset')\ndef reset(user = Depends(get_current_user)):\n    db.query(Item).delete()\n",
            ],
            [
                "Procfile": "web: node a.js\n",
                "a.js":
                    "app.delete('/api/items/:id', async (req, res) => {\n  await Item.deleteMany({ _id: req.params.id });\n});\n",
            ],
            ["a.js": "app.post('/api/seed', async (req, res) => {\n  await Item.deleteMany({});\n});\n"],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let code = repository.code([".py", ".js", ".ts", ".mjs"], with: EmptyingRoute.words)
        guard !code.isEmpty, !EmptyingRoute.asksSomebody(repository) else { return [] }
        return code.flatMap { file in
            EmptyingRoute.all(in: file, repository).map { route in
                Violation(
                    file: file.path, line: route.line,
                    "anybody deletes everything with one request to \(route.path); delete the route, or let it ask for a login"
                )
            }
        }
    }
}

/// Routes that delete every row, and whether a program knows logins.
enum EmptyingRoute {
    static let words = [
        "@app.", "@router.", "@bp.", "app.post(", "app.get(", "app.delete(", "router.post(", "router.get(",
        "router.delete(", ".route(",
    ]
    private static let deletes = [
        ".delete_all()", ".deleteMany({})", ".deleteMany()", ".drop_all(", "TRUNCATETABLE", "dropDatabase(",
        ".destroy({truncate:true", "sync({force:true", ".delete_many({})",
    ]

    static func all(in code: CodeText, _ repository: CheckedRepository) -> [(path: String, line: Int)] {
        code.bare.indices.compactMap { index in
            let line = code.bare[index]
            guard let path = route(in: line) else { return nil }
            let indent = code.lines[index].prefix { $0 == " " }.count
            // The function ends where the next one begins.
            let rest = code.bare.indices.dropFirst(index + 1).prefix(60)
            let end = rest.first { next in
                let isNext =
                    route(in: code.bare[next]) != nil
                    || code.bare[next].hasPrefix("@") && code.lines[next].prefix { $0 == " " }.count <= indent
                return isNext
            }
            let body = code.bare[index..<(end ?? (rest.last.map { $0 + 1 } ?? index + 1))]
            let isEmptying = body.contains(where: isDeleting) || callsSeed(body, path, repository)
            return isEmptying ? (path, index + 1) : nil
        }
    }

    private static func isDeleting(_ line: String) -> Bool {
        if deletes.contains(where: line.contains) { return true }
        // db.query(Item).delete(), with no filter between.
        guard let range = TextSearch.range(of: ".query(", in: line[...]) else { return false }
        let rest = line[range.upperBound...].drop { $0 != ")" }.dropFirst()
        return rest.hasPrefix(".delete()")
    }

    /// `/seed` of `@router.post('/seed')`.
    private static func route(in line: String) -> String? {
        for opening in ["@app.", "@router.", "@bp.", "app.", "router."] where line.hasPrefix(opening) {
            let rest = line.dropFirst(opening.count)
            let verb = rest.prefix { $0.isLetter }
            guard ["post", "get", "delete", "put", "route", "all"].contains(String(verb)),
                rest.dropFirst(verb.count).hasPrefix("('")
            else { continue }
            return String(rest.dropFirst(verb.count + 2).prefix { $0 != "'" })
        }
        return nil
    }

    /// Whether it calls the seed of another file, which deletes first.
    private static func callsSeed(_ body: ArraySlice<String>, _ path: String, _ repository: CheckedRepository) -> Bool {
        guard path.contains("seed") || path.contains("reset") else { return false }
        return body.contains { $0.contains("seed(") || $0.contains("reset(") || $0.contains("_seed(") }
            && repository.code([".py", ".js", ".ts"], with: ["delet", "TRUNCATE", "drop_all"]).contains { code in
                SourceTree.Entry(path: code.path).name.contains("seed")
                    && code.bare.contains {
                        isDeleting($0) || $0.contains("execute(delete(") || $0.contains("TRUNCATE")
                    }
            }
    }

    /// Whether the program, or a proxy before it, knows logins at all.
    static func asksSomebody(_ repository: CheckedRepository) -> Bool {
        let signs = [
            "uthoriz", "uthentic", "login", "Login", "jwt", "JWT", "passport", "session", "current_user", "api_key",
            "API_KEY", "apiKey", "ApiKey", "HTTPBearer", "HTTPBasic", "isAdmin", "requireAuth", "firebase", "supabase",
            "clerk", "x-api", "X-API", "SECRET", "secret",
        ]
        let endings = [".py", ".js", ".ts", ".mjs", ".go", ".java", ".kt", ".cs", ".tsx", ".jsx"]
        let asks = repository.programFiles.contains { entry in
            guard endings.contains(where: entry.path.hasSuffix), let bytes = repository.tree.bytes(entry.path) else {
                return false
            }
            return signs.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
        return asks || repository.nginxFiles.contains { ByteSearch.contains("auth_", in: $0.text) }
    }
}
