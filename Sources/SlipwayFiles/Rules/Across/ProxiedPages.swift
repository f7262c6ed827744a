// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A reload asks nginx, and nginx asks somebody else.
    static let proxiedPages = Rule(
        "AP216", .warning, "pages of the front end are passed to the back end",
        why:
            "Inside the application the router opens the page; a reload, a bookmark and the links of mails ask nginx, which "
            + "passes the whole prefix on: the visitor gets another program, or 404.",
        catches: [
            [
                "nginx.conf":
                    "server {\n  root /usr/share/nginx/html;\n  location /admin/ {\n    proxy_pass http://backend:8000/admin/;\n  }\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/src/router.tsx":
                    "const routes = [\n  { path: \"/admin/login\", element: <Login /> },\n  { path: \"/admin/users\", element: <Users /> },\n]\n",
            ]
        ],
        passes: [
            [
                "nginx.conf":
                    "server {\n  root /usr/share/nginx/html;\n  location /api/ {\n    proxy_pass http://backend:8000;\n  }\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/src/router.tsx":
                    "const routes = [\n  { path: \"/admin/login\", element: <Login /> },\n  { path: \"/admin/users\", element: <Users /> },\n]\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let sites = repository.nginxFiles.flatMap { file in file.servers.map { (file, $0) } }.filter { _, server in
            server.locations.contains { $0.pattern == "/" && $0.tryFiles.last?.hasSuffix("/index.html") == true }
        }
        guard !sites.isEmpty else { return [] }
        let pages = PageRoutes.all(in: repository)
        return sites.flatMap { file, server in
            server.locations.compactMap { location -> Violation? in
                guard location.proxyPass != nil, location.modifier == nil || location.modifier == "^~",
                    location.pattern != "/",
                    location.pattern.hasPrefix("/")
                else { return nil }
                let prefix = location.pattern.hasSuffix("/") ? location.pattern : location.pattern + "/"
                let found = pages.filter { $0.path.hasPrefix(prefix) }
                guard found.count > 1, let first = found.first else { return nil }
                return Violation(
                    file: file.location, line: location.directive.line,
                    "\(first.path) (\(first.file):\(first.line)) and \(found.count - 1) more are pages of the front end, and a "
                        + "reload sends them to the back end; give the back end's own pages another prefix")
            }
        }
    }
}

/// Paths of client-side routers.
private enum PageRoutes {
    static func all(in repository: CheckedRepository) -> [(path: String, file: String, line: Int)] {
        let endings = [".tsx", ".jsx", ".ts", ".js", ".vue"]
        let words = ["<Route", "createBrowserRouter", "element:", "component:", "createRouter", "useRoutes"]
        return repository.tree.entries.flatMap { entry -> [(path: String, file: String, line: Int)] in
            guard endings.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                !DevelopmentPath.isLikely(entry.path),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000,
                words.contains(where: { RouteSearch.contains(bytes, Array($0.utf8)) }),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                let key = TextSearch.range(of: "path: ", in: line) ?? TextSearch.range(of: "path=", in: line)
                guard let key, !line.trimmed.hasPrefix("//") else { return nil }
                let value = line[key.upperBound...].drop { "{ ".contains($0) }
                guard let quote = value.first, "\"'`".contains(quote) else { return nil }
                let path = String(value.dropFirst().prefix { $0 != quote })
                return path.hasPrefix("/") ? (path, entry.path, index + 1) : nil
            }
        }
    }
}
