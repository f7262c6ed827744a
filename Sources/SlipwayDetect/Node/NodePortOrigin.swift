// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Places beside an assignment from which a program's port comes: settings of the application object, options of the
/// command line, arguments of a constructor.
enum NodePortOrigin {
    /// The second argument of `app.set("port", …)`.
    static func stored(_ key: String, in code: Code) -> Range<Int>? {
        for index in 0..<code.count where code.isWord(index, "set") && code.isMember(index) {
            guard code.isMark(index + 1, "("), code.string(index + 2) == key else { continue }
            let arguments = code.arguments(index + 1)
            if arguments.count == 2 { return arguments[1] }
        }
        return nil
    }

    /// The default of `.option("port", { default: 3000 })` or `.option("-p, --port <number>", "where", "3000")`.
    static func option(_ name: String, in code: Code) -> Range<Int>? {
        for index in 0..<code.count where code.isWord(index, "option") && code.isMember(index) {
            guard code.isMark(index + 1, "("), let flags = code.string(index + 2) else { continue }
            let words = flags.split { !$0.isLetter && !$0.isNumber }
            let arguments = code.arguments(index + 1)
            guard words.contains(where: { $0 == name }), arguments.count > 1, let last = arguments.last else {
                continue
            }
            let named = last.first { code.isWord($0, "default") && code.isMark($0 + 1, ":") }
            return named.map { $0 + 2..<last.upperBound } ?? last
        }
        return nil
    }

    /// The variable that a function of the application is asked for, `number("PORT", 3000)`, at the name's token.
    static func asked(_ code: Code, _ index: Int) -> String? {
        guard let name = code.string(index), EnvironmentName.isScreaming(name),
            name.hasSuffix("PORT") || isOfHost(name), code.isMark(index - 1, "("), code.word(index - 2) != nil,
            !code.isWord(index - 2, of: ["log", "info", "error", "warn", "debug", "Error", "require", "set"])
        else { return nil }
        return name
    }

    /// What a schema of the environment says of a variable: `z.coerce.number().min(1).default(3000)`.
    static func described(
        _ name: String, _ value: Range<Int>, _ code: Code
    ) -> (number: UInt16?, variable: String?)? {
        guard EnvironmentName.isScreaming(name), JavaScriptSchemaReader.isBuilder(code, value.lowerBound) else {
            return nil
        }
        for index in value where code.isWord(index, of: ["default", "prefault", "catch"]) {
            let number = (index + 1...index + 3).lazy.compactMap { token in
                code.kind(token) == .number ? UInt16(code.text(token)) : code.string(token).flatMap { UInt16($0) }
            }.first
            if let number { return (number, name) }
        }
        return (nil, name)
    }

    /// Whether a name says which address a server binds: `HOST`, `BIND_ADDRESS`, but not `NODE_ENV`.
    static func isOfHost(_ name: String) -> Bool {
        let words: Set<Substring> = [
            "HOST", "HOSTNAME", "ADDR", "ADDRESS", "BIND", "IP", "INTERFACE", "LISTEN", "IFACE",
        ]
        return name.uppercased().split(separator: "_").contains(where: words.contains)
    }

    /// Whether another file gives the name.
    static func isImported(_ name: String, in code: Code) -> Bool {
        (0..<code.count).contains { index in
            guard code.isWord(index, name), let open = code.parent(index), code.isMark(open, "{"),
                let end = code.partner(open)
            else { return false }
            return code.isWord(open - 1, "import") || code.isWord(open - 2, "import")
                || code.isWord(open - 1, of: ["const", "let", "var"]) && code.isMark(end + 1, "=")
        }
    }

    /// The files in which `settings.port` may be given: those named like the object first.
    static func files(for name: String, in range: Range<Int>, of code: Code, _ project: NodeProject) -> [String] {
        let member = range.last { code.isWord($0, name) && code.isMember($0) }
        guard let member, let owner = code.word(member - 2)?.lowercased() else { return project.scripts }
        func isNamed(_ path: String) -> Bool {
            let stem = path.lastPathComponent.prefix { $0 != "." }.lowercased()
            return stem == owner || stem == "index" && path.parentDirectory.lastPathComponent.lowercased() == owner
        }
        return project.scripts.filter(isNamed) + project.scripts.filter { !isNamed($0) }
    }

    /// The arguments of `new Server(…)` for the classes of a file, wherever a program makes one.
    static func constructions(
        of file: String, _ project: NodeProject, _ tree: SourceTree
    ) -> [(code: Code, arguments: Range<Int>)] {
        guard let bytes = tree.bytes(file) else { return [] }
        let own = Code(path: file, language: .javascript, bytes: bytes)
        let classes = Set((0..<own.count).compactMap { own.isWord($0 - 1, "class") ? own.word($0) : nil })
        guard !classes.isEmpty else { return [] }
        let search = ByteSearch(classes.sorted().map { "new \($0.lowercased())" })
        return project.scripts.flatMap { path -> [(code: Code, arguments: Range<Int>)] in
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { return [] }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            return (0..<code.count).compactMap { index in
                guard code.isWord(index - 1, "new"), let name = code.word(index), classes.contains(name),
                    code.isMark(index + 1, "("), let end = code.partner(index + 1), end > index + 2
                else { return nil }
                return (code, index + 2..<end)
            }
        }
    }
}
