// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The front end answers for a picture that it does not have.
    static let unproxiedFiles = Rule(
        "AP322", .warning, "files that the back end serves are not passed to it",
        why:
            "nginx passes the API's prefix alone. A picture's address outside it ends at the front end, which answers with "
            + "its page or with 404: what visitors upload is kept and never shown.",
        catches: [
            [
                "api/main.py":
                    "app.mount(\"/uploads\", StaticFiles(directory=\"uploads\"), name=\"uploads\")\nurl = f\"{base}/uploads/{name}\"\n",
                "nginx.conf":
                    "server {\n  location / {\n    proxy_pass http://web:3000;\n  }\n  location /api/ {\n    proxy_pass http://api:8000;\n  }\n}\n",
            ],
            [
                "nginx.conf":
                    "server {\n  root /usr/share/nginx/html;\n  location / {\n    try_files $uri /index.html;\n  }\n  location /api {\n    proxy_pass http://api:8000;\n  }\n}\n",
                "server.js":
                    "app.use('/media', express.static('media'));\nres.json({ url: `/media/${file.name}` });\n",
            ],
        ],
        passes: [
            [
                "api/main.py":
                    "app.mount(\"/uploads\", StaticFiles(directory=\"uploads\"), name=\"uploads\")\nurl = f\"{base}/uploads/{name}\"\n",
                "nginx.conf":
                    "server {\n  location / {\n    proxy_pass http://web:3000;\n  }\n  location ~ ^/(api|uploads)/ {\n    proxy_pass http://api:8000;\n  }\n}\n",
            ],
            [
                "nginx.conf":
                    "server {\n  location / {\n    proxy_pass http://api:8000;\n  }\n  location /api {\n    proxy_pass http://api:8000;\n  }\n}\n",
                "server.js":
                    "app.use('/media', express.static('media'));\nres.json({ url: `/media/${file.name}` });\n",
            ],
            [
                "nginx.conf":
                    "server {\n  location / {\n    try_files $uri /index.html;\n  }\n  location /api {\n    proxy_pass http://api:8000;\n  }\n}\n",
                "server.js": "app.use('/media', express.static('media'));\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let sites = repository.nginxFiles.filter { !DevelopmentPath.isLikely($0.location) }.flatMap { file in
            file.servers.compactMap { server in FileSite(file, server) }
        }
        guard !sites.isEmpty else { return [] }
        return FileMount.all(in: repository).flatMap { mount in
            sites.filter { !$0.passes(mount.path) }.map { site in
                Violation(
                    file: site.file.location, line: site.line,
                    "\(mount.path)/ is served by the back end (\(mount.file):\(mount.line)) and goes to the front end here; "
                        + "add: location \(mount.path)/ { proxy_pass \(site.target); }")
            }
        }
    }
}

/// A server that passes the API to one program and the rest to another.
private struct FileSite {
    let file: CheckedFile<NginxFile>
    let line: Int
    /// Where the API goes, as written.
    let target: String
    private let locations: [NginxLocation]

    init?(_ file: CheckedFile<NginxFile>, _ server: NginxServer) {
        let locations = server.locations
        guard let api = locations.first(where: { $0.pattern.hasPrefix("/api") && $0.proxyPass != nil }),
            let rest = locations.first(where: { $0.pattern == "/" && $0.modifier == nil }),
            let target = Self.target(of: api), !server.directive.all("include").contains(where: Self.isOwn)
        else { return nil }
        let other = Self.target(of: rest)
        let isPage = rest.tryFiles.last?.hasSuffix("/index.html") == true
        guard other.map({ Self.host($0) != Self.host(target) }) ?? isPage else { return nil }
        (self.file, self.line, self.target, self.locations) = (file, rest.directive.line, target, locations)
    }

    /// An included file may have the locations that are not here.
    private static func isOwn(_ include: NginxDirective) -> Bool {
        !["mime.types", "proxy_params", "fastcgi", "ssl", "letsencrypt"].contains {
            include.parameters.first?.contains($0) == true
        }
    }

    func passes(_ path: String) -> Bool {
        let word = path.split(separator: "/").first.map(String.init) ?? path
        return locations.contains { location in
            guard location.pattern != "/" else { return false }
            if location.modifier?.hasPrefix("~") == true {
                return location.pattern.contains(word) || location.pattern.contains("\\.(")
            }
            return (path + "/").hasPrefix(location.pattern)
        }
    }

    /// The address, with the variable that holds it replaced.
    private static func target(of location: NginxLocation) -> String? {
        guard let text = location.proxyPass?.parameters.first else { return nil }
        guard let dollar = text.firstIndex(of: "$") else { return text }
        let name = text[dollar...].prefix { $0 == "$" || $0 == "_" || $0.isLetter || $0.isNumber }
        let set = location.directive.all("set").first { $0.parameters.first == String(name) }
        return set.flatMap { $0.parameters.dropFirst().first }.map { text.replacing(String(name), with: $0) } ?? text
    }

    private static func host(_ target: String) -> Substring {
        let rest = TextSearch.range(of: "://", in: target[...]).map { target[$0.upperBound...] } ?? target[...]
        return rest.prefix { $0 != "/" }
    }
}

/// A folder of files that code serves below a path, when addresses below it are given to visitors.
private struct FileMount {
    let path: String
    let file: String
    let line: Int

    static func all(in repository: CheckedRepository) -> [FileMount] {
        let sources = repository.code(
            [".py", ".js", ".ts", ".mjs"], with: ["StaticFiles(", "express.static("]
        )
        var seen: Set<String> = []
        return sources.flatMap { code in
            code.bare.enumerated().compactMap { index, line -> FileMount? in
                guard line.contains("StaticFiles(") || line.contains("express.static("),
                    let path = path(in: line), seen.insert(path).inserted, isGiven(path, in: repository)
                else { return nil }
                return FileMount(path: path, file: code.path, line: index + 1)
            }
        }
    }

    /// Names that say that the files are what visitors bring.
    private static let names = ["upload", "media", "image", "avatar", "photo", "attachment", "storage", "files"]

    private static func path(in line: String) -> String? {
        for opening in [".mount('", ".use('"] {
            guard let range = TextSearch.range(of: opening, in: line[...]) else { continue }
            var path = String(line[range.upperBound...].prefix { $0 != "'" })
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            guard path.hasPrefix("/"), path.count > 1, !path.contains("$"), !path.contains("{"),
                names.contains(where: path.lowercased().contains)
            else { continue }
            return path
        }
        return nil
    }

    /// `"/uploads/`, `}/uploads/`
    private static func isGiven(_ path: String, in repository: CheckedRepository) -> Bool {
        let signs = ["\"", "'", "`", "}"].map { $0 + path + "/" }
        return !repository.codeFiles(with: signs).isEmpty
    }
}
