// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The shell opens the file, not sudo's program.
    static let redirectedBySudo = Rule(
        "AP495", .warning, "sudo before a command whose output goes to a file of the system",
        why: "The reader's own shell opens the file before sudo runs: permission denied, and the file is not written.",
        catches: [
            ["DEPLOY.md": "```bash\nsudo cat > /etc/nginx/sites-available/app <<'EOF'\nserver {}\nEOF\n```\n"],
            ["DEPLOY.md": "```bash\nsudo echo 'vm.overcommit_memory=1' >> /etc/sysctl.conf\n```\n"],
        ],
        passes: [
            [
                "DEPLOY.md":
                    "```bash\nsudo tee /etc/nginx/sites-available/app > /dev/null <<'EOF'\nserver {}\nEOF\n```\n"
            ],
            ["DEPLOY.md": "```bash\nsudo sh -c 'echo a >> /etc/sysctl.conf'\n```\n"],
            ["DEPLOY.md": "```bash\nssh root@203.0.113.7\nsudo cat > /etc/motd\n```\n"],
            ["DEPLOY.md": "```bash\nsudo cat /etc/passwd > users.txt\n```\n"],
        ]
    ) { repository in
        var roots: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard told.teller == .document else { return nil }
            let words = told.command.words.map(\.text)
            if words.contains(where: { $0.hasPrefix("root@") }) || words.starts(with: ["sudo", "-i"])
                || words.starts(with: ["sudo", "su"])
            {
                roots.insert(told.file)
            }
            guard words.first == "sudo", words.count > 1, ["cat", "echo", "printf"].contains(words[1]),
                !roots.contains(told.file),
                let target = told.command.redirections.lazy.compactMap(Self.file).first(where: isOfSystem)
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "the shell, not sudo, opens \(target); write: | sudo tee \(target) > /dev/null")
        }
    }

    private static func file(of redirection: String) -> String? {
        guard redirection.hasPrefix(">") else { return nil }
        return String(redirection.drop { $0 == ">" || $0 == " " })
    }

    private static func isOfSystem(_ path: String) -> Bool {
        ["/etc/", "/usr/", "/lib/", "/opt/", "/var/"].contains(where: path.hasPrefix)
    }
}
