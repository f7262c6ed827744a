// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody says so, and then it is development.
    static let developmentByDefault = Rule(
        "AP290", .warning, "the code asks for NODE_ENV, and the deployment never says production",
        why:
            "Images of Node set no NODE_ENV: the code takes its branch for development, with details of errors for every "
            + "visitor, cookies without Secure and whatever else it opens there.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{}",
                "server.js": "res.cookie('a', t, { secure: process.env.NODE_ENV === 'production' });\n",
            ],
            [
                "api/Dockerfile": "FROM node:22-alpine\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
                "api/package.json": "{\"scripts\":{\"start\":\"node dist/a.js\"}}",
                "api/src/env.ts":
                    "const schema = z.object({ NODE_ENV: z.enum(['development', 'production']).default('development') });\n",
                "docker-compose.yml": "services:\n  api:\n    build: ./api\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nENV NODE_ENV=production\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{}", "server.js": "const isProduction = process.env.NODE_ENV === 'production';\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
                "docker-compose.yml": "services:\n  a:\n    build: .\n    environment:\n      NODE_ENV: production\n",
                "package.json": "{}", "server.js": "const isProduction = process.env.NODE_ENV === 'production';\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"server.js\"]\n", "package.json": "{}",
                "server.js": "listen(3000)\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx\nCOPY --from=build a /b\n",
                "package.json": "{}", "src/a.js": "if (process.env.NODE_ENV === 'production') a();\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !isSaid(in: repository) else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment, unit.stage.index == unit.dockerfile.stages.count - 1, !unit.mountsItsSource,
                unit.dockerfile.finalBase.map(ImageName.init)?.name == "node", let start = unit.imageStart,
                ["node ", "npm ", "yarn ", "pnpm ", "pm2-runtime ", "sh -c"].contains(where: start.text.hasPrefix),
                Set(start.text.split { " :/".contains($0) }).isDisjoint(with: ["dev", "next", "vite", "serve"]),
                let context = BuildContexts.of(unit).first,
                let use = branch(below: context, in: repository)
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "\(use) is what runs as in development; add before the command: ENV NODE_ENV=production")
        }
    }

    /// Whether any file that deploys gives the variable.
    private static func isSaid(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            let name = entry.name
            guard
                name.contains("Dockerfile") || name.hasPrefix(".env") || name == "package.json" || name == "Procfile"
                    || [".yml", ".yaml", ".sh", ".toml", ".service", ".json", ".conf"].contains(where: name.hasSuffix)
                    || name.hasPrefix("ecosystem."),
                !entry.path.contains("node_modules/"), !name.hasSuffix("lock.json"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("NODE_ENV".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                guard let range = TextSearch.range(of: "NODE_ENV", in: line), !line.trimmed.hasPrefix("#") else {
                    return false
                }
                return line[range.upperBound...].contains("prod") || line[range.upperBound...].contains("$")
            }
        }
    }

    /// Where the code of a server does something else in production.
    private static func branch(below context: String, in repository: CheckedRepository) -> String? {
        for entry in repository.codeFiles([".js", ".ts"], with: ["NODE_ENV"])
        where context == "." || entry.path.hasPrefix(context + "/") {
            guard !entry.name.contains(".config."), let text = repository.tree.text(entry.path),
                !["from 'react", "from \"react", "document.", "window."].contains(where: text.contains)
            else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // Keeping one client for all reloads is the same in both.
            guard !text.contains("globalThis"), !text.contains("global.") else { continue }
            let place = lines.firstIndex { line in
                line.contains("NODE_ENV")
                    && (line.contains("'production'") || line.contains("\"production\"")
                        || line.contains("'development'") || line.contains("\"development\""))
                    && !line.trimmed.hasPrefix("//")
            }
            if let place { return "\(entry.path):\(place + 1)" }
        }
        return nil
    }
}
