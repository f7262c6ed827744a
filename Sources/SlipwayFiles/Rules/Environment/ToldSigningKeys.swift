// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everybody who reads the guide can sign tokens.
    static let toldSecret = Rule(
        "EN440", .warning, "the guide's command writes a known text as the key that signs",
        why:
            "A here-document is copied as it is. Sessions and tokens of every server that is set up so are signed with the "
            + "text that stands in the repository.",
        catches: [
            [
                "DEPLOY.md":
                    "```bash\ncat > .env << 'EOF'\nSECRET_KEY=dev-secret-key-for-testing\nDEBUG=False\nEOF\ndocker compose up -d\n```\n"
            ]
        ],
        passes: [
            [
                "DEPLOY.md":
                    "```bash\ncat > .env << EOF\nSECRET_KEY=$(openssl rand -hex 32)\nDEBUG=False\nEOF\ndocker compose up -d\n```\n"
            ],
            [
                "DEPLOY.md":
                    "```bash\ncat > .env << 'EOF'\nSECRET_KEY=change-me\nDEBUG=False\nEOF\ndocker compose up -d\n```\n"
            ],
            [
                "README.md":
                    "```bash\ncat > .env << 'EOF'\nSECRET_KEY=dev-secret-key-for-testing\nDEBUG=True\nEOF\n```\n"
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let stands = [
            "your", "change", "<", "replace", "xxx", "generate", "here", "...", "$", "{", "[", "todo", "set-", "paste",
        ]
        return repository.toldSettings.filter { $0.isWritten && isOfServer($0) }.flatMap { told in
            told.assignments.compactMap { assignment in
                let lower = assignment.value.lowercased()
                guard SecretText.signs(assignment.name), assignment.value.utf8.count >= 4,
                    // A stand-in in another language says the same as these words.
                    assignment.value.utf8.allSatisfy({ $0 < 0x80 }),
                    !stands.contains(where: lower.contains)
                else { return nil }
                return Violation(
                    file: told.file, line: assignment.line,
                    "whoever follows the steps signs with this text; write: \(assignment.name)=$(openssl rand -hex 32), and "
                        + "the end word without quotes")
            }
        }
    }

    /// Whether the file is for a server and not for the developer's machine.
    private static func isOfServer(_ told: ToldSettings) -> Bool {
        guard told.file.hasSuffix(".md"), !DevelopmentPath.isLikely(told.file) else { return false }
        let name = SourceTree.Entry(path: told.file).name.lowercased()
        if ["deploy", "prod", "server", "hosting", "vps"].contains(where: name.contains) { return true }
        return told.assignments.contains { $0.value.lowercased() == "production" }
    }
}
