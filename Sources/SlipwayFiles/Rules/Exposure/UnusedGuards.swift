// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A lock that lies beside the door.
    static let unusedGuard = Rule(
        "EN306", .warning, "the check of the login is written, and no route uses it",
        why: "Nothing calls the check, so every route answers whoever asks; the code looks as if it were protected.",
        catches: [
            [
                "Procfile": "web: ./server\n",
                "server/auth.go": "func AuthMiddleware() gin.HandlerFunc {\n\treturn nil\n}\n",
                "server/routes.go": "r.POST(\"/users\", create)\nr.DELETE(\"/users/:id\", remove)\n",
            ],
            [
                "Procfile": "web: node a.js\n", "a.js": "app.delete('/users/:id', remove);\n",
                "auth.js": "function requireAuth(req, res, next) {\n  next();\n}\nmodule.exports = { requireAuth };\n",
            ],
        ],
        passes: [
            [
                "Procfile": "web: ./server\n",
                "server/auth.go": "func AuthMiddleware() gin.HandlerFunc {\n\treturn nil\n}\n",
                "server/routes.go": "r.Use(AuthMiddleware())\nr.DELETE(\"/users/:id\", remove)\n",
            ],
            [
                "Procfile": "web: node a.js\n",
                "a.js": "app.delete('/users/:id', passport.authenticate('jwt'), remove);\n",
                "auth.js": "function requireAuth(req, res, next) {\n  next();\n}\nmodule.exports = { requireAuth };\n",
            ],
            ["auth.go": "func AuthMiddleware() gin.HandlerFunc {\n\treturn nil\n}\n"],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let written = LoginGuard.definers(in: repository).flatMap { code in
            LoginGuard.definitions(in: code).map { (code, $0.name, $0.line) }
        }
        guard !written.isEmpty else { return [] }
        let sources = LoginGuard.sources(in: repository)
        // One that is used protects the routes, whatever the others are for.
        guard !LoginGuard.hasAnother(sources) else { return [] }
        let unused = written.allSatisfy { _, name, _ in !sources.contains { LoginGuard.uses(name, in: $0) } }
        guard unused, LoginGuard.writes(sources), let first = written.first else { return [] }
        return [
            Violation(
                file: first.0.path, line: first.2, "no route uses \(first.1); put it before those that change something"
            )
        ]
    }
}

private enum LoginGuard {
    private static let names: Set<String> = [
        "authmiddleware", "requireauth", "jwtmiddleware", "isauthenticated", "authenticatetoken", "ensureauthenticated",
        "checkauth", "authrequired", "requirelogin", "jwtauth", "authenticationmiddleware", "authenticate",
    ]
    /// The longest first.
    private static let openings = [
        "exportasyncfunction", "exportfunction", "asyncfunction", "exportconst", "function", "const", "func",
    ]

    /// Few files, so that the others are read only when there is a reason to.
    static func definers(in repository: CheckedRepository) -> [CodeText] {
        let words = [
            "uthMiddleware", "equireAuth", "wtMiddleware", "sAuthenticated", "uthenticateToken", "nsureAuthenticated",
            "heckAuth", "uthRequired", "equireLogin", "wtAuth", "uthenticationMiddleware", "uthenticate(",
            "uthenticate =",
        ]
        return repository.code([".go", ".js", ".ts", ".mjs"], with: words)
    }

    static func sources(in repository: CheckedRepository) -> [CodeText] {
        repository.code([".go", ".js", ".ts", ".mjs"], with: ["uth", "elete", "DELETE", "Login"])
    }

    static func definitions(in code: CodeText) -> [(name: String, line: Int)] {
        code.bare.enumerated().compactMap { index, line in
            guard let opening = openings.first(where: line.hasPrefix) else { return nil }
            var rest = line.dropFirst(opening.count)
            // A method's receiver.
            if opening == "func", rest.hasPrefix("(") { rest = rest.drop { $0 != ")" }.dropFirst() }
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            let after = rest.dropFirst(name.count).first
            guard after == "(" || after == "=" || after == ":", names.contains(name.lowercased()) else { return nil }
            return (name, index + 1)
        }
    }

    /// Whether a line names it that neither writes nor only hands it on.
    static func uses(_ name: String, in code: CodeText) -> Bool {
        code.bare.contains { line in
            guard line.contains(name) else { return false }
            let isWriting = openings.contains {
                line.hasPrefix($0) && line.contains(name + "(") || line.hasPrefix($0 + name)
            }
            let isHanded = ["module.exports", "import", "export{", "exports."].contains(where: line.hasPrefix)
            // Lists over several lines.
            return !isWriting && !isHanded && line != name + "," && line != name
        }
    }

    /// Whether routes are protected by something else: a library, a filter of the framework, a page's own login.
    static func hasAnother(_ sources: [CodeText]) -> Bool {
        let signs = [
            "passport.", "clerk", "@UseGuards", "getServerSession", "auth0", "express-openid", "expressjwt(",
            "jwt.New(",
            "BasicAuth(", "KeyAuth", "keycloak", "preHandler", "onRequest",
        ]
        return sources.contains { $0.line(withAny: signs) != nil }
    }

    static func writes(_ sources: [CodeText]) -> Bool {
        sources.contains { code in
            code.line(withAny: [".DELETE('", ".delete('/", ".Delete('/", ".POST('", ".post('/", ".Post('/"]) != nil
        }
    }
}
