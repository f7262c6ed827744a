// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// try_files sets the arguments anew.
    static let lostQuery = Rule(
        "NX066", .error, "the fallback to index.php loses the query",
        why:
            "try_files goes to its last word with the arguments that stand there. Without any, QUERY_STRING and $_GET are "
            + "empty: searches, pages of lists and signed links do not work.",
        catches: [
            "server {\n  root /srv/public;\n  location / {\n    try_files $uri $uri/ /index.php;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass app:9000;\n  }\n}\n"
        ],
        passes: [
            "server {\n  root /srv/public;\n  location / {\n    try_files $uri $uri/ /index.php?$query_string;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass app:9000;\n  }\n}\n",
            "server {\n  root /srv/public;\n  location / {\n    try_files $uri /index.php$is_args$args;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass app:9000;\n  }\n}\n",
            "server {\n  root /srv/public;\n  location ~ \\.php$ {\n    try_files $uri /index.php =404;\n    fastcgi_pass app:9000;\n  }\n}\n",
        ]
    ) { file in
        file.document.servers.flatMap { server -> [Violation] in
            guard readsQuery(file) else { return [] }
            let blocks = [server.directive] + server.locations.map(\.directive)
            return blocks.flatMap { $0.all("try_files") }.compactMap { directive in
                guard let last = directive.parameters.last, last == "/index.php" else { return nil }
                return Violation(
                    line: directive.line, "the arguments are lost; write: /index.php?$query_string",
                    fix: file.fix(
                        "Keep the query", line: directive.line, "/index.php;", with: "/index.php?$query_string;"))
            }
        }
    }

    /// WordPress and its like read the address that the browser sent, which keeps its query.
    private static func readsQuery(_ file: CheckedFile<NginxFile>) -> Bool {
        file.text.contains("fastcgi_pass") && !file.text.contains("wp-")
    }
}
