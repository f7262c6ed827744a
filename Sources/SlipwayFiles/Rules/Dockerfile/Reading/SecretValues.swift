// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Values and files that are secrets.
enum SecretValues {
    private static let prefixes = [
        "sk_live_", "rk_live_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "ASIA",
        "AIza",
        "eyJhbGci", "npm_", "SG.", "-----BEGIN", "dckr_pat_", "hf_", "sk-ant-", "sk-proj-", "key-",
    ]
    private static let placeholders = [
        "dummy", "fake", "placeholder", "example", "change", "replace", "your", "xxx", "test", "build", "todo", "none",
        "null", "secret", "password", "default", "sample", "insecure", "unsafe", "insert", "temp", "random", "local",
        "not-", "not_", "notused", "development", "<", "{{", "***",
    ]

    static func isReal(_ written: String, of name: String) -> Bool {
        let value = written.filter { $0 != "\"" && $0 != "'" }
        guard !value.contains("$"), value.utf8.count >= 12 else { return false }
        if prefixes.contains(where: value.hasPrefix) { return value.utf8.count >= 20 || value.hasPrefix("sk_live_") }
        let lowerName = name.lowercased()
        guard SecretVariables.isSecret(name),
            !["_file", "_path", "_url", "username", "public", "tokenizer", "email"].contains(where: lowerName.contains)
        else { return false }
        let lower = value.lowercased()
        guard !placeholders.contains(where: lower.contains), !value.hasPrefix("/"), !value.contains("://"),
            !value.contains(" ")
        else { return false }
        let kinds = [
            value.contains { $0.isLowercase }, value.contains { $0.isUppercase }, value.contains { $0.isNumber },
        ].count { $0 }
        return kinds >= 2
    }

    /// How Google's consoles and their guides call the file with an account's private key.
    private static let keyNames = ["firebase-adminsdk", "serviceaccountkey", "service-account", "service_account"]

    static func isSecretFile(_ path: String) -> Bool {
        let name = path.filter { $0 != "\"" && $0 != "'" }.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name == ".env" || name.hasPrefix(".env.") {
            return !["example", "sample", "template", "dist", "defaults", "test", "*", "schema"].contains {
                name.contains($0)
            }
        }
        if name.hasSuffix(".key") || name.hasSuffix(".p12") || name.hasSuffix(".pfx") || name.hasSuffix(".keystore") {
            return !name.hasPrefix("public") && name != "*.key"
        }
        if name.hasSuffix(".json"), keyNames.contains(where: { name.contains($0) }), !name.contains("example") {
            return true
        }
        return [
            "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".netrc", ".pypirc", ".git-credentials", "credentials.json",
            "service-account.json", "serviceaccount.json", ".ssh", ".aws", "secrets.yml", "secrets.json", "master.key",
        ].contains(name)
    }
}
