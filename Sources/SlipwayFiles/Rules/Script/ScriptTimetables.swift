// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The shell opens the log before it starts the program.
    static let missingCronLog = Rule(
        "AP242", .error, "a job of cron logs into a folder that nothing makes",
        why:
            "The shell opens the log before it starts the program: without the folder the job never runs, and nobody hears "
            + "of it.",
        catches: [
            [
                "setup-cron.sh":
                    "#!/bin/bash\nset -e\ncat >> /tmp/c <<EOF\n0 * * * * curl -s https://a.example/x >> /var/log/shop/cron.log 2>&1\nEOF\ncrontab /tmp/c\n"
            ],
            ["deploy/crontab": "*/5 * * * * /opt/shop/run.sh > /var/log/shop/run.log\n"],
            ["docs/cron.md": "```\n0 3 * * * /opt/shop/backup.sh >> /var/log/shop/backup.log 2>&1\n```\n"],
        ],
        passes: [
            ["deploy/crontab": "*/5 * * * * /opt/shop/run.sh > /var/log/shop.log\n"],
            [
                "deploy/crontab": "*/5 * * * * /opt/shop/run.sh > /var/log/shop/run.log\n",
                "setup.sh": "#!/bin/sh\nmkdir -p /var/log/shop\n",
            ],
            ["deploy/crontab": "*/5 * * * * /opt/shop/run.sh > /var/log/nginx/run.log\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.tree.entries.filter { entry in
            let name = entry.name.lowercased()
            return (name.contains("cron") || name.hasSuffix(".sh") || name.hasSuffix(".md"))
                && ![".py", ".ts", ".js", ".rb", ".go", ".java", ".php"].contains(where: name.hasSuffix)
                && !entry.path.contains("node_modules/")
        }
        return files.compactMap { entry -> Violation? in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("* * ".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let folder = logFolder(of: line), !isMade(folder, in: repository) else { continue }
                return Violation(
                    file: entry.path, line: index + 1, "nothing makes \(folder); write before it: mkdir -p \(folder)",
                    severity: entry.name.hasSuffix(".md") ? .warning : nil)
            }
            return nil
        }
    }

    /// The folder below /var/log that a job's output goes to.
    private static func logFolder(of line: Substring) -> String? {
        let words = line.split { " \t\"'".contains($0) }.drop { $0 == "echo" || $0 == "(" }
        guard words.count > 6,
            words.prefix(5).allSatisfy({ word in word.allSatisfy { $0.isNumber || "*/,-".contains($0) } })
        else {
            return nil
        }
        for (index, word) in words.enumerated() where word.hasPrefix(">") {
            let path = word.drop { $0 == ">" }
            let target = path.isEmpty ? words.dropFirst(index + 1).first ?? "" : path
            let parts = target.split(separator: "/")
            guard target.hasPrefix("/var/log/"), parts.count > 3, !target.contains("$") else { continue }
            let known: Set<Substring> = [
                "nginx", "apache2", "httpd", "mysql", "postgresql", "supervisor", "letsencrypt", "redis", "journal",
            ]
            return known.contains(parts[2]) ? nil : "/" + parts.dropLast().joined(separator: "/")
        }
        return nil
    }

    /// Whether any file makes the folder, or mounts something there.
    private static func isMade(_ folder: String, in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard !entry.path.contains("node_modules/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000,
                ByteSearch.contains(folder.utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                line.contains(folder)
                    && [
                        "mkdir", "install -d", "makedirs", "LogsDirectory", ":" + folder, "tmpfiles", "path: " + folder,
                    ].contains(where: line.contains)
            }
        }
    }
}
