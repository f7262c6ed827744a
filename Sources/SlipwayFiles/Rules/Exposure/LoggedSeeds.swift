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
            [
                "a/management/commands/create_dev_superuser.py":
                    "self.stdout.write(self.style.SUCCESS(f'made {email} / {password}'))\n",
                "railway.toml": "[deploy]\nstartCommand = \"bash start.sh\"\n",
                "start.sh": "python manage.py create_dev_superuser\nexec gunicorn a.wsgi\n",
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
        let (endings, words) = ([".ts", ".js", ".mjs", ".py", ".rb"], ["assword", "PASSWORD"])
        let sources =
            repository.code(endings, with: words)
            + StartingText.hiddenCode(in: repository, starts, endings, words)
        return sources.compactMap { code in
            let name = SourceTree.Entry(path: code.path).name
            let stem = String(name.prefix { $0 != "." })
            guard ["seed", "admin", "init", "superuser"].contains(where: stem.lowercased().contains),
                stem.utf8.count > 3,
                starts.contains(where: { StartingText.names(stem, in: $0) }), let line = LoggedSeed.line(in: code)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "the container's log keeps the password; leave it out, and let the account set its own at the first login"
            )
        }
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
