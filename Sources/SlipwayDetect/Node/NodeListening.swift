// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where a Node program listens, read from its `listen` call and what its arguments are made of.
struct NodeListening: Sendable {
    private(set) var isListening = false
    private(set) var port: UInt16?
    private(set) var portVariable: String?
    private(set) var hostVariable: String?
    private(set) var file: String?
    private(set) var line: Int?

    /// In lower case, as the search wants them.
    private static let marks = ByteSearch([
        "listen", "serve(", "createserver", "startstandaloneserver", "export default {", "hapi.",
    ])

    /// More names than lead from a `listen` call to a number in any program that people wrote.
    private static let mostNames = 64

    init(_ project: NodeProject, _ tree: SourceTree) {
        let started = Set(
            (NodeStart.script(of: project, tree).map { ServerCommand.split($0.text) } ?? [])
                .compactMap { PathText.normalized($0).map(project.path) })
        func place(_ path: String) -> (Int, Int, String) {
            (started.contains(path) ? 0 : 1, path.count { $0 == "/" }, path)
        }
        for path in project.scripts.sorted(by: { place($0) < place($1) }) {
            guard let bytes = tree.bytes(path), Self.marks.isFound(in: bytes) else { continue }
            read(Code(path: path, language: .javascript, bytes: bytes), project, tree)
            if port != nil || portVariable != nil { return }
        }
        guard let file else { return }
        // `new Server(3000).start()`: whoever makes the object says where it listens.
        for made in NodePortOrigin.constructions(of: file, project, tree) {
            let value = Self.reading(made.arguments, made.code, project, tree)
            guard value.number ?? 0 >= 80 || value.variable?.hasSuffix("PORT") == true else { continue }
            (port, portVariable) = (value.number, value.variable)
            return
        }
    }

    private mutating func read(_ code: Code, _ project: NodeProject, _ tree: SourceTree) {
        for index in 0..<code.count {
            let isListen = code.isWord(index, "listen") && code.isMember(index)
            // `serve({ fetch: app.fetch, port })` of @hono/node-server, `Bun.serve({…})`
            let isServe = code.isWord(index, "serve") && code.isMark(index + 1, "(") && code.isMark(index + 2, "{")
            // `startStandaloneServer(server, { listen: { port: 4000 } })` of Apollo
            let isApollo = code.isWord(index, "startStandaloneServer")
            // `export default { port: 3000, fetch: app.fetch }`, which Bun serves
            if code.isWord(index, "default"), code.isWord(index - 1, "export"), code.isMark(index + 1, "{"),
                let end = code.partner(index + 1), Self.property("fetch", in: index + 1..<end, code) != nil
            {
                guard let port = Self.property("port", in: index + 1..<end, code) else { continue }
                found(Self.reading(port, code, project, tree), code, index)
                return
            }
            // `Hapi.server({ port: 3000 })`
            let isHapi = code.isWord(index, of: ["server", "Server"]) && code.isWord(index - 2, of: ["Hapi", "hapi"])
            guard isListen || isServe || isApollo || isHapi, code.isMark(index + 1, "(") else { continue }
            let arguments = code.arguments(index + 1)
            guard let first = arguments.first, !first.isEmpty, !Self.isFunction(first, code) else { continue }
            let wasListening = isListening
            isListening = true
            if file == nil {
                file = code.path
                line = code.line(index)
            }
            var range = first
            if isApollo {
                guard let last = arguments.last, let port = last.lazy.first(where: { code.isWord($0, "port") }),
                    let open = code.parent(port), let named = Self.property("port", in: open..<last.upperBound, code)
                else { continue }
                range = named
            } else if code.isMark(first.lowerBound, "{") {
                guard let named = Self.property("port", in: first, code) else { continue }
                range = named
                if let host = Self.property("host", in: first, code) ?? Self.property("hostname", in: first, code) {
                    hostVariable = Self.host(host, code, project, tree)
                }
            } else if arguments.count > 1 {
                hostVariable = Self.host(arguments[1], code, project, tree)
            }
            let value = Self.reading(range, code, project, tree)
            // Zero asks the system for any free port: nobody outside could know it.
            if value.number == 0, value.variable == nil {
                if file == code.path, line == code.line(index) { (isListening, file, line) = (wasListening, nil, nil) }
                continue
            }
            guard value.number != nil || value.variable != nil else { continue }
            found((value.number == 0 ? nil : value.number, value.variable), code, index)
            return
        }
    }

    private mutating func found(_ value: (number: UInt16?, variable: String?), _ code: Code, _ index: Int) {
        isListening = true
        (port, portVariable, file, line) = (value.number, value.variable, code.path, code.line(index))
    }

    /// `history.listen(() => {})` waits for events, not for connections.
    private static func isFunction(_ range: Range<Int>, _ code: Code) -> Bool {
        if code.isWord(range.lowerBound, of: ["function", "async"]) { return true }
        guard code.isMark(range.lowerBound, "("), let end = code.partner(range.lowerBound) else {
            return code.isMark(range.lowerBound + 1, "=>")
        }
        return code.isMark(end + 1, "=>")
    }

    /// The tokens of `key: value` in an object literal; those of the key itself for `{ port }`.
    private static func property(_ key: String, in range: Range<Int>, _ code: Code) -> Range<Int>? {
        for index in range where code.isWord(index, key) && code.parent(index) == range.lowerBound {
            guard code.isMark(index + 1, ":") else { return index..<index + 1 }
            var end = index + 2
            while end < range.upperBound, !(code.isMark(end, ",") && code.parent(end) == range.lowerBound) { end += 1 }
            return index + 2..<end
        }
        return nil
    }

    /// The variable of the bind address; what the function that follows writes to its log is none.
    private static func host(
        _ range: Range<Int>, _ code: Code, _ project: NodeProject, _ tree: SourceTree
    ) -> String? {
        guard !range.isEmpty, !isFunction(range, code) else { return nil }
        return reading(range, code, project, tree).variable.flatMap { NodePortOrigin.isOfHost($0) ? $0 : nil }
    }

    /// `3000`, `process.env.PORT || 3000`, `Number(process.env.PORT ?? "3000")`, or a name that stands for one of them.
    private static func reading(
        _ range: Range<Int>, _ code: Code, _ project: NodeProject, _ tree: SourceTree
    ) -> (number: UInt16?, variable: String?) {
        var asked: Set<String> = []
        return reading(range, code, project, tree, depth: 0, &asked)
    }

    /// - Parameter asked: The names that were followed before, each once; without it names that stand for each other
    ///   cost the cube of the file's length.
    private static func reading(
        _ range: Range<Int>, _ code: Code, _ project: NodeProject, _ tree: SourceTree, depth: Int,
        _ asked: inout Set<String>
    ) -> (number: UInt16?, variable: String?) {
        var number: UInt16?
        var variable: String?
        var names: [String] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if let after = code.path(index, "process", "env") ?? code.path(index, "import", "meta", "env")
                ?? code.path(index, "Bun", "env"),
                let name = code.afterDot(after).flatMap({ code.word($0) }) ?? code.string(after + 1)
            {
                // `process.env.NODE_ENV === "production" ? …` chooses between ports and is none.
                let next = code.text(after + 2)
                let isCompared = next.hasPrefix("=") || next.hasPrefix("!")
                let isOfDevelopment = variable?.contains("DEV") == true && !name.contains("DEV")
                if !isCompared, variable == nil || isOfDevelopment { variable = name }
                index = after + 2
                continue
            }
            // `env.number("PORT", 3000)`: a function of the application reads the variable that it is told.
            if let name = NodePortOrigin.asked(code, index) { variable = variable ?? name }
            // `desired + 100` is the end of a range.
            // envalid's devDefault is no default in production.
            let isDistance =
                code.isMark(index - 1, "+") || code.isMark(index - 1, "-") || code.isMark(index - 1, "*")
                || code.isWord(index - 2, "devDefault") || code.isWord(index - 2, "testOnly")
            // `parseInt(process.env.PORT, 10)`: the base of the digits.
            let isBase =
                code.isMark(index - 1, ",")
                && code.parent(index).map { code.isWord($0 - 1, "parseInt") } == true
            if code.kind(index) == .number, !isDistance, !isBase { number = number ?? UInt16(code.text(index)) }
            if let text = code.string(index), let value = UInt16(text) { number = number ?? value }
            // config.get("server.port"), configService.getOrThrow<number>("app.port")
            if code.isWord(index, of: ["get", "getOrThrow"]), code.isMember(index),
                let open = (index + 1...index + 4).first(where: { code.isMark($0, "(") }),
                let key = code.string(open + 1)
            {
                var found = NodeConfigFiles.value(of: key, project, tree)
                if found == nil, asked.insert("set \(key)").inserted, depth < 3,
                    let stored = NodePortOrigin.stored(key, in: code)
                {
                    found = reading(stored, code, project, tree, depth: depth + 1, &asked)
                }
                if found == nil { found = registered(key, project, tree, depth: depth, &asked) }
                if let found {
                    number = number ?? found.number
                    variable = variable ?? found.variable
                    index = open + 2
                    continue
                }
            }
            if let word = code.word(index),
                !["Number", "parseInt", "process", "env", "as", "string", "number", "undefined", "String"].contains(
                    word)
            {
                names.append(word)
            }
            index += 1
        }
        guard number == nil, depth < 3, asked.count < mostNames, let name = names.last,
            variable == nil || !range.contains(where: { code.isWord($0, name) && code.isMark($0 + 1, "(") }),
            // `port = config.port`: the member is another thing than the name.
            case let isMember = range.contains(where: { code.isWord($0, name) && code.isMember($0) }),
            asked.insert(isMember ? "." + name : name).inserted
        else {
            // `parseInt(process.env.PORT || "3000", 10)`: 10 is the base, and comes second.
            return (number, variable)
        }
        let isGiven = variable != nil
        func merged(_ found: (number: UInt16?, variable: String?)) -> (number: UInt16?, variable: String?) {
            isGiven ? (found.number.flatMap { $0 >= 80 ? $0 : nil }, variable) : found
        }
        if let found = declaration(of: name, code, depth: depth, project, tree, &asked) { return merged(found) }
        if isMember, let option = NodePortOrigin.option(name, in: code) {
            return merged(reading(option, code, project, tree, depth: depth + 1, &asked))
        }
        let isElsewhere = isMember || NodePortOrigin.isImported(name, in: code)
        // `config.port` of another file.
        let search = ByteSearch([name.lowercased()])
        let places = isElsewhere ? NodePortOrigin.files(for: name, in: range, of: code, project) : []
        for path in places where path != code.path {
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { continue }
            let other = Code(path: path, language: .javascript, bytes: bytes)
            if let found = declaration(of: name, other, depth: depth + 1, project, tree, &asked),
                found.number != nil || found.variable != nil
            {
                return merged(found)
            }
        }
        return (nil, variable)
    }

    /// A key of NestJS's configuration: the variable itself, or a field of `registerAs("app", () => ({ port: … }))`
    /// (docs.nestjs.com/techniques/configuration, Configuration namespaces).
    private static func registered(
        _ key: String, _ project: NodeProject, _ tree: SourceTree, depth: Int, _ asked: inout Set<String>
    ) -> (number: UInt16?, variable: String?)? {
        if EnvironmentName.isScreaming(key) { return (nil, key) }
        let parts = key.split(separator: ".").map(String.init)
        guard parts.count == 2, depth < 3 else { return nil }
        let search = ByteSearch(["registeras"])
        for path in project.scripts {
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { continue }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            let isOurs = (0..<code.count).contains { index in
                // registerAs<AppConfig>("app", …)
                guard code.isWord(index, "registerAs"),
                    let open = (index + 1...index + 4).first(where: { code.isMark($0, "(") })
                else { return false }
                return code.string(open + 1) == parts[0]
            }
            if isOurs { return declaration(of: parts[1], code, depth: depth + 1, project, tree, &asked) }
        }
        return nil
    }

    /// A word of the libraries that check an environment against a schema: zod, Joi, envalid, Valibot, TypeBox.
    private static func isSchema(_ index: Int, _ code: Code) -> Bool {
        code.isWord(index, of: ["z", "Joi", "joi", "v", "Type"]) && code.isMark(index + 1, ".")
            || code.isWord(index, of: ["port", "num", "str", "host"]) && code.isMark(index + 1, "(")
    }

    /// What follows `name =` or `name:` up to the end of the expression.
    private static func declaration(
        of name: String, _ code: Code, depth: Int, _ project: NodeProject, _ tree: SourceTree,
        _ asked: inout Set<String>
    ) -> (number: UInt16?, variable: String?)? {
        for index in 0..<code.count where code.isWord(index, name) && !code.isMember(index) {
            var start = index + 1
            if code.isMark(start, ":"), code.word(start + 1) != nil, code.isMark(start + 2, "=") { start += 2 }
            guard code.isMark(start, "=") && !code.isMark(start, "==") || code.isMark(start, ":") else { continue }
            let parent = code.parent(index)
            var end = start + 1
            while end < code.count, end < start + 40 {
                if code.parent(end) == parent, code.isMark(end, ",") || code.isMark(end, ";") { break }
                if let parent, end == code.partner(parent) { break }
                if end > start + 1, code.line(end) > code.line(end - 1),
                    code.isWord(
                        end,
                        of: [
                            "const", "let", "var", "function", "export", "import", "async", "app", "server", "if",
                            "class",
                        ])
                {
                    break
                }
                end += 1
            }
            // `PORT: z.coerce.number().default(3000)`: the schema's key is the variable.
            let described = code.isMark(start, ":") ? NodePortOrigin.described(name, start + 1..<end, code) : nil
            var found = described ?? reading(start + 1..<end, code, project, tree, depth: depth + 1, &asked)
            if found.variable == nil, code.isMark(start, ":"), EnvironmentName.isScreaming(name),
                (start + 1..<end).contains(where: { isSchema($0, code) })
            {
                found.variable = name
            }
            // `database: { port: config.get("DB_PORT") }` beside the port of the server itself.
            if code.isMark(start, ":"), let variable = found.variable,
                InfrastructurePort.isNamed(in: variable.lowercased())
            {
                continue
            }
            if found.number != nil || found.variable != nil { return found }
        }
        return nil
    }
}
