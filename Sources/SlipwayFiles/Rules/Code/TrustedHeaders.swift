// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everybody is who they say they are.
    static let accountFromHeader = Rule(
        "EN328", .warning, "the server takes the account from a header that the page sets",
        why:
            "A header is written by whoever sends the request: with another number in it, everybody reads and changes the "
            + "data of every account, the administrator's too.",
        catches: [
            [
                "server/auth.go": "func user(c *gin.Context) {\n\traw := c.GetHeader(\"X-User-ID\")\n}\n",
                "web/src/api.ts": "fetch(url, { headers: { \"X-User-ID\": localStorage.getItem(\"uid\") } })\n",
            ],
            [
                "server/auth.js": "const userId = req.headers['x-user-id']\n",
                "web/src/api.jsx": "axios.get(url, { headers: { 'x-user-id': user.id } })\n",
            ],
            [
                "api/deps.py": "def current(x_user_id: str = Header(...)):\n    return find(x_user_id)\n",
                "web/src/api.ts": "fetch(url, { headers: { 'X-User-Id': user.id } })\n",
            ],
        ],
        passes: [
            [
                "server/auth.go": "func user(c *gin.Context) {\n\traw := c.GetHeader(\"Authorization\")\n}\n",
                "web/src/api.ts": "fetch(url, { headers: { Authorization: token } })\n",
            ],
            ["server/auth.js": "const userId = req.headers['x-user-id']\n"],
            [
                "server/auth.js": "const tenant = req.headers['x-request-id']\n",
                "web/src/api.jsx": "axios.get(url, { headers: { 'x-request-id': id } })\n",
            ],
        ]
    ) { repository in
        let server = [".go", ".py", ".java", ".kt", ".rb", ".php", ".cs", ".rs", ".js", ".ts", ".mjs"]
        let readers = repository.code(server, with: ["\"x-", "'x-", "\"X-", "'X-", " Header("])
        let read = readers.flatMap { code in
            code.bare.enumerated().compactMap { index, line -> (name: String, code: CodeText, line: Int)? in
                readName(in: line).map { ($0, code, index + 1) }
            }
        }
        guard !read.isEmpty else { return [] }
        let pages = repository.code([".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"], with: ["headers", "Header"])
        let sent = Set(pages.flatMap { code in code.bare.flatMap(sentNames) })
        var seen: Set<String> = []
        return read.compactMap { name, code, line in
            guard sent.contains(name), seen.insert(name).inserted else { return nil }
            return Violation(
                file: code.path, line: line,
                "whoever sends another \(name) is another account; read it from a signed token or a session")
        }
    }

    private static let owners = ["user", "account", "admin", "member", "customer", "owner", "employee", "uid"]

    /// The name of an account's header, in lower case.
    private static func accountHeader(_ text: Substring) -> String? {
        let name = text.lowercased().replacingUnderscores
        guard name.hasPrefix("x-"), name.utf8.count < 40,
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x2D }),
            ["-id", "-email", "-role", "-uid", "-username"].contains(where: name.hasSuffix),
            owners.contains(where: { owner in name.split(separator: "-").contains { $0 == owner } }),
            !name.contains("agent")
        else { return nil }
        return name
    }

    /// The header that a line of a server reads.
    private static func readName(in line: String) -> String? {
        let openings = [
            "GetHeader('", "Header.Get('", "headers['", "headers.get('", "header('", "get_header('", "getHeader('",
            "@RequestHeader('", "Headers['", "req.get('", "@RequestHeader(value='", "@Headers('", "HTTP_",
        ]
        for opening in openings {
            guard let range = TextSearch.range(of: opening, in: line[...]) else { continue }
            let rest = line[range.upperBound...]
            let name = rest.prefix { $0 != "'" && $0 != "\"" && $0 != "]" }
            if let found = accountHeader(name.hasPrefix("X_") || name.hasPrefix("x") || name.hasPrefix("X") ? name : "")
            {
                return found
            }
        }
        // FastAPI makes the header's name of the parameter's.
        guard line.contains("=Header("), let place = TextSearch.range(of: "x_", in: line[...]) else { return nil }
        return accountHeader(line[place.lowerBound...].prefix { $0 != ":" && $0 != "=" })
    }

    /// The headers that a line of a page sets.
    private static func sentNames(in line: String) -> [String] {
        guard line.contains("'x-") || line.contains("'X-") else { return [] }
        guard
            line.contains("':") || line.contains("']=") || line.contains("append('") || line.contains("set('")
                || line.contains("setHeader('") || line.contains("setRequestHeader('")
        else { return [] }
        return line.split(separator: "'").compactMap { accountHeader($0) }
    }
}

extension String {
    fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? "-" : $0 }) }
}
