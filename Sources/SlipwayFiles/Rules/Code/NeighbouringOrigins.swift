// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What listens on a visitor's own machine is not the visitor.
    static let neighbouringOrigins = Rule(
        "EN296", .warning, "production lets pages of localhost and of private networks ask with cookies",
        why:
            "The list is for developers, and no condition takes it away: whatever serves a page on the visitor's machine or "
            + "in his network reads and changes what is his.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"main.js\"]\n",
                "src/main.ts":
                    "app.enableCors({\n  origin: (o, done) => done(null, !o || o === site || /^http:\\/\\/localhost(:\\d+)?$/.test(o)),\n  credentials: true,\n});\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"main.js\"]\n",
                "src/app.js":
                    "app.use(cors({\n  origin: (o, done) => done(null, o.startsWith('http://localhost') || o === site),\n  credentials: true,\n}));\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"main.js\"]\n",
                "src/main.ts":
                    "const isLocal = process.env.NODE_ENV !== 'production';\napp.enableCors({\n  origin: (o, done) => done(null, isLocal && /^http:\\/\\/localhost(:\\d+)?$/.test(o)),\n  credentials: true,\n});\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"main.js\"]\n",
                "src/main.ts": "app.enableCors({ origin: process.env.SITE, credentials: true });\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.dockerfiles.isEmpty || !repository.procfiles.isEmpty else { return [] }
        return repository.code([".ts", ".js", ".mjs", ".cjs"], with: ["cors(", "enableCors", "Cors("]).compactMap {
            code in
            guard code.line(with: "credentials:true") != nil,
                code.line(withAny: ["NODE_ENV", "production", "isDev", "development"]) == nil,
                let line = code.bare.firstIndex(where: isOpen)
            else { return nil }
            return Violation(
                file: code.path, line: line + 1,
                "allow it in development alone; write before it: process.env.NODE_ENV !== 'production' &&")
        }
    }

    private static func isOpen(_ line: String) -> Bool {
        let isPattern =
            line.contains("localhost") && line.contains(".test(") && (line.contains("/^http") || line.contains("/http"))
        return isPattern
            || [".startsWith('http://localhost", ".includes('localhost", ".indexOf('localhost"].contains {
                line.contains($0)
            } && !line.contains("hostname")
    }
}
