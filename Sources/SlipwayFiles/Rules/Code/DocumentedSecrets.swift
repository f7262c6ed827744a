// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A report that quotes what it warns of.
    static let secretInDocument = Rule(
        "EN247", .warning, "a document quotes a secret",
        why:
            "Everybody with a copy of the repository reads it: a report, a guide or a list of accounts keeps the password "
            + "alive after the file that held it was cleaned.",
        catches: [
            ["audits/secrets.md": "```\nPOSTGRES_PASSWORD=AMpxsswxrd3!\n```\n"],
            [
                "docs/ACCOUNTS.md":
                    "| Account | Email | Password |\n| --- | --- | --- |\n| Admin | root@shop.example | `Root@shop123` |\n"
            ],
            ["DEPLOY.md": "`export JWT_SECRET=k8Jd72hsKq0aZ91mXv`\n"],
            ["PLAN.md": "```\nSMS_API_KEY=fd5ca5fa0c505560e56caec82ba38306\n```\n"],
        ],
        passes: [
            ["README.md": "```\nPOSTGRES_PASSWORD=your-password-123A\nSECRET_KEY=change-Me-123\n```\n"],
            ["README.md": "```\nAPI_KEY=0123456789abcdef0123456789abcdef\n```\n"],
            ["README.md": "```\nPOSTGRES_PASSWORD=postgres\nJWT_SECRET=$(openssl rand -hex 32)\n```\n"],
            [
                "docs/ACCOUNTS.md":
                    "| Account | Email | Password |\n| --- | --- | --- |\n| Admin | a@b.example | ask the team |\n"
            ],
        ]
    ) { repository in
        repository.documents.flatMap { entry -> [Violation] in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ["PASSWORD", "assword", "SECRET", "TOKEN", "KEY"].contains(where: {
                    ByteSearch.contains($0.utf8, in: bytes)
                }),
                let text = repository.tree.text(entry.path)
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            var column: Int?
            var found: [Violation] = []
            for (index, line) in lines.enumerated() {
                let cells =
                    line.hasPrefix("|")
                    ? line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed) : []
                if cells.isEmpty { column = nil }
                if let place = cells.firstIndex(where: { $0.lowercased().contains("password") }) {
                    column = column ?? place
                }
                if let secret = assignment(in: line) {
                    found.append(Violation(file: entry.path, line: index + 1, advice(secret)))
                } else if let column, cells.indices.contains(column), isAccount(cells, at: column) {
                    found.append(
                        Violation(
                            file: entry.path, line: index + 1,
                            "the account's password is in every copy of the repository; change it wherever it works, and delete the line"
                        ))
                }
            }
            return Array(found.prefix(3))
        }
    }

    private static func advice(_ name: String) -> String {
        "\(name) is in every copy of the repository; change it wherever it is used, and write here: \(name)=..."
    }

    /// `NAME=value` whose value nobody has made up for a document.
    private static func assignment(in line: Substring) -> String? {
        guard line.utf8.count < 400, let equals = line.firstIndex(of: "=") else { return nil }
        let name = String(line[..<equals].reversed().prefix { $0.isUppercase || $0.isNumber || $0 == "_" }.reversed())
        let value = line[equals...].dropFirst().drop { "\"'".contains($0) }.prefix { !" \"'`\t)".contains($0) }
        guard name.count > 4, SecretText.isSecret(name: name), isMadeByMachine(String(value)) else { return nil }
        return name
    }

    private static func isAccount(_ cells: [String], at column: Int) -> Bool {
        let value = cells[column].filter { !"`*".contains($0) }
        let hasRights = cells.contains { cell in
            ["admin", "root", "super", "owner"].contains { cell.lowercased().contains($0) }
        }
        return hasRights && cells.contains { $0.contains("@") && $0.contains(".") } && value.utf8.count >= 6
            && !value.contains(" ")
            && value.contains(where: \.isNumber) && value.contains(where: \.isLetter) && !value.contains("<")
            && !value.contains("$")
    }

    /// Sixteen bytes or more as hexadecimal digits, of which no row was typed.
    private static func isDigest(_ value: String) -> Bool {
        let digits = value.utf8.count { (0x30...0x39).contains($0) }
        return (32...64).contains(value.utf8.count) && value.utf8.allSatisfy { $0 < 0x80 }
            && value.allSatisfy(\.isHexDigit) && digits >= 8 && value.utf8.count - digits >= 4
            && Set(value).count >= 10
            && !["abcdef", "123456", "012345", "deadbeef", "a1b2c3"].contains(where: value.lowercased().contains)
    }

    private static func isMadeByMachine(_ value: String) -> Bool {
        let lower = value.lowercased()
        if isDigest(value) { return true }
        let words = [
            "your", "change", "example", "secret", "password", "xxx", "...", "<", "$", "{", "[", "here", "token", "key",
            "test", "abc", "123456",
            "placeholder", "replace", "generate", "dummy", "sample", "insert", "admin", "demo", "dev", "local", "://",
        ]
        return (10...120).contains(value.utf8.count) && value.contains(where: \.isLowercase)
            && value.contains(where: \.isUppercase)
            && value.contains(where: \.isNumber) && !words.contains(where: lower.contains) && !value.hasPrefix("/")
            && value.allSatisfy { $0.isASCII }
    }
}
