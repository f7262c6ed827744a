// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A lock that lies beside the door.
    static let unusedLimit = Rule(
        "EN422", .warning, "a limit of requests is written, and no route uses it",
        why:
            "The code says how often somebody may try, and nothing asks it: passwords and codes can be tried without an end.",
        catches: [
            [
                "Dockerfile": "FROM a:1\n",
                "middleware/rate_limit.go": "func RateLimit(limit int) gin.HandlerFunc {\n\treturn nil\n}\n",
                "route/auth.go": "r.POST(\"/auth/login\", h.Login)\n",
            ],
            [
                "Dockerfile": "FROM node:22\n",
                "src/limits.js":
                    "const rateLimit = require('express-rate-limit')\nexport const loginLimiter = rateLimit({ max: 5 })\n",
                "src/routes.js": "router.post('/login', login)\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM a:1\n",
                "middleware/rate_limit.go": "func RateLimit(limit int) gin.HandlerFunc {\n\treturn nil\n}\n",
                "route/auth.go": "r.POST(\"/auth/login\", middleware.RateLimit(5), h.Login)\n",
            ],
            [
                "Dockerfile": "FROM node:22\n",
                "src/limits.js": "export const loginLimiter = rateLimit({ max: 5 })\n",
                "src/routes.js":
                    "import { loginLimiter } from './limits.js'\nrouter.post('/login', loginLimiter, login)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let endings = [".go", ".js", ".ts", ".mjs"]
        let written = repository.code(endings, with: ["ateLimit", "hrottle"]).flatMap { code in
            UnusedLimit.definitions(in: code).map { (path: code.path, name: $0.name, line: $0.line) }
        }
        guard !written.isEmpty else { return [] }
        let sources = repository.code(endings, with: Array(Set(written.map(\.name))))
        let unused = written.filter { limit in !sources.contains { UnusedLimit.uses(limit.name, in: $0) } }
        // One that is used limits what it is for; where none is, nothing is limited.
        guard unused.count == written.count, let first = unused.first else { return [] }
        return [
            Violation(
                file: first.path, line: first.line,
                "no route uses \(first.name); put it before the login, the registration and what sends mails")
        ]
    }
}

private enum UnusedLimit {
    private static let openings = ["exportconst", "const", "exportfunction", "function", "func"]

    static func definitions(in code: CodeText) -> [(name: String, line: Int)] {
        code.bare.enumerated().compactMap { index, line in
            guard let opening = openings.first(where: line.hasPrefix) else { return nil }
            let rest = line.dropFirst(opening.count)
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            let lower = name.lowercased()
            let after = rest.dropFirst(name.count)
            let isMade =
                after.hasPrefix("=rateLimit({") || after.hasPrefix("=rateLimit(")
                || after.hasPrefix("=createRateLimiter(")
            let isHandler =
                opening == "func" && after.hasPrefix("(")
                && ["gin.HandlerFunc", "http.Handler", "echo.MiddlewareFunc", "fiber.Handler"].contains(
                    where: after.contains)
            guard isMade || isHandler && (lower.contains("ratelimit") || lower.contains("throttle")) else { return nil }
            return (name, index + 1)
        }
    }

    /// Whether a line names it that neither writes nor only hands it on.
    static func uses(_ name: String, in code: CodeText) -> Bool {
        code.bare.contains { line in
            guard line.contains(name) else { return false }
            let isWriting = openings.contains { line.hasPrefix($0 + name) }
            let isHanded = ["module.exports", "import", "export{", "exports.", "export*"].contains(
                where: line.hasPrefix)
            return !isWriting && !isHanded
        }
    }
}
