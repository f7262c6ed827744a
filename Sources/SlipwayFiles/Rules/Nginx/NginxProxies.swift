// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// The application sees the proxy's address and a name that nobody typed.
    static let proxyHeaders = Rule(
        "NX011", .warning, "a proxied location passes no Host or forwarded headers",
        why: "The application sees nginx as every client and its own name as the host: redirects, cookies, rate limits "
            + "and logs are wrong, and https looks like http.",
        catches: [
            "server {\n  location /api {\n    proxy_pass http://api:8000;\n  }\n}\n",
            RuleExample(
                "server {\n  location /api {\n    proxy_pass http://api:8000;\n    proxy_set_header Host $host;\n"
                    + "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n  }\n}\n"),
        ],
        passes: [
            RuleExample(
                "server {\n  location /api {\n    proxy_pass http://api:8000;\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n"
                    + "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto $scheme;\n  }\n}\n"
            ),
            "server {\n  location /s3 {\n    proxy_pass https://bucket.s3.amazonaws.com;\n  }\n}\n",
        ]
    ) { file in
        file.locations.compactMap { entry in
            guard let pass = entry.location.proxyPass, isOwn(pass), entry.location.directive.first("include") == nil,
                !entry.around.contains(where: {
                    $0.all("include").contains { $0.parameters.first?.contains("proxy") == true }
                })
            else { return nil }
            // Like add_header, proxy_set_header is inherited only where none stands.
            let blocks = entry.around + [entry.location.directive]
            let headers = blocks.last { !$0.all("proxy_set_header").isEmpty }?.all("proxy_set_header") ?? []
            let names = Set(headers.compactMap { $0.parameters.first?.lowercased() })
            var missing: [String] = []
            if !names.contains("host") { missing.append("Host $host") }
            if !names.contains("x-forwarded-for"), !names.contains("x-real-ip"), !names.contains("forwarded") {
                missing.append("X-Forwarded-For $proxy_add_x_forwarded_for")
            }
            if !names.contains("x-forwarded-proto"), !names.contains("x-scheme"), !names.contains("forwarded"),
                !names.contains("x-forwarded-ssl")
            {
                missing.append("X-Forwarded-Proto $scheme")
            }
            guard !missing.isEmpty else { return nil }
            let indent = String(repeating: " ", count: max(0, pass.position.column - 1))
            // A first header here would drop those that are inherited.
            let isSafe =
                entry.location.directive.all("proxy_set_header").count == headers.count && pass.line == pass.endLine
            return Violation(
                line: pass.line, column: pass.position.column,
                "the application is not told who asks; add: "
                    + missing.map { "proxy_set_header \($0);" }.joined(separator: " "),
                fix: isSafe
                    ? Fix(
                        "pass the headers on", line: pass.line + 1, count: 0,
                        replacement: missing.map { indent + "proxy_set_header \($0);" }) : nil)
        }
    }

    /// A public address belongs to somebody else, who wants none of this.
    private static func isOwn(_ pass: NginxDirective) -> Bool {
        guard let address = pass.parameters.first else { return false }
        let host =
            address.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? ""
        return !address.hasPrefix("https://") && !host.contains(".amazonaws.") && !address.contains("unix:")
    }

    /// `/static../secret`
    static let aliasTraversal = Rule(
        "NX012", .error, "an alias lets requests out of its folder",
        why: "A location without a final slash and an alias with one: a request for /static../ leaves the folder and "
            + "reads its neighbours.",
        catches: ["server {\n  location /static {\n    alias /srv/static/;\n  }\n}\n"],
        passes: [
            "server {\n  location /static/ {\n    alias /srv/static/;\n  }\n}\n",
            "server {\n  location = /robots.txt {\n    alias /srv/robots.txt;\n  }\n}\n",
        ]
    ) { file in
        file.locations.compactMap { entry in
            let location = entry.location
            guard let alias = location.alias, location.modifier == nil || location.modifier == "^~",
                !location.pattern.hasSuffix("/"), alias.hasSuffix("/")
            else { return nil }
            return Violation(line: location.directive.line, "write: location \(location.pattern)/ {")
        }
    }

    /// Half the file is missing from the answer.
    static let aliasMismatch = Rule(
        "NX013", .error, "location and alias do not end alike",
        why:
            "nginx replaces the location's text by the alias's: /static/a.css becomes /srv/statica.css, which does not exist.",
        catches: ["server {\n  location /static/ {\n    alias /srv/static;\n  }\n}\n"],
        passes: ["server {\n  location /static/ {\n    alias /srv/static/;\n  }\n}\n"]
    ) { file in
        file.locations.compactMap { entry in
            let location = entry.location
            guard let directive = location.directive.first("alias"), let alias = directive.parameters.first,
                location.modifier == nil || location.modifier == "^~", location.pattern.hasSuffix("/"),
                location.pattern.count > 1, !alias.hasSuffix("/"), !alias.contains("$")
            else { return nil }
            return Violation(line: directive.line, "write: alias \(alias)/;")
        }
    }

    /// The old address for ever.
    static let resolvedOnce = Rule(
        "NX014", .info, "an upstream's name is resolved once",
        why: "nginx resolves a literal host when it starts. A container that is replaced gets another address, and "
            + "nginx keeps asking the old one until somebody reloads it.",
        catches: ["server {\n  location /api {\n    proxy_pass http://api:8000;\n  }\n}\n"],
        passes: [
            "server {\n  resolver 127.0.0.11 valid=10s;\n  location /api {\n    set $api api;\n    proxy_pass http://$api:8000;\n  }\n}\n",
            "server {\n  location /api {\n    proxy_pass http://127.0.0.1:8000;\n  }\n}\n",
        ]
    ) { file in
        guard !file.document.all("server").contains(where: { $0.parameters.contains("resolve") }) else { return [] }
        let targets = ProxyTargets.of(file).filter { target in
            target.host.contains(where: \.isLetter) && target.host != "localhost"
                && !target.host.contains("host.docker")
        }
        return targets.prefix(1).map { target in
            Violation(
                line: target.line,
                "\(target.host) is resolved when nginx starts; add: resolver 127.0.0.11 valid=10s; and pass the host in a variable"
            )
        }
    }

    /// Long answers are cut.
    static let noTimeouts = Rule(
        "NX015", .info, "long answers are cut after a minute",
        why: "nginx gives up after 60 s without a byte: streams, events and slow reports end with 504.",
        catches: [
            "server {\n  location /api/stream {\n    proxy_pass http://api:8000;\n    proxy_buffering off;\n  }\n}\n",
            "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_set_header Upgrade $http_upgrade;\n  }\n}\n",
        ],
        passes: [
            "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_read_timeout 1h;\n  }\n}\n"
        ]
    ) { file in
        file.locations.compactMap { entry in
            let blocks = entry.around + [entry.location.directive]
            guard let pass = entry.location.proxyPass,
                !blocks.contains(where: { $0.first("proxy_read_timeout") != nil })
            else {
                return nil
            }
            let isLong =
                entry.location.directive.all("proxy_set_header").contains {
                    $0.parameters.first?.lowercased() == "upgrade"
                }
                || entry.location.directive.value("proxy_buffering") == "off"
            guard isLong else { return nil }
            return Violation(line: pass.line, "a quiet connection ends after 60 s; add: proxy_read_timeout 1h;")
        }
    }

    /// HTTP/1.0 knows no upgrade.
    static let upgradeWithoutVersion = Rule(
        "NX016", .error, "an upgrade over HTTP/1.0",
        why: "Before 1.29.7 nginx speaks HTTP/1.0 to upstreams unless told otherwise, and WebSocket handshakes need "
            + "1.1. Debian and Ubuntu bring such a version; a container's image is looked at.",
        catches: [
            "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection upgrade;\n  }\n}\n"
        ],
        passes: [
            "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection upgrade;\n  }\n}\n"
        ]
    ) { file in
        let containers = NginxContainers.all(in: file.repository).filter { $0.files.contains(file.location) }
        guard containers.isEmpty || !containers.allSatisfy(\.speaksHTTP11) else { return [] }
        return file.locations.compactMap { entry in
            let blocks = entry.around + [entry.location.directive]
            guard let pass = entry.location.proxyPass,
                let header = entry.location.directive.all("proxy_set_header").first(where: {
                    $0.parameters.first?.lowercased() == "upgrade"
                }), !blocks.contains(where: { $0.first("proxy_http_version") != nil })
            else { return nil }
            let indent = String(repeating: " ", count: max(0, header.position.column - 1))
            return Violation(
                line: header.line, "the handshake fails before nginx 1.29.7; add: proxy_http_version 1.1;",
                fix: pass.line == pass.endLine && header.line == header.endLine
                    ? Fix(
                        "speak HTTP/1.1", line: header.line, count: 0, replacement: [indent + "proxy_http_version 1.1;"]
                    ) : nil)
        }
    }

    /// Every request closes or upgrades.
    static let connectionAlwaysUpgrade = Rule(
        "NX017", .info, "Connection says upgrade on every request",
        why: "Plain requests with Connection: upgrade keep no connection alive, and some servers refuse them.",
        catches: [
            "server {\n  location /api {\n    proxy_pass http://api:8000;\n    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection \"upgrade\";\n  }\n}\n"
        ],
        passes: [
            "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection \"upgrade\";\n  }\n}\n"
        ]
    ) { file in
        file.locations.compactMap { entry in
            let pattern = entry.location.pattern.lowercased()
            guard
                !["ws", "socket", "hmr", "cable", "live", "hub", "stream", "realtime"].contains(where: {
                    pattern.contains($0)
                }),
                let header = entry.location.directive.all("proxy_set_header").first(where: {
                    $0.parameters.first?.lowercased() == "connection" && $0.parameters.last?.lowercased() == "upgrade"
                })
            else { return nil }
            return Violation(
                line: header.line,
                "plain requests are told to upgrade; write: map $http_upgrade $connection_upgrade { default upgrade; '' ''; } "
                    + "in http, and here: proxy_set_header Connection $connection_upgrade;")
        }
    }
}
