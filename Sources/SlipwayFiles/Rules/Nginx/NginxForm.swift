// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// A header of several lines is no header.
    static let brokenHeader = Rule(
        "NX030", .error, "a header's value has a line break",
        why:
            "nginx sends the text as it stands, line breaks and backslashes too: HTTP/2 and every proxy in front refuse "
            + "the answer, and browsers drop the policy.",
        catches: [
            "server {\n  add_header Content-Security-Policy \"default-src 'self'; \\\n    img-src *\" always;\n}\n",
            "server {\n  location / {\n    proxy_set_header X-Policy 'a\nb';\n  }\n}\n",
        ],
        passes: [
            "server {\n  add_header Content-Security-Policy\n    \"default-src 'self'; img-src *\"\n    always;\n}\n"
        ]
    ) { file in
        let names = ["add_header", "more_set_headers", "proxy_set_header"]
        return names.flatMap(file.document.all).compactMap { directive in
            guard let place = directive.parameters.firstIndex(where: { $0.contains { $0.isNewline } }) else {
                return nil
            }
            return Violation(
                line: directive.parameterPositions.indices.contains(place)
                    ? directive.parameterPositions[place].line : directive.line,
                "\(directive.parameters.first ?? "the header") is sent with its line breaks; write its value on one line"
            )
        }
    }

    /// It still works, and the next version may not read it.
    static let listenHTTP2 = Rule(
        "NX031", .info, "http2 on the listen line is deprecated",
        why:
            "Since 1.25.1 nginx warns at every start and reload, and has the directive http2 in its place, which older "
            + "versions refuse.",
        catches: ["server {\n  listen 443 ssl http2;\n  ssl_certificate /a.pem;\n}\n"],
        passes: ["server {\n  listen 443 ssl;\n  http2 on;\n  ssl_certificate /a.pem;\n}\n"]
    ) { file in
        var seen: Set<Int> = []
        return file.document.servers.flatMap { server -> [Violation] in
            guard let listen = server.listens.first(where: { $0.parameters.contains("http2") }),
                seen.insert(server.directive.line).inserted
            else { return [] }
            let rest = listen.parameters.filter { $0 != "http2" }.joined(separator: " ")
            return [
                Violation(
                    line: listen.line, column: listen.position.column,
                    "from nginx 1.25.1 on (nginx -v) write: listen \(rest); and once in the server: http2 on;"
                )
            ]
        }
    }
}
