// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The configuration fits one machine, and there it goes round by the outside.
    static let proxyToFixedAddress = Rule(
        "AP296", .warning, "a proxy leads to the public address of one machine",
        why:
            "On any other machine visitors get somebody else's server, and on that one requests leave and come back through "
            + "the firewall, unencrypted, to a port that has to be open to everybody.",
        catches: [
            ["nginx/default.conf": "server {\n  location / {\n    proxy_pass http://203.0.113.7:3000;\n  }\n}\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncat > /etc/nginx/sites-available/a << 'EOF'\nserver {\n  location / {\n    proxy_pass http://203.0.113.7:3000;\n  }\n}\nEOF\n"
            ],
            ["Caddyfile": "a.example {\n  reverse_proxy 203.0.113.7:3000\n}\n"],
        ],
        passes: [
            ["nginx/default.conf": "server {\n  location / {\n    proxy_pass http://127.0.0.1:3000;\n  }\n}\n"],
            ["nginx/default.conf": "server {\n  location / {\n    proxy_pass http://10.0.0.4:3000;\n  }\n}\n"],
            ["nginx/default.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n"],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            guard
                entry.name == "Caddyfile" || entry.name.contains("nginx")
                    || [".conf", ".sh", ".template"].contains(where: entry.name.hasSuffix),
                !DevelopmentPath.isLikely(entry.path), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000,
                ByteSearch.contains("proxy".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                let body = line.trimmed
                guard body.hasPrefix("proxy_pass http") || body.hasPrefix("reverse_proxy "),
                    let host = publicHost(in: body)
                else { return nil }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(host) is one machine's public address; write the service's name, or 127.0.0.1")
            }
        }
    }

    /// An IPv4 address that is no private one (RFC 1918, 6598, 3927, 1122).
    private static func publicHost(in line: String) -> String? {
        for word in line.split(whereSeparator: { !($0.isNumber || $0 == ".") }) {
            let numbers = word.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
            guard numbers.count == 4, word.count(where: { $0 == "." }) == 3 else { continue }
            let isPrivate =
                [0, 10, 127].contains(numbers[0]) || numbers[0] == 192 && numbers[1] == 168
                || numbers[0] == 172 && (16...31).contains(numbers[1]) || numbers[0] == 169 && numbers[1] == 254
                || numbers[0] == 100 && (64...127).contains(numbers[1])
            if !isPrivate { return String(word) }
        }
        return nil
    }
}
