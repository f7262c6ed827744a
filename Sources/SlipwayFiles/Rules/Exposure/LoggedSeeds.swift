// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A seed's terminal is the container's log.
    static let seedPasswordInLog = Rule(
        "EN303", .warning, "what runs when the container starts writes an account's password to the log",
        why: "Logs are kept, copied to other services and read by many: whoever reads them logs in as the account.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"node prisma/seed.js && node a.js\"]\n",
                "prisma/seed.ts":
                    "const adminPassword = process.env.ADMIN_PASSWORD\nconsole.log(`created admin (password: \"${adminPassword}\")`)\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py seed_admin\nexec gunicorn a.wsgi\n",
                "users/management/commands/seed_admin.py":
                    "self.stdout.write(\n    f\"User: admin\\n\"\n    f\"Password: {password:<29}\\n\"\n)\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "prisma/seed.ts": "console.log(`created admin (password: \"${adminPassword}\")`)\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"node prisma/seed.js && node a.js\"]\n",
                "prisma/seed.ts": "console.log(`created ${email}, change its password`)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let starts = StartingText.all(in: repository)
        guard !starts.isEmpty else { return [] }
        return repository.code([".ts", ".js", ".mjs", ".py", ".rb"], with: ["assword", "PASSWORD"]).compactMap { code in
            let name = SourceTree.Entry(path: code.path).name
            let stem = String(name.prefix { $0 != "." })
            guard ["seed", "admin", "init"].contains(where: stem.lowercased().contains), stem.utf8.count > 3,
                starts.contains(where: { StartingText.names(stem, in: $0) }), let line = LoggedSeed.line(in: code)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "the container's log keeps the password; leave it out, and let the account set its own at the first login"
            )
        }
    }
}

/// What containers run when they start: their commands, and the scripts behind them.
private enum StartingText {
    static func all(in repository: CheckedRepository) -> [String] {
        let images = repository.dockerfiles.filter { !DevelopmentPath.isLikely($0.location) }.compactMap { file in
            file.stages.last.flatMap { stage in
                file.lineage(of: stage).last { ["CMD", "ENTRYPOINT"].contains($0.keyword) }?.text
            }
        }
        let services = repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { file in
            file.services.compactMap { service in service.node["command"] ?? service.node["entrypoint"] }.map { node in
                node.text ?? (node.sequence ?? []).compactMap(\.text).joined(separator: " ")
            }
        }
        return images + services + repository.scripts.filter(\.isStart).map { $0.document.text }
    }

    /// Whether the name stands in it as a whole word.
    static func names(_ stem: String, in text: String) -> Bool {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.contains { $0 == stem }
    }
}

private enum LoggedSeed {
    private static let calls = ["console.log(", "print(", "stdout.write(", "logger.", "puts ", "console.info("]

    /// The line that puts a value named as a password into a text that is printed.
    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.lines.enumerated() where isFilled(line) {
            let around = code.lines[max(0, index - 10)...index]
            guard let call = around.lastIndex(where: { line in calls.contains(where: line.contains) }),
                call == index
                    || !around[call...].dropLast().contains(where: { $0.trimmed == ")" || $0.hasSuffix(");") })
            else { continue }
            return index + 1
        }
        return nil
    }

    /// `${defaultPassword}`, `{password:<29}`, `#{password}`
    private static func isFilled(_ line: Substring) -> Bool {
        guard line.contains("\"") || line.contains("`") || line.contains("'") else { return false }
        var rest = line
        while let open = rest.firstIndex(of: "{") {
            rest = rest[rest.index(after: open)...]
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.lowercased()
            let end = rest.dropFirst(name.count).first
            if name.hasSuffix("password") || name.hasSuffix("passwd"), end == "}" || end == ":" || end == "!" {
                return true
            }
        }
        return false
    }
}
