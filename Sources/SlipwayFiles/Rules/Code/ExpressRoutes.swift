// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// TypeError: Missing parameter name.
    static let refusedPath = Rule(
        "AP250", .error, "Express 5 refuses the path of a route",
        why: "Since version 5 a wildcard needs a name and optional parts need braces: Express throws when the route is "
            + "added, and the server does not start.",
        catches: [
            [
                "package.json": "{\"dependencies\":{\"express\":\"^5.1.0\"}}",
                "server.js": "import express from 'express'\napp.get('*', (req, res) => res.sendFile(page))\n",
            ],
            [
                "api/package.json": "{\"dependencies\":{\"express\":\"5.0.0\"}}",
                "api/src/users.ts": "import { Router } from 'express';\nrouter.get('/users/:id?', list);\n",
            ],
        ],
        passes: [
            [
                "package.json": "{\"dependencies\":{\"express\":\"^4.21.0\"}}",
                "server.js": "import express from 'express'\napp.get('*', (req, res) => res.sendFile(page))\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"express\":\"^5.1.0\"}}",
                "server.js":
                    "import express from 'express'\napp.get('/{*splat}', page)\napp.use('/api/*path', x)\napp.get(/.*/, y)\n",
            ],
        ]
    ) { repository in
        let folders = repository.tree.files(named: "package.json").filter { entry in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path) else {
                return false
            }
            let version = JSONDocument(parsing: text).root?.at("dependencies", "express")?.text ?? ""
            return Int(version.drop { !$0.isNumber }.prefix { $0.isNumber }) == 5
        }.map(\.directory)
        guard !folders.isEmpty else { return [] }
        return repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["express"]).flatMap { code -> [Violation] in
            let folder = SourceTree.Entry(path: code.path).directory
            guard folders.contains(where: { $0 == "." || folder == $0 || folder.hasPrefix($0 + "/") }) else {
                return []
            }
            return code.bare.enumerated().compactMap { index, line in
                guard let path = ExpressRoute(line)?.path, isRefused(path) else { return nil }
                let advice =
                    path.hasSuffix("*")
                    ? "'\(path.dropLast())\(path == "*" ? "/" : ""){*path}'" : "optional parts as {/:name}"
                return Violation(
                    file: code.path, line: index + 1, "\(path) ends the server at its start; write: \(advice)")
            }
        }
    }

    private static func isRefused(_ path: String) -> Bool {
        guard !path.contains("\\"), !path.contains("$") else { return false }
        if path.contains(where: { "?()[]+!".contains($0) }) { return true }
        var rest = path[...]
        while let star = rest.firstIndex(of: "*") {
            rest = rest[rest.index(after: star)...]
            guard let next = rest.first, next.isLetter || next == "_" else { return true }
        }
        return false
    }

    /// The page is there, and nobody sees it.
    static let hiddenPage = Rule(
        "AP251", .error, "a route of the API stands before the front page",
        why: "The first route that fits answers: visitors of / get the API's message and never the application.",
        catches: [
            [
                "server.js":
                    "import express from 'express'\napp.get('/', (req, res) => {\n  res.json({ ok: true })\n})\napp.use(express.static('public'))\napp.get('/{*path}', (req, res) => res.sendFile(join(dir, 'index.html')))\n"
            ],
            [
                "main.py":
                    "@app.get(\"/\")\ndef root():\n    return {\"ok\": True}\n\napp.mount(\"/\", StaticFiles(directory=\"dist\", html=True))\n"
            ],
        ],
        passes: [
            [
                "server.js":
                    "import express from 'express'\napp.use(express.static('public'))\napp.get('/', (req, res) => {\n  res.json({ ok: true })\n})\napp.get('*', (req, res) => res.sendFile(join(dir, 'index.html')))\n"
            ],
            [
                "main.py":
                    "@app.get(\"/\")\ndef root():\n    return FileResponse(\"dist/index.html\")\n\napp.mount(\"/\", StaticFiles(directory=\"dist\", html=True))\n"
            ],
            [
                "server.js":
                    "import express from 'express'\napp.get('/', (req, res) => res.json({}))\napp.use('/files', express.static('files'))\n"
            ],
        ]
    ) { repository in
        repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["express.static"]).compactMap { code in
            guard
                let place = code.bare.firstIndex(where: {
                    ExpressRoute($0).map { $0.method == "get" && $0.path == "/" } == true
                }),
                let files = code.bare.firstIndex(where: { $0.contains(".use(express.static(") }), place < files,
                code.bare[files...].contains(where: { $0.contains("index.html") })
            else { return nil }
            let body = code.bare[place...].prefix(6).prefix { !$0.hasPrefix("})") }
            guard body.contains(where: { $0.contains(".json(") || $0.contains(".send(") }),
                !body.contains(where: { ["sendFile", "render(", "redirect("].contains(where: $0.contains) }),
                !code.isGuarded(place + 1, by: ["if (", "if(", "else"])
            else { return nil }
            return Violation(
                file: code.path, line: place + 1,
                "/ answers with this and not with index.html; delete the route, or move it below express.static (line \(files + 1))"
            )
        } + fastAPI(repository)
    }

    private static func fastAPI(_ repository: CheckedRepository) -> [Violation] {
        repository.code([".py"], with: ["StaticFiles("]).compactMap { code in
            guard let place = code.bare.firstIndex(where: { $0.hasPrefix("@app.get('/'") }),
                let mount = code.bare.firstIndex(where: { $0.contains(".mount('/',StaticFiles(") }), place < mount,
                code.bare[mount...].prefix(3).contains(where: { $0.contains("html=True") })
            else { return nil }
            let body = code.bare[(place + 1)...].prefix(8).prefix { !$0.hasPrefix("@") }
            guard !body.contains(where: { ["Response", "template", "include_in_schema"].contains(where: $0.contains) })
            else {
                return nil
            }
            return Violation(
                file: code.path, line: place + 1,
                "/ answers with this and not with the page that line \(mount + 1) serves; give it another path: /api")
        }
    }
}

/// `app.get('/path',` on a line without blanks.
struct ExpressRoute {
    let method: String
    let path: String

    private static let methods = ["get", "post", "put", "patch", "delete", "all", "use", "options"]

    init?(_ line: String) {
        for method in Self.methods {
            guard let range = TextSearch.range(of: ".\(method)('", in: line[...]) else { continue }
            let owner = line[..<range.lowerBound].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let name = String(owner.reversed()).lowercased()
            guard name == "app" || name == "server" || name.hasSuffix("router") || name.hasSuffix("routes") else {
                continue
            }
            let rest = line[range.upperBound...]
            guard let close = rest.firstIndex(of: "'"), rest[close...].dropFirst().first == "," else { continue }
            path = String(rest[..<close])
            self.method = method
            return
        }
        return nil
    }
}
