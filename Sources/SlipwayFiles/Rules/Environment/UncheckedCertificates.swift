// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Encrypted for whoever answers.
    static let uncheckedPeer = Rule(
        "EN233", .warning, "the certificate of another server is not checked",
        why: "The connection is encrypted for whoever answers: anybody on the way to the database, the broker or the "
            + "service reads its password and changes what it says.",
        catches: [
            ["src/db.ts": "new Pool({ ssl: { require: true, rejectUnauthorized: false } })\n"],
            ["app/tasks.py": "broker_use_ssl = {\"ssl_cert_reqs\": ssl.CERT_NONE}\n"],
            ["main.go": "tls.Config{InsecureSkipVerify: true}\n"],
            ["app/client.py": "requests.get(url, verify=False)\n"],
        ],
        passes: [
            ["src/db.ts": "new Pool({ ssl: { ca: process.env.DATABASE_CA } })\n"],
            ["tests/client.py": "requests.get(url, verify=False)\n"],
            ["src/db.ts": "// ssl: { rejectUnauthorized: false }\n"],
            ["app/client.py": "jwt.decode(token, verify=False)\n"],
        ]
    ) { repository in
        repository.codeFiles(with: Self.signs.values.flatMap { $0.map(\.sign) }).compactMap { entry in
            guard let ending = entry.name.split(separator: ".").last.map(String.init), let signs = Self.signs[ending],
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                signs.contains(where: { ByteSearch.contains($0.sign.utf8, in: bytes) }),
                !["test", "spec", "mock", "example", "script"].contains(where: {
                    ByteSearch.contains($0, in: entry.path.lowercased())
                }), let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                guard let sign = signs.first(where: { line.contains($0.sign) }), !isRemark(line),
                    sign.beside.isEmpty || sign.beside.contains(where: line.contains),
                    !["localhost", "127.0.0.1", "isDev", "DEBUG"].contains(where: line.contains)
                else { continue }
                return Violation(file: entry.path, line: index + 1, "takes any certificate; \(sign.advice)")
            }
            return nil
        }
    }

    private static func isRemark(_ line: Substring) -> Bool {
        ["//", "#", "*"].contains(where: line.trimmed.hasPrefix)
    }

    /// What turns the check off, what must stand on the same line, and what to do instead.
    private typealias Sign = (sign: String, beside: [String], advice: String)

    private static var signs: [String: [Sign]] {
        let script: [Sign] = [
            ("rejectUnauthorized: false", [], "delete rejectUnauthorized, and give the provider's certificate as ca"),
            (
                "NODE_TLS_REJECT_UNAUTHORIZED", ["= '0'", "= \"0\"", "= 0"],
                "delete the line, and give the certificate in NODE_EXTRA_CA_CERTS"
            ),
        ]
        let python: [Sign] = [
            ("CERT_NONE", ["cert_reqs", "verify_mode"], "write: ssl.CERT_REQUIRED"),
            (
                "verify=False", ["requests.", "httpx.", "Client(", "session.", ".get(", ".post("],
                "delete verify=False, or name the certificate: verify=\"ca.pem\""
            ),
        ]
        return [
            "js": script, "ts": script, "py": python,
            "go": [("InsecureSkipVerify: true", [], "delete InsecureSkipVerify, and give the certificate as RootCAs")],
            "rb": [("VERIFY_NONE", ["verify_mode"], "write: OpenSSL::SSL::VERIFY_PEER")],
            "rs": [("danger_accept_invalid_certs(true)", [], "write: add_root_certificate")],
        ]
    }
}
