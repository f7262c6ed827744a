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
        "export * from", "export {",
    ])

    init(_ project: NodeProject, _ tree: SourceTree) {
        var own: [String: [Route]] = [:]
        var mounts = NodeMounts()
        var nest = NestPrefix()
        // What Nest's versions put before the paths of controllers, and the files that say their own.
        var version = ""
        var (decorated, versioned): (Set<String>, Set<String>) = ([], [])
        var loading = FastifyAutoload()
        let known = Set(project.scripts)
        let texts = NodeText(project, tree)
        for path in project.scripts.sorted() {
            guard let bytes = tree.bytes(path), Self.marks.isFound(in: bytes) else { continue }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            let names = NodeRouterFile(code, project, known)
            mounts.add(names)
            var controller = ""
            loading.add(code, path)
            let isChained = (0..<code.count).contains {
                code.isWord($0, "new") && code.isWord($0 + 1, of: ["Elysia", "Hono", "OpenAPIHono"])
            }
            for index in 0..<code.count {
                guard let word = code.word(index), code.isMark(index + 1, "(") else { continue }
                let arguments = code.arguments(index + 1)
                let first = arguments.first.flatMap { code.string($0.lowerBound) }
                if word == "setGlobalPrefix" { nest.read(arguments, code, texts) }
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
                func add(_ path: String) {
                    own[names.node(owner), default: []].append(
                        Route(path: path, file: code.path, line: code.line(index)))
                }
                // SwaggerModule.setup("docs", app, document)
                if word == "setup", owner == "SwaggerModule", let first { add(Self.slashed(first)) }
                // Hono's `app.route("/orders", orders)` mounts; Express's has one argument.
                if word == "register" || word == "use" || word == "route" && arguments.count > 1 {
                    let prefix =
                        word == "register"
                        ? Self.option("prefix", arguments, code)
                        : arguments.first.flatMap { texts.path($0, in: code) }
                    let places = Self.mounted(arguments, code, names, owner)
                    for place in places {
                        mounts.add(
                            NodeMounts.Mount(
                                parent: names.node(owner), prefix: prefix ?? "", child: place.child,
                                member: place.member))
                    }
                    // `app.use("/api", router)` of the same file, and middleware on a path.
                    if let prefix, prefix.hasPrefix("/") { add(prefix) }
                    continue
                }
                // `fastify.route({ method: "GET", url: "/status" })`
                if word == "route", let open = arguments.first?.lowerBound, code.isMark(open, "{") {
                    let fields = code.arguments(open)
                    let value = code.argument("url", in: fields) ?? code.argument("path", in: fields)
                    if let url = value.flatMap({ code.string($0.lowerBound) }), url.hasPrefix("/") { add(url) }
                }
                guard Self.verbs.contains(word), let first, first.hasPrefix("/"), !Self.clients.contains(owner) else {
                    continue
                }
                add(first)
            }
        }
        for path in decorated.subtracting(versioned) where !version.isEmpty {
            own[path] = own[path]?.map { Route(path: Self.join(version, $0.path), file: $0.file, line: $0.line) }
        }
        for (node, routes) in own {
            guard let prefix = loading.prefix(of: node) else { continue }
            own[node] = routes.map { Route(path: Self.join(prefix, $0.path), file: $0.file, line: $0.line) }
        }
        // Middleware on a path and Swagger's pages stand before NestJS's own routes, without their prefix.
        routes = mounts.joined(own).map {
            Route(path: decorated.contains($0.file) ? nest.path($0.path) : $0.path, file: $0.file, line: $0.line)
        }
        if routes.isEmpty { routes = Self.compared(project, tree) }
        routes += GraphQLRoutes.find(project, tree, texts) { nest.path($0) } + SocketRoutes.find(project, tree, texts)
        routes.sort { ($0.file, $0.line, $0.path) < ($1.file, $1.line, $1.path) }
    }

    /// Objects that ask others instead of answering.
    private static let clients: Set<String> = [
        "axios", "http", "https", "request", "fetch", "client", "api", "supertest",
    ]

    /// Files and routers among the arguments of `use`.
    private static func mounted(
        _ arguments: [Range<Int>], _ code: Code, _ names: NodeRouterFile, _ owner: String
    ) -> [(child: String, member: String?)] {
        arguments.compactMap { range in
            // Most are one name; what a function between them mentions is none.
            let place = range.first { code.word($0).flatMap { names.imports[$0] } != nil }
            if let child = place.flatMap({ code.word($0) }).flatMap({ names.imports[$0] })
                ?? names.required(range, code), child != code.path
            {
                let member = place.flatMap { code.word($0) }.flatMap { names.members[$0] }
                return (child, member ?? place.flatMap { code.isMark($0 + 1, ".") ? code.word($0 + 2) : nil })
            }
            guard let name = code.word(range.lowerBound), names.node(name) != code.path, name != owner,
                range.count == 1 || code.isMark(range.lowerBound + 1, ".")
            else { return nil }
            return (names.node(name), nil)
        }
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

    static func slashed(_ text: String) -> String { text.isEmpty || text.hasPrefix("/") ? text : "/" + text }
    static func join(_ prefix: String, _ path: String) -> String {
        let whole = prefix + slashed(path)
        return whole.isEmpty ? "/" : whole.replacing("//", with: "/")
    }

    private static func option(_ key: String, _ arguments: [Range<Int>], _ code: Code) -> String? {
        for range in arguments.dropFirst() {
            for index in range where code.isWord(index, key) && code.isMark(index + 1, ":") {
                return code.string(index + 2)
            }
        }
        return nil
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
