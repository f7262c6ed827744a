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
        let texts =
            repository.documents.map(\.path)
            + repository.scripts.filter { !$0.isForDevelopment }.map(\.location)
        return texts.filter { !DevelopmentPath.isLikely($0) }.flatMap { path -> [Violation] in
            guard let bytes = repository.tree.bytes(path), bytes.count < 300_000,
                ByteSearch.contains("<<".utf8, in: bytes), ByteSearch.contains(".env".utf8, in: bytes),
                let text = repository.tree.text(path)
            else { return [] }
            // Names of secrets in scripts are looked for where all their assignments are.
            let secrets = WrittenSettings.secrets(in: text).filter { $0.isAddress || !path.hasSuffix(".sh") }
            return secrets.prefix(2).map { secret in
                Violation(
                    file: path, line: secret.line,
                    "everybody can read \(secret.name), which the server gets as it stands; write "
                        + (secret.isAddress
                            ? "a variable in the place of the password: ${DB_PASSWORD:?}"
                            : "\(secret.name)=$(openssl rand -hex 32)"))
            }
        }
    }
}

/// Dotenv files that a shell is told to write with the text that follows.
private enum WrittenSettings {
    static func secrets(in text: String) -> [(name: String, line: Int, isAddress: Bool)] {
        var found: [(name: String, line: Int, isAddress: Bool)] = []
        var end: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if let mark = end {
                if body == mark || body.hasPrefix("```") {
                    end = nil
                } else if let name = secret(in: body) {
                    found.append((name, index + 1, body.contains("://")))
                }
                continue
            }
            end = mark(in: body)
        }
        return found
    }

    /// The word that ends the text, when a line opens one for a dotenv file.
    private static func mark(in line: String) -> String? {
        guard let range = TextSearch.range(of: "<<", in: line[...]), line.contains(">"),
            line.contains("cat ") || line.contains("tee ")
        else { return nil }
        let isDotenv = line.split { " >\"'".contains($0) }.contains { word in
            let name = word.split(separator: "/").last ?? word
            return name == ".env"
                || name.hasPrefix(".env.") && !name.contains("example") && !name.contains("dev")
                    && !name.contains("local") && !name.contains("test")
        }
        let word = line[range.upperBound...].drop { "-'\" ".contains($0) }.prefix { $0.isLetter || $0 == "_" }
        return isDotenv && !word.isEmpty ? String(word) : nil
    }

    private static let places = [
        "your", "change", "xxx", "...", "<", ">", "$", "{", "here", "generate", "replace", "example", "placeholder",
        "paste",
        "insert", "fill", "todo", "openssl", "random", "[", "*",
    ]

    private static func secret(in line: String) -> String? {
        guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { return nil }
        let name = String(line[..<equals])
        let value = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }.trimmed
        let lower = value.lowercased()
        guard name.allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" }), value.utf8.count >= 6,
            !places.contains(where: lower.contains), !SecretText.isPlaceholder(value)
        else { return nil }
        if let password = SecretText.password(inAddress: value) {
            let common = ["password", "pass", "postgres", "root", "user", "admin", "guest", "secret", "mysql"]
            return password.utf8.count >= 4 && !common.contains(password.lowercased()) ? name : nil
        }
        guard SecretText.isSecret(name: name), !value.contains("://") else { return nil }
        return value.contains(" ") ? nil : name
    }
}
