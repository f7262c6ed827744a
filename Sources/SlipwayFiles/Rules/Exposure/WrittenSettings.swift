// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever follows the guide has the key that everybody knows.
    static let writtenSecret = Rule(
        "EN423", .warning, "a guide or a script writes a settings file with a secret that everybody can read",
        why:
            "The text between the marks becomes the server's .env as it stands: everybody with the repository knows the key "
            + "that signs its tokens, or the password of its database.",
        catches: [
            [
                "DEPLOY.md":
                    "```bash\ncat > /opt/shop/.env << 'EOF'\nDEBUG=false\nSECRET_KEY=dev-secret-key-for-testing\nEOF\n```\n"
            ],
            [
                "fix-port.sh":
                    "#!/bin/sh\nset -e\ncat > .env <<EOF\nDATABASE_URL=postgresql://shop_user:shop_pass_17@host.docker.internal:6432/shop\nEOF\n"
            ],
        ],
        passes: [
            [
                "DEPLOY.md":
                    "```bash\ncat > .env << 'EOF'\nSECRET_KEY=your-secret-key\nJWT_SECRET=<generate it>\nEOF\n```\n"
            ],
            ["DEPLOY.md": "```bash\ncat > .env << EOF\nSECRET_KEY=$(openssl rand -hex 32)\nEOF\n```\n"],
            ["DEPLOY.md": "```bash\ncat > compose.yml << EOF\nSECRET_KEY=dev-secret-key-for-testing\nEOF\n```\n"],
            ["scripts/dev.sh": "#!/bin/sh\nset -e\ncat > .env <<EOF\nSECRET_KEY=dev-secret-key-for-testing\nEOF\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let development = Set(repository.scripts.filter(\.isForDevelopment).map(\.location))
        var told: [String: Int] = [:]
        return repository.toldSettings.flatMap { settings -> [Violation] in
            guard settings.isWritten, !development.contains(settings.file), !DevelopmentPath.isLikely(settings.file),
                !WrittenSettings.isForDevelopment(settings.target)
            else { return [] }
            // Names of secrets in scripts are looked for where all their assignments are.
            let secrets = settings.assignments.filter { assignment in
                WrittenSettings.isSecret(assignment)
                    && (assignment.value.contains("://") || !settings.file.hasSuffix(".sh"))
            }
            return secrets.compactMap { secret in
                told[settings.file, default: 0] += 1
                guard told[settings.file, default: 0] <= 2 else { return nil }
                return Violation(
                    file: settings.file, line: secret.line,
                    "everybody can read \(secret.name), which the server gets as it stands; write "
                        + (secret.value.contains("://")
                            ? "a variable in the place of the password: ${DB_PASSWORD:?}"
                            : "\(secret.name)=$(openssl rand -hex 32)"))
            }
        }
    }
}

/// Values that a guide or a script puts into a settings file.
private enum WrittenSettings {
    /// Whether the file is an example, or one of developers.
    static func isForDevelopment(_ target: String?) -> Bool {
        let name = target.map { SourceTree.Entry(path: $0).name } ?? ".env"
        return ["example", "sample", "dev", "local", "test"].contains(where: name.contains)
    }

    private static let places = [
        "your", "change", "xxx", "...", "<", ">", "$", "{", "here", "generate", "replace", "example", "placeholder",
        "paste",
        "insert", "fill", "todo", "openssl", "random", "[", "*",
    ]

    static func isSecret(_ assignment: ToldSettings.Assignment) -> Bool {
        let value = assignment.value.filter { $0 != "\"" && $0 != "'" }.trimmed
        let lower = value.lowercased()
        guard value.utf8.count >= 6, !value.contains(" "), !places.contains(where: lower.contains),
            !SecretText.isPlaceholder(value)
        else { return false }
        if let password = SecretText.password(inAddress: value) {
            let common = ["password", "pass", "postgres", "root", "user", "admin", "guest", "secret", "mysql"]
            return password.utf8.count >= 4 && !common.contains(password.lowercased())
        }
        return SecretText.isSecret(name: assignment.name) && !value.contains("://")
    }
}
