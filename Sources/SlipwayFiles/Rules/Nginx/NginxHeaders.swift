// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension NginxDirective {
    /// The blocks below, each with the blocks around it, outermost first.
    func walk(_ around: [NginxDirective] = [], _ visit: (NginxDirective, [NginxDirective]) -> Void) {
        for inner in block ?? [] where inner.block != nil {
            visit(inner, around + [self])
            inner.walk(around + [self], visit)
        }
    }
}

extension CheckedFile<NginxFile> {
    /// Every block of the file with the blocks around it.
    func forEachBlock(_ visit: (NginxDirective, [NginxDirective]) -> Void) {
        for directive in document.directives where directive.block != nil {
            visit(directive, [])
            directive.walk([], visit)
        }
    }

    /// Every location with the blocks around it, outermost first.
    var locations: [(location: NginxLocation, around: [NginxDirective])] {
        var found: [(NginxLocation, [NginxDirective])] = []
        forEachBlock { block, around in
            if let location = NginxLocation(block) { found.append((location, around)) }
        }
        return found
    }
}

extension Rule<CheckedFile<NginxFile>> {
    /// One add_header in a block drops all those of the blocks around it.
    static let lostHeaders = Rule(
        "NX001", .warning, "add_header here drops the headers of the block around it",
        why: "nginx inherits add_header only into blocks that have none of their own, so one cache header drops every "
            + "security header for these addresses.",
        catches: [
            "server {\n  add_header X-Frame-Options DENY;\n  location /assets/ {\n    add_header Cache-Control public;\n  }\n}\n"
        ],
        passes: [
            "server {\n  add_header X-Frame-Options DENY;\n  location /assets/ {\n    add_header X-Frame-Options DENY;\n    add_header Cache-Control public;\n  }\n}\n",
            "server {\n  add_header X-Frame-Options DENY;\n  location /assets/ {\n    expires 1y;\n  }\n}\n",
            "server {\n  add_header X-Frame-Options DENY;\n  location /assets/ {\n    add_header_inherit merge;\n    add_header Cache-Control public;\n  }\n}\n",
        ]
    ) { file in
        var found: [Violation] = []
        file.forEachBlock { block, around in
            let own = block.all("add_header")
            guard let first = own.first, block.first("add_header_inherit") == nil, block.first("include") == nil,
                let outer = around.last(where: { !$0.all("add_header").isEmpty })
            else { return }
            let names = Set(own.compactMap { $0.parameters.first?.lowercased() })
            let lost = outer.all("add_header").compactMap(\.parameters.first).filter {
                !names.contains($0.lowercased())
            }
            guard !lost.isEmpty else { return }
            found.append(
                Violation(
                    line: first.line, column: first.position.column,
                    "\(lost.joined(separator: ", ")) of line \(outer.line)'s block "
                        + "\(lost.count == 1 ? "is" : "are") lost here; repeat \(lost.count == 1 ? "it" : "them") in this block"
                ))
        }
        return found
    }

    /// Two headers of one name, and the first one wins.
    static let contentTypeTwice = Rule(
        "NX002", .warning, "Content-Type is sent twice",
        why: "return already sends a Content-Type; add_header adds a second one, and clients read the first.",
        catches: [
            "server {\n  location = /health {\n    add_header Content-Type text/plain;\n    return 200 'ok';\n  }\n}\n"
        ],
        passes: ["server {\n  location = /health {\n    default_type text/plain;\n    return 200 'ok';\n  }\n}\n"]
    ) { file in
        var found: [Violation] = []
        file.forEachBlock { block, _ in
            guard block.first("return") != nil else { return }
            for header in block.all("add_header") where header.parameters.first?.lowercased() == "content-type" {
                let value = header.parameters.dropFirst().first ?? "text/plain"
                let isOne = header.line == header.endLine
                found.append(
                    Violation(
                        line: header.line, column: header.position.column,
                        "return sends a Content-Type of its own; write: default_type \(value);",
                        fix: isOne ? replacement(of: header, by: "default_type \(value);", in: file.textLines) : nil))
            }
        }
        return found
    }

    /// The line with the directive replaced, when nothing else stands on it.
    private static func replacement(of directive: NginxDirective, by text: String, in lines: [Substring]) -> Fix? {
        guard lines.indices.contains(directive.line - 1) else { return nil }
        let line = lines[directive.line - 1]
        let body = line.trimmed
        guard body.hasPrefix(directive.name), body.hasSuffix(";"), body.filter({ $0 == ";" }).count == 1 else {
            return nil
        }
        let indent = line.prefix { $0 == " " || $0 == "\t" }
        return Fix("say the type once", line: directive.line, count: 1, replacement: [indent + text])
    }

    /// A page where a script should be.
    static let fallbackForAssets = Rule(
        "NX003", .warning, "missing scripts and images are answered with the page",
        why: "After a deployment a browser asks for a script of the old release, gets index.html with status 200, and "
            + "shows a blank page; caches keep it.",
        catches: ["server {\n  location / {\n    try_files $uri $uri/ /index.html;\n  }\n}\n"],
        passes: [
            "server {\n  location /assets/ {\n    try_files $uri =404;\n  }\n  location / {\n    try_files $uri $uri/ /index.html;\n  }\n}\n",
            "server {\n  location ~* \\.(js|css)$ {\n    try_files $uri =404;\n  }\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
        ]
    ) { file in
        file.document.servers.flatMap { server -> [Violation] in
            let locations = server.locations
            // A location for files, by folder or by ending, keeps them out of the fallback.
            let hasAssets = locations.contains { location in
                let pattern = location.pattern
                let names = ["assets", "static", "js", "css", "_next", "immutable", "build", "dist"]
                guard location.modifier?.hasPrefix("~") == true || names.contains(where: { pattern.contains($0) })
                else {
                    return false
                }
                return location.proxyPass == nil
                    && (location.tryFiles.isEmpty ? true : location.tryFiles.last?.hasPrefix("=") == true)
                    && names.contains { pattern.contains($0) }
            }
            guard !hasAssets else { return [] }
            return locations.compactMap { location in
                guard location.pattern == "/", location.modifier == nil, location.tryFiles.last == "/index.html",
                    let line = location.directive.first("try_files")?.line
                else { return nil }
                return Violation(
                    line: line,
                    "missing scripts get index.html; add: location /assets/ { try_files $uri =404; }")
            }
        }
    }

    /// The old page for a month.
    static let cachedPage = Rule(
        "NX004", .warning, "browsers keep the page itself",
        why: "index.html names the scripts of its release. Kept for days it asks for scripts that are gone, and users "
            + "see the old application or none.",
        catches: ["server {\n  location / {\n    try_files $uri /index.html;\n    expires 30d;\n  }\n}\n"],
        passes: [
            "server {\n  location /assets/ {\n    expires 1y;\n  }\n  location / {\n    try_files $uri /index.html;\n    expires -1;\n  }\n}\n"
        ]
    ) { file in
        file.locations.compactMap { entry in
            let location = entry.location
            guard location.pattern == "/", location.tryFiles.last?.hasSuffix(".html") == true,
                let expires = location.directive.first("expires"), let value = expires.parameters.first,
                !["-1", "0", "off", "epoch"].contains(value), !value.hasPrefix("$"), !value.hasPrefix("-")
            else { return nil }
            return Violation(line: expires.line, "index.html stays in browsers for \(value); write: expires -1;")
        }
    }

    /// Nothing is compressed, or only HTML.
    static let gzipGaps = Rule(
        "NX005", .info, "what is served is not compressed",
        why: "Scripts and styles are sent three to five times larger; gzip alone compresses only text/html.",
        catches: [
            "http {\n  server {\n    root /usr/share/nginx/html;\n    location / {\n      try_files $uri /index.html;\n    }\n  }\n}\n",
            "server {\n  gzip on;\n  root /usr/share/nginx/html;\n}\n",
        ],
        passes: [
            "server {\n  gzip on;\n  gzip_types text/css application/javascript application/json;\n  root /usr/share/nginx/html;\n}\n",
            "server {\n  location / {\n    proxy_pass http://api:8000;\n  }\n}\n",
        ]
    ) { file in
        let document = file.document
        let roots = document.all("root")
        guard let root = roots.first, document.all("brotli").isEmpty,
            document.all("include").allSatisfy({ include in
                include.parameters.first?.contains("mime.types") == true
                    || include.parameters.first?.contains("modules") == true
            })
        else { return [] }
        guard let gzip = document.all("gzip").first(where: { $0.parameters.first == "on" }) else {
            guard document.all("gzip_static").isEmpty else { return [] }
            return [
                Violation(
                    line: root.line,
                    "nothing is compressed; add: gzip on; gzip_types text/css application/javascript application/json image/svg+xml;"
                )
            ]
        }
        guard document.all("gzip_types").isEmpty else { return [] }
        return [
            Violation(
                line: gzip.line,
                "only text/html is compressed; add: gzip_types text/css application/javascript application/json image/svg+xml;"
            )
        ]
    }
}
