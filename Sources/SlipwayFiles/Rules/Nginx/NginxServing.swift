// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// `/about` and everything that has it inside.
    static let openRegularExpression = Rule(
        "NX021", .warning, "a regular expression matches more than its beginning says",
        why: "Without ^ a regular expression matches anywhere in the path, and regular expressions are stronger than "
            + "prefixes: pages with the same word in their path go to the wrong place.",
        catches: ["server {\n  location ~ /api/ {\n    proxy_pass http://api;\n  }\n}\n"],
        passes: [
            "server {\n  location ~ ^/api/ {\n    proxy_pass http://api;\n  }\n}\n",
            "server {\n  location ~* \\.(js|css)$ {\n    expires 1y;\n  }\n}\n",
        ]
    ) { file in
        file.locations.compactMap { entry in
            let location = entry.location
            guard location.modifier == "~" || location.modifier == "~*", location.pattern.hasPrefix("/"),
                !location.pattern.hasSuffix("$"), location.pattern.dropFirst().first?.isLetter == true
            else { return nil }
            return Violation(
                line: location.directive.line, column: location.directive.position.column,
                "\(location.pattern) matches anywhere in a path; write: location \(location.modifier ?? "~") ^\(location.pattern)"
            )
        }
    }

    /// The browser never arrives.
    static let redirectLoop = Rule(
        "NX022", .error, "a TLS server redirects to itself",
        why:
            "The server that answers https redirects every request to https again, and browsers stop with too many redirects.",
        catches: [
            "server {\n  listen 443 ssl;\n  server_name a.example;\n  location / {\n    return 301 https://$host$request_uri;\n  }\n}\n"
        ],
        passes: [
            "server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n",
            "server {\n  listen 443 ssl;\n  server_name www.a.example;\n  return 301 https://a.example$request_uri;\n}\n",
        ]
    ) { file in
        file.document.servers.flatMap { server -> [Violation] in
            let listens = server.listens
            guard !listens.isEmpty,
                listens.allSatisfy({ $0.parameters.contains("ssl") || $0.parameters.first?.hasSuffix("443") == true })
            else { return [] }
            let blocks = [server.directive] + server.locations.filter { $0.pattern == "/" }.map(\.directive)
            return blocks.flatMap { $0.all("return") }.compactMap { directive in
                guard ["301", "302", "307", "308"].contains(directive.parameters.first ?? ""),
                    let target = directive.parameters.last,
                    target.hasPrefix("https://$host") || target.hasPrefix("https://$server_name")
                        || target.hasPrefix("https://$http_host")
                else { return nil }
                return Violation(
                    line: directive.line, "this server is https already; delete the line, and serve the files here")
            }
        }
    }

    /// A server's own return comes before its locations.
    static let unreachedLocations = Rule(
        "NX028", .warning, "a server's return hides its locations",
        why:
            "nginx answers a return of the server before it looks for a location: none of them is ever reached, that of "
            + "the certificate's renewal neither.",
        catches: [
            "server {\n  listen 80;\n  return 301 https://$host$request_uri;\n  location /.well-known/acme-challenge/ {\n    root /var/www/certbot;\n  }\n}\n"
        ],
        passes: [
            "server {\n  listen 80;\n  location / {\n    return 301 https://$host$request_uri;\n  }\n  location /.well-known/acme-challenge/ {\n    root /var/www/certbot;\n  }\n}\n",
            "server {\n  listen 80;\n  if ($host = a.example) {\n    return 301 https://$host$request_uri;\n  }\n  location / {\n    root /srv;\n  }\n}\n",
        ]
    ) { file in
        file.document.servers.compactMap { server in
            guard let answer = server.directive.all("return").first, !server.locations.isEmpty else { return nil }
            let renewal = server.locations.first { $0.pattern.contains("acme-challenge") }
            let hidden = (renewal ?? server.locations[0]).pattern
            return Violation(
                line: answer.line, column: answer.position.column,
                "\(hidden) is never reached; write: location / { return \(answer.parameters.joined(separator: " ")); }",
                severity: renewal == nil ? .warning : .error)
        }
    }

    /// Any page may act in the name of whoever visits it.
    static let everyOriginWithCredentials = Rule(
        "NX029", .warning, "every origin may send requests with the visitor's login",
        why:
            "nginx answers the asking origin by name and allows credentials: any page that a signed-in visitor opens can "
            + "read and change what is theirs.",
        catches: [
            "server {\n  location /api/ {\n    add_header Access-Control-Allow-Origin $http_origin always;\n    add_header Access-Control-Allow-Credentials true always;\n    proxy_pass http://api;\n  }\n}\n"
        ],
        passes: [
            "server {\n  location /api/ {\n    add_header Access-Control-Allow-Origin https://a.example always;\n    add_header Access-Control-Allow-Credentials true always;\n    proxy_pass http://api;\n  }\n}\n",
            "server {\n  location /api/ {\n    if ($http_origin ~ ^https://a.example$) {\n      add_header Access-Control-Allow-Origin $http_origin;\n      add_header Access-Control-Allow-Credentials true;\n    }\n  }\n}\n",
        ]
    ) { file in
        let blocks = file.document.servers.flatMap { server in
            [server.directive] + server.locations.map(\.directive)
        }
        return blocks.compactMap { block in
            let headers = block.all("add_header")
            guard
                let origin = headers.first(where: {
                    $0.parameters.first?.lowercased() == "access-control-allow-origin"
                        && $0.parameters.dropFirst().first == "$http_origin"
                }),
                headers.contains(where: {
                    $0.parameters.first?.lowercased() == "access-control-allow-credentials"
                        && $0.parameters.dropFirst().first == "true"
                })
            else { return nil }
            return Violation(
                line: origin.line, column: origin.position.column,
                "every page may ask with the visitor's login; map $http_origin to the origins that may")
        }
    }

    /// What the process's account cannot write.
    static let rootOnlyPaths = Rule(
        "NX023", .info, "the pid file needs root",
        why: "An nginx that runs without root cannot write below /run or /var/run, and does not start.",
        catches: ["pid /var/run/nginx.pid;\nevents {}\nhttp {\n  server {\n    listen 8080;\n  }\n}\n"],
        passes: [
            "pid /tmp/nginx.pid;\nevents {}\nhttp {\n  server {\n    listen 8080;\n  }\n}\n",
            "pid /run/nginx.pid;\nuser nginx;\nevents {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n",
        ]
    ) { file in
        guard let pid = file.document.all("pid").first, let path = pid.parameters.first,
            path.hasPrefix("/var/run/") || path.hasPrefix("/run/"), file.document.all("user").isEmpty,
            !file.document.servers.isEmpty, file.document.servers.allSatisfy({ $0.ports.allSatisfy { $0 > 1023 } })
        else { return [] }
        return [
            Violation(
                line: pid.line, "without root nginx cannot write \(path); write: pid /tmp/nginx.pid;",
                fix: pid.line == pid.endLine
                    ? Fix(
                        "write the pid where everybody may", line: pid.line, count: 1,
                        replacement: ["pid /tmp/nginx.pid;"]) : nil)
        ]
    }

    /// The version for everybody who looks for known holes.
    static let versionShown = Rule(
        "NX024", .info, "nginx tells its version",
        why: "The Server header and error pages say the exact version, which is what scanners look for.",
        catches: ["http {\n  server {\n    listen 80;\n  }\n}\n"],
        passes: ["http {\n  server_tokens off;\n  server {\n    listen 80;\n  }\n}\n"]
    ) { file in
        guard let http = file.document.all("http").first, file.document.all("server_tokens").isEmpty,
            file.document.all("include").allSatisfy({ $0.parameters.first?.contains("mime.types") == true })
        else { return [] }
        return [
            Violation(
                line: http.line, "add to http: server_tokens off;",
                fix: insertion(into: http, "server_tokens off;", in: file.textLines))
        ]
    }

    /// After a brace that ends its line.
    private static func insertion(into block: NginxDirective, _ text: String, in lines: [Substring]) -> Fix? {
        guard lines.indices.contains(block.line - 1), lines[block.line - 1].trimmed.hasSuffix("{"),
            let inner = block.block?.first, inner.line > block.line
        else { return nil }
        let indent = String(repeating: " ", count: max(0, inner.position.column - 1))
        return Fix("hide the version", line: block.line + 1, count: 0, replacement: [indent + text])
    }

    /// Styles and scripts as plain text.
    static let missingTypes = Rule(
        "NX025", .error, "no types: browsers refuse styles and scripts",
        why: "Without mime.types every file is text/plain or a download, and browsers refuse styles and modules.",
        catches: ["events {}\nhttp {\n  server {\n    root /usr/share/nginx/html;\n  }\n}\n"],
        passes: [
            "events {}\nhttp {\n  include /etc/nginx/mime.types;\n  server {\n    root /usr/share/nginx/html;\n  }\n}\n",
            "events {}\nhttp {\n  server {\n    location / {\n      proxy_pass http://a:1;\n    }\n  }\n}\n",
        ]
    ) { file in
        guard let http = file.document.all("http").first, http.block != nil, !file.document.all("root").isEmpty,
            file.document.all("types").isEmpty,
            !file.document.all("include").contains(where: { include in
                let path = include.parameters.first ?? ""
                return path.contains("mime.types") || path.contains("conf.d") || path.contains("*")
            })
        else { return [] }
        return [
            Violation(
                line: http.line, "add to http: include /etc/nginx/mime.types;",
                fix: insertion(into: http, "include /etc/nginx/mime.types;", in: file.textLines))
        ]
    }

    /// Two servers, and one never answers.
    static let sameServerTwice = Rule(
        "NX026", .warning, "two servers have one name and port",
        why: "nginx ignores the second server of the same name on the same port, with a warning that few people read.",
        catches: ["server {\n  listen 80;\n  server_name a;\n}\nserver {\n  listen 80;\n  server_name a;\n}\n"],
        passes: ["server {\n  listen 80;\n  server_name a;\n}\nserver {\n  listen 80;\n  server_name b;\n}\n"]
    ) { file in
        var seen: [String: Int] = [:]
        var found: [Violation] = []
        for server in file.document.servers {
            let listens = Set(server.listens.compactMap(\.parameters.first))
            var names = server.names
            if names.isEmpty { names = [""] }
            for listen in listens.sorted() {
                for name in names where !listen.contains("$") && !name.contains("$") {
                    let key = "\(listen) \(name)"
                    if let first = seen[key], first != server.directive.line {
                        found.append(
                            Violation(
                                line: server.directive.line,
                                "the server of line \(first) answers \(name.isEmpty ? listen : name) already; give this one another server_name"
                            ))
                    } else {
                        seen[key] = server.directive.line
                    }
                }
            }
        }
        var lines: Set<Int> = []
        return found.filter { lines.insert($0.line ?? 0).inserted }
    }

    /// Broken and readable by all who listen.
    static let oldTLS = Rule(
        "NX027", .warning, "old TLS versions are accepted",
        why: "SSLv3, TLS 1.0 and 1.1 are broken and refused by browsers (RFC 8996).",
        catches: ["server {\n  listen 443 ssl;\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n"],
        passes: ["server {\n  listen 443 ssl;\n  ssl_protocols TLSv1.2 TLSv1.3;\n}\n"]
    ) { file in
        file.document.all("ssl_protocols").compactMap { directive in
            guard directive.parameters.contains(where: { ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"].contains($0) }) else {
                return nil
            }
            let column = max(0, directive.position.column - 1)
            return Violation(
                line: directive.line, "write: ssl_protocols TLSv1.2 TLSv1.3;",
                fix: directive.line == directive.endLine
                    ? Fix(
                        "accept TLS 1.2 and 1.3", line: directive.line, count: 1,
                        replacement: [String(repeating: " ", count: column) + "ssl_protocols TLSv1.2 TLSv1.3;"]) : nil)
        }
    }
}
