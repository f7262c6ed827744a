// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// A location inside of another begins without the other's handler: ngx_http_proxy_merge_loc_conf hands it on to `if`
    /// and `limit_except` alone.
    static let handlerNotInherited = Rule(
        "NX037", .error, "a location inside of a proxied one passes nothing on",
        why:
            "proxy_pass is not inherited. nginx looks for the inner location's files in its own folder, which has none of "
            + "them: scripts, styles and pictures answer 404, and the page stays blank.",
        catches: [
            "server {\n  location / {\n    proxy_pass http://web:3000;\n    location ~* \\.(js|css)$ {\n      expires 30d;\n    }\n  }\n}\n",
            "server {\n  location /api/ {\n    proxy_pass http://api:8000/v1/;\n    location /api/admin/ {\n      auth_basic \"a\";\n      auth_basic_user_file /etc/nginx/users;\n    }\n  }\n}\n",
        ],
        passes: [
            "server {\n  location / {\n    proxy_pass http://web:3000;\n    location ~* \\.(js|css)$ {\n      proxy_pass http://web:3000;\n      expires 30d;\n    }\n  }\n}\n",
            "server {\n  root /srv/public;\n  location / {\n    proxy_pass http://web:3000;\n    location /assets/ {\n      expires 30d;\n    }\n  }\n}\n",
            "server {\n  location / {\n    proxy_pass http://web:3000;\n    location = /metrics {\n      deny all;\n    }\n  }\n}\n",
            "server {\n  location / {\n    proxy_pass http://web:3000;\n    location /old/ {\n      return 410;\n    }\n  }\n}\n",
        ]
    ) { file in
        guard file.text.contains("_pass"), !file.document.all("http").contains(where: setsPlace) else { return [] }
        return file.document.servers.filter { !setsPlace($0.directive) }.flatMap { server in
            server.locations.filter { !setsPlace($0.directive) }.flatMap { outer -> [Violation] in
                guard let handler = outer.directive.block?.first(where: { handlers.contains($0.name) }),
                    let target = handler.parameters.first
                else { return [] }
                return outer.directive.all("location").compactMap { inner in
                    guard let block = inner.block, !block.isEmpty,
                        block.allSatisfy({ directive in decorations.contains(where: directive.name.hasPrefix) }),
                        !block.contains(where: { handlers.contains($0.name) }),
                        // What is closed for all answers 403 by itself.
                        !block.contains(where: { $0.name == "deny" && $0.parameters == ["all"] })
                    else { return nil }
                    let advice = hasPath(target) ? "a \(handler.name) of its own" : "\(handler.name) \(target);"
                    return Violation(
                        line: inner.line, column: inner.position.column,
                        "nginx looks for these in its own folder; add to the block: \(advice)",
                        fix: insertion(of: handler, target, into: inner, file))
                }
            }
        }
    }

    private static let handlers = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"]
    /// What says how something is answered, and not by whom.
    private static let decorations = [
        "expires", "add_header", "access_log", "log_not_found", "error_log", "proxy_", "gzip", "etag", "limit_req",
        "limit_conn", "limit_rate", "auth_basic", "allow", "deny", "satisfy", "client_", "send_timeout", "types",
        "default_type", "sendfile", "tcp_no", "keepalive_", "open_file_cache", "charset", "if_modified_since",
    ]

    /// Whether files lie where the block says, or another file says more.
    private static func setsPlace(_ block: NginxDirective) -> Bool {
        block.first("root") != nil || block.first("alias") != nil
            || block.all("include").contains { include in
                let path = include.parameters.first ?? ""
                return !path.hasSuffix("mime.types") && block.name != "http"
            }
    }

    /// A path takes the place of the location's, so it is another one in each location.
    private static func hasPath(_ target: String) -> Bool {
        let rest = TextSearch.range(of: "://", in: target[...]).map { target[$0.upperBound...] } ?? target[...]
        return rest.contains("/")
    }

    private static func insertion(
        of handler: NginxDirective, _ target: String, into inner: NginxDirective, _ file: CheckedFile<NginxFile>
    ) -> Fix? {
        guard handler.name == "proxy_pass", !hasPath(target), let first = inner.block?.first, first.line > inner.line,
            file.textLines.indices.contains(inner.line - 1), file.textLines[inner.line - 1].trimmed.hasSuffix("{")
        else { return nil }
        let indent = String(repeating: " ", count: max(0, first.position.column - 1))
        return Fix(
            "Pass the requests on", line: inner.line + 1, count: 0,
            replacement: [indent + "proxy_pass \(target);"])
    }
}
