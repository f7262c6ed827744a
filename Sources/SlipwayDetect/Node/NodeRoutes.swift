// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths that a Node server answers: routers with the prefixes under which they are mounted, or comparisons of paths.
struct NodeRoutes: Sendable {
    struct Route: Equatable, Sendable {
        var path: String
        var file: String
        var line: Int
    }

    private(set) var routes: [Route] = []
    private static let verbs: Set<String> = [
        "get", "post", "put", "patch", "delete", "all", "head", "options", "route", "ws",
    ]
    /// In lower case, as the search wants them.
    private static let marks = ByteSearch([
        "router", "app.", "server", "fastify", "controller", "get(", "url", "pathname", "route", "exports = require",
        "export * from",
    ])

    private struct Mount {
        /// The file, or one router of it: `routes.js#apiRouter`.
        var parent: String
        var prefix: String
        var child: String
        /// The property of what the child's file exports: `api` of `routes.api`.
        var member: String?
    }

    init(_ project: NodeProject, _ tree: SourceTree) {
        var own: [String: [Route]] = [:]
        var mounts: [Mount] = []
        var globalPrefix = ""
        // What Nest's versions put before the paths of controllers, and the files that say their own.
        var version = ""
        var (decorated, versioned): (Set<String>, Set<String>) = ([], [])
        var loading = FastifyAutoload()
        var exported: [String: [String: String]] = [:]
        let known = Set(project.scripts)
        for path in project.scripts.sorted() {
            guard let bytes = tree.bytes(path), Self.marks.isFound(in: bytes) else { continue }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            let imports = Self.imports(code, path, known)
            let routers = Self.exports(code)
            exported[path] = routers
            mounts += Self.reexports(code, path, known)
            func node(_ owner: String) -> String {
                routers.values.contains(owner) ? "\(path)#\(owner)" : path
            }
            var controller = ""
            loading.add(code, path)
            let isChained = (0..<code.count).contains {
                code.isWord($0, "new") && code.isWord($0 + 1, of: ["Elysia", "Hono", "OpenAPIHono"])
            }
            for index in 0..<code.count {
                guard let word = code.word(index), code.isMark(index + 1, "(") else { continue }
                let arguments = code.arguments(index + 1)
                let first = arguments.first.flatMap { code.string($0.lowerBound) }
                if word == "setGlobalPrefix", let first { globalPrefix = Self.slashed(first) }
                if word == "enableVersioning" { version = Self.version(arguments, code) ?? version }
                if word == "Controller" {
                    controller = first.map(Self.slashed) ?? ""
                    decorated.insert(path)
                    if (0..<code.count).contains(where: { code.isWord($0, of: Self.ownVersions) }) {
                        versioned.insert(path)
                    }
                }
                if ["Get", "Post", "Put", "Patch", "Delete", "All"].contains(word), code.isMark(index - 1, "@") {
                    own[path, default: []].append(
                        Route(path: Self.join(controller, first ?? ""), file: path, line: code.line(index)))
                    continue
                }
                // `new Elysia().get("/health", …)`: the object of a chain has no name.
                let chained = isChained && code.isMark(index - 2, ")") ? "" : nil
                guard code.isMember(index), let owner = code.word(index - 2) ?? chained else { continue }
                if word == "register" || word == "use" {
                    let prefix = word == "use" ? first : Self.option("prefix", arguments, code)
                    for range in arguments {
                        let place = range.first { code.word($0).flatMap { imports[$0] } != nil }
                        if let child = place.flatMap({ code.word($0) }).flatMap({ imports[$0] })
                            ?? Self.required(range, code, path, known), child != path
                        {
                            let member = place.flatMap { code.isMark($0 + 1, ".") ? code.word($0 + 2) : nil }
                            mounts.append(
                                Mount(parent: node(owner), prefix: prefix ?? "", child: child, member: member))
                        } else if let name = range.count == 1 ? code.word(range.lowerBound) : nil,
                            routers.values.contains(name), name != owner
                        {
                            mounts.append(Mount(parent: node(owner), prefix: prefix ?? "", child: node(name)))
                        }
                    }
                    // `app.use("/api", router)` of the same file, and middleware on a path.
                    if word == "use", let first, first.hasPrefix("/") {
                        own[node(owner), default: []].append(Route(path: first, file: path, line: code.line(index)))
                    }
                }
                // `fastify.route({ method: "GET", url: "/status" })`
                if word == "route", let open = arguments.first?.lowerBound, code.isMark(open, "{") {
                    let fields = code.arguments(open)
                    let value = code.argument("url", in: fields) ?? code.argument("path", in: fields)
                    if let url = value.flatMap({ code.string($0.lowerBound) }), url.hasPrefix("/") {
                        own[node(owner), default: []].append(Route(path: url, file: path, line: code.line(index)))
                    }
                }
                guard Self.verbs.contains(word), let first, first.hasPrefix("/"),
                    !["axios", "http", "https", "request", "fetch", "client", "api", "supertest"].contains(owner)
                else { continue }
                own[node(owner), default: []].append(Route(path: first, file: path, line: code.line(index)))
            }
        }
        for path in decorated.subtracting(versioned) where !version.isEmpty {
            own[path] = own[path]?.map { Route(path: Self.join(version, $0.path), file: $0.file, line: $0.line) }
        }
        for (node, routes) in own {
            guard let prefix = loading.prefix(of: node) else { continue }
            own[node] = routes.map { Route(path: Self.join(prefix, $0.path), file: $0.file, line: $0.line) }
        }
        mounts = mounts.map { Self.resolved($0, exported, mounts) }
        routes = Self.joined(own, mounts).map {
            Route(path: Self.join(globalPrefix, $0.path), file: $0.file, line: $0.line)
        }
        if routes.isEmpty { routes = Self.compared(project, tree) }
        routes.sort { ($0.file, $0.line, $0.path) < ($1.file, $1.line, $1.path) }
    }

    private static let ownVersions = ["version", "Version", "VERSION_NEUTRAL"]

    /// `/v1` of `enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })`.
    private static func version(_ arguments: [Range<Int>], _ code: Code) -> String? {
        guard let open = arguments.first?.lowerBound, code.isMark(open, "{") else { return nil }
        let fields = code.arguments(open)
        guard let type = code.argument("type", in: fields), type.contains(where: { code.isWord($0, "URI") }),
            code.argument("prefix", in: fields) == nil,
            let version = code.argument("defaultVersion", in: fields).flatMap({ code.string($0.lowerBound) })
        else { return nil }
        return "/v" + version
    }

    private static func slashed(_ text: String) -> String { text.isEmpty || text.hasPrefix("/") ? text : "/" + text }
    private static func join(_ prefix: String, _ path: String) -> String {
        let whole = prefix + slashed(path)
        return whole.isEmpty ? "/" : whole.replacing("//", with: "/")
    }

    /// Every route under every prefix by which its file is mounted.
    private static func joined(_ own: [String: [Route]], _ mounts: [Mount]) -> [Route] {
        var result: [Route] = []
        for (path, routes) in own.sorted(by: { $0.key < $1.key }) {
            for prefix in prefixes(of: path, mounts, depth: 0) {
                result += routes.map { Route(path: join(prefix, $0.path), file: $0.file, line: $0.line) }
            }
        }
        return result
    }

    /// The mount of one exported router where the name says which.
    private static func resolved(
        _ mount: Mount, _ exported: [String: [String: String]], _ all: [Mount]
    ) -> Mount {
        guard let member = mount.member else { return mount }
        // `module.exports = require("./routes")` hands the routers of another file on.
        let files = [mount.child] + all.filter { $0.parent == mount.child && $0.prefix.isEmpty }.map(\.child)
        for file in files {
            guard let router = exported[file]?[member] else { continue }
            var changed = mount
            changed.child = "\(file)#\(router)"
            return changed
        }
        return mount
    }

    /// `module.exports = { api: apiRouter, render }`
    private static func exports(_ code: Code) -> [String: String] {
        var found: [String: String] = [:]
        for index in 0..<code.count where code.path(index, "module", "exports") != nil {
            guard code.isMark(index + 3, "="), code.isMark(index + 4, "{") else { continue }
            for range in code.arguments(index + 4) {
                guard let name = code.word(range.lowerBound) else { continue }
                if range.count == 1 { found[name] = name }
                if range.count == 3, code.isMark(range.lowerBound + 1, ":"),
                    let router = code.word(range.upperBound - 1)
                {
                    found[name] = router
                }
            }
        }
        return found
    }

    /// `module.exports = require("./routes")`, `export * from "./routes"`
    private static func reexports(_ code: Code, _ path: String, _ known: Set<String>) -> [Mount] {
        (0..<code.count).compactMap { index in
            let target: String?
            if code.path(index, "module", "exports") != nil, code.isMark(index + 3, "="),
                code.isWord(index + 4, "require")
            {
                target = code.string(index + 6)
            } else if code.isWord(index, "export"), code.isMark(index + 1, "*"), code.isWord(index + 2, "from") {
                target = code.string(index + 3)
            } else {
                return nil
            }
            return target.flatMap { resolve($0, from: path, known) }.map { Mount(parent: path, prefix: "", child: $0) }
        }
    }

    private static func prefixes(of path: String, _ mounts: [Mount], depth: Int) -> [String] {
        guard depth < 6 else { return [""] }
        // Who mounts a router of the file by name, or the whole file.
        let file = path.split(separator: "#").first.map(String.init) ?? path
        let named = mounts.filter { $0.child == path && $0.parent != path }
        let places = named.isEmpty ? mounts.filter { $0.child == file && $0.parent != file } : named
        guard !places.isEmpty else { return [""] }
        return Set(
            places.flatMap { place in prefixes(of: place.parent, mounts, depth: depth + 1).map { $0 + place.prefix } }
        ).sorted()
    }

    private static func option(_ key: String, _ arguments: [Range<Int>], _ code: Code) -> String? {
        for range in arguments.dropFirst() {
            for index in range where code.isWord(index, key) && code.isMark(index + 1, ":") {
                return code.string(index + 2)
            }
        }
        return nil
    }

    /// Names that a file imports from other files of the package.
    private static func imports(_ code: Code, _ path: String, _ known: Set<String>) -> [String: String] {
        var found: [String: String] = [:]
        for index in 0..<code.count {
            if code.isWord(index, "import"), !code.isMember(index) {
                var names: [String] = []
                var next = index + 1
                while next < code.count, next < index + 60, code.string(next) == nil {
                    if let word = code.word(next), word != "from", word != "type", word != "as" { names.append(word) }
                    next += 1
                }
                if let target = code.string(next).flatMap({ resolve($0, from: path, known) }) {
                    for name in names { found[name] = target }
                }
            } else if code.isWord(index, "require"), code.isMark(index + 1, "("), code.isMark(index - 1, "="),
                let target = code.string(index + 2).flatMap({ resolve($0, from: path, known) })
            {
                var back = index - 2
                while back >= 0, back > index - 12, !code.isWord(back, of: ["const", "let", "var"]) {
                    if let word = code.word(back) { found[word] = target }
                    back -= 1
                }
            }
        }
        return found
    }

    /// `require("./routes/users")` as an argument.
    private static func required(_ range: Range<Int>, _ code: Code, _ path: String, _ known: Set<String>) -> String? {
        for index in range where code.isWord(index, "require") || code.isWord(index, "import") {
            if let target = code.string(index + 2).flatMap({ resolve($0, from: path, known) }) { return target }
        }
        return nil
    }

    private static func resolve(_ specifier: String, from path: String, _ known: Set<String>) -> String? {
        guard specifier.hasPrefix("."), let base = PathText.normalized(path.parentDirectory.appending(path: specifier))
        else { return nil }
        let stem = [".js", ".mjs", ".cjs"].first { base.hasSuffix($0) }.map { String(base.dropLast($0.count)) } ?? base
        let choices =
            [base]
            + ["js", "ts", "mjs", "cjs", "mts"].flatMap { ["\(stem).\($0)", "\(base).\($0)", "\(base)/index.\($0)"] }
        return choices.first(where: known.contains)
    }

    /// `url === "/health"`, `pathname.startsWith("/api")`, `/^\/api\/users$/` of servers without a framework.
    private static func compared(_ project: NodeProject, _ tree: SourceTree) -> [Route] {
        var found: [Route] = []
        for path in project.scripts {
            guard let text = tree.text(path), text.utf8.contains("url") || text.utf8.contains("pathname") else {
                continue
            }
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if let start = line.range(ofText: "/^\\/") {
                    let body = line[start.upperBound...].prefix {
                        $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "\\" || $0 == "/"
                    }
                    let plain = body.replacing("\\/", with: "/").prefix { $0 != "\\" }
                    let trimmed = plain.hasSuffix("/") ? plain.dropLast() : plain
                    if !trimmed.isEmpty { found.append(Route(path: "/" + trimmed, file: path, line: number + 1)) }
                }
                guard line.has("===") || line.has("startsWith(") || line.has("case \"/") || line.has("case '/") else {
                    continue
                }
                for literal in CodeLine(file: path, number: number + 1, indentation: 0, text: line).literals
                where literal.hasPrefix("/") && literal.count > 1 {
                    found.append(Route(path: literal, file: path, line: number + 1))
                }
            }
        }
        return found
    }
}
