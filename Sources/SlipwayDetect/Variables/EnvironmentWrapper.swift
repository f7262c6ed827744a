// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A function of the application that takes the name of a variable and reads it: `def require_env(name)`.
struct EnvironmentWrapper: Equatable {
    /// Names that say nothing alone; calls of these count in the file of the function only.
    private static let commonNames: Set<String> = [
        "get", "read", "fetch", "load", "value", "string", "int", "bool", "number", "required", "optional", "list",
        "init", "constructor", "new", "main", "run", "parse", "set", "has", "find", "map", "resolve", "getString",
        "getInt", "getBool", "setup", "config", "update", "call", "apply", "forEach", "filter", "test", "process",
    ]

    var function: String
    var language: CodeLanguage
    var file: String
    /// Which argument is the name.
    var nameIndex: Int
    /// Which argument is the default, when the function takes one.
    var defaultIndex: Int?
    var required: Bool
    /// The package that other packages name in front of the function, in Go: `env.String("X")`.
    var package: String?
    /// The parameter by which a call says that it cannot do without: `mandatory=True`.
    var requiredFlag: (name: String, index: Int)?

    static func == (left: Self, right: Self) -> Bool {
        (left.function, left.file, left.nameIndex, left.defaultIndex, left.required)
            == (right.function, right.file, right.nameIndex, right.defaultIndex, right.required)
    }

    /// Functions of one name in several packages stay apart.
    var key: String { package.map { "\($0).\(function)" } ?? function }

    var isKnownElsewhere: Bool { package != nil || !Self.commonNames.contains(function) && function.utf8.count > 3 }

    /// Finds the function that a dynamic read stands in.
    /// - Parameter name: The token with the name of the parameter that holds the variable's name.
    init?(_ code: Code, name token: Int, required: Bool) {
        guard let parameter = code.word(token) else { return nil }
        guard let (function, open) = Self.enclosing(code, token, parameter) else { return nil }
        let parameters = code.arguments(open)
        guard let at = parameters.firstIndex(where: { Self.declares(code, $0, parameter) }) else { return nil }
        self.function = function
        self.language = code.language
        self.file = code.path
        self.nameIndex = at
        let rest = parameters.indices.filter { $0 > at }
        let fallbacks: Set<String> = [
            "default", "defaultValue", "default_value", "fallback", "defaultVal", "def", "defaultValue_", "dflt", "d",
            "defaultvalue", "def_val", "defVal", "$default", "value", "alt", "or", "orElse",
        ]
        self.defaultIndex = rest.first { index in
            parameters[index].contains { code.isWord($0, in: fallbacks) }
        }
        let fallback = defaultIndex.flatMap { index in parameters[index].lazy.compactMap { code.word($0) }.first }
        let needs = code.language == .javascript && MissingValue.throwsIn(code, from: token, of: open, fallback)
        self.required = required && defaultIndex == nil || needs
        if code.language == .go, function.first?.isUppercase == true, code.isWord(0, "package") {
            package = code.word(1)
        }
    }

    init(
        function: String, language: CodeLanguage, file: String, nameIndex: Int, defaultIndex: Int?, required: Bool,
        requiredFlag: (name: String, index: Int)? = nil
    ) {
        self.requiredFlag = requiredFlag
        self.function = function
        self.language = language
        self.file = file
        self.nameIndex = nameIndex
        self.defaultIndex = defaultIndex
        self.required = required
    }

    private static func declares(_ code: Code, _ range: Range<Int>, _ parameter: String) -> Bool {
        range.prefix(4).contains { code.isWord($0, parameter) }
    }

    /// The name of the function around a token and the bracket of its parameters.
    private static func enclosing(_ code: Code, _ token: Int, _ parameter: String) -> (String, Int)? {
        if code.language == .ruby || code.language == .elixir {
            return definition(code, token, keyword: "def", parameter)
                ?? definition(code, token, keyword: "defp", parameter)
        }
        // Expression bodies: `const env = (name) => process.env[name]`
        if let arrow = (max(0, token - 40)..<token).last(where: { code.isMark($0, "=>") }),
            let found = header(code, endingAt: arrow - 1, parameter)
        {
            return found
        }
        // Kotlin: `fun setting(key: String): String = dotenv[key] ?: error(key)`
        if code.language == .jvm, let equals = (max(0, token - 12)..<token).last(where: { code.isMark($0, "=") }),
            let found = header(code, endingAt: equals - 1, parameter)
        {
            return found
        }
        var block = code.parent(token)
        var steps = 0
        while let open = block, steps < 12 {
            if code.isMark(open, "{"), let found = header(code, endingAt: open - 1, parameter) { return found }
            block = code.parent(open)
            steps += 1
        }
        return nil
    }

    private static func definition(
        _ code: Code, _ token: Int, keyword: String, _ parameter: String
    ) -> (String, Int)? {
        for index in stride(from: token, to: max(0, token - 150), by: -1)
        where code.isWord(index, keyword) && code.isMark(index + 2, "(") {
            let holds = code.arguments(index + 2).contains { declares(code, $0, parameter) }
            return holds ? (code.text(index + 1), index + 2) : nil
        }
        return nil
    }

    /// Reads `name(parameters)` with an optional result type, backwards from what opens the body.
    private static func header(_ code: Code, endingAt end: Int, _ parameter: String) -> (String, Int)? {
        for index in stride(from: end, to: max(0, end - 14), by: -1) {
            if code.isMark(index, "{") || code.isMark(index, "}") || code.isMark(index, ";") { return nil }
            guard code.isMark(index, ")"), let open = code.partner(index),
                code.arguments(open).contains(where: { declares(code, $0, parameter) })
            else { continue }
            return functionName(code, before: open).map { ($0, open) }
        }
        return nil
    }

    private static func functionName(_ code: Code, before open: Int) -> String? {
        var index = open - 1
        // Type parameters: `getEnv<T>(`
        if code.isMark(index, ">") {
            while index > max(0, open - 12), !code.isMark(index, "<") { index -= 1 }
            index -= 1
        }
        if code.isWord(index, "async") || code.isWord(index, "fn") || code.isWord(index, "function") { index -= 1 }
        if code.isMark(index, "=") {
            // `const name = (`, `const name: Type = (`
            for back in stride(from: index - 1, to: max(-1, index - 12), by: -1)
            where code.isWord(back, of: ["const", "let", "var"]) {
                return code.word(back + 1)
            }
            return code.word(index - 1)
        }
        if code.isMark(index, ":") { return code.word(index - 1) }
        guard let name = code.word(index), !["if", "for", "while", "switch", "catch", "func", "match"].contains(name)
        else { return nil }
        return name
    }

    /// Adds the variables that a file asks this function for.
    func read(_ code: Code, into file: inout FileReads) {
        if let source = code.python { return readPython(source, into: &file) }
        let before = file.reads.count
        var tokens: [Int] = []
        defer {
            // What only blocks ask for that run when the environment asks for them is not required.
            if required, language == .javascript, file.reads.count == before + tokens.count, !tokens.isEmpty {
                let blocks = JavaScriptConditions(code, JavaScriptAliases(code))
                for (offset, token) in tokens.enumerated() where blocks.contains(token) {
                    file.relax(at: before + offset)
                }
            }
        }
        for index in 0..<code.count
        where code.isWord(index, function) && !code.isWord(index - 1, of: ["def", "func", "fn", "function", "fun"]) {
            // Type arguments: `getEnv<string>("X")`
            var open = index + 1
            if code.isMark(open, "::") { open += 2 }
            if code.isMark(open, "<"), code.isMark(open + 2, ">") { open += 3 }
            if code.isMark(open, "!") { open += 1 }
            guard code.isMark(open, "("), isOurs(code, index) else { continue }
            let arguments = code.arguments(open)
            guard arguments.indices.contains(nameIndex), arguments[nameIndex].count <= 4 else { continue }
            guard let name = name(code, arguments[nameIndex]) else {
                derive(code, arguments[nameIndex], after: code.partner(open) ?? open, into: &file)
                if code.language == .go, let constant = NamedConstant(code, arguments[nameIndex]) {
                    let hasDefault = defaultIndex.map(arguments.indices.contains) ?? false
                    file.constants.append(.init(constant: constant, required: required && !hasDefault))
                }
                continue
            }
            guard EnvironmentName.isScreaming(name) else { continue }
            var value = Literal.nothing
            var hasDefault = false
            if let defaultIndex {
                if let named = code.argument("default", in: arguments) {
                    value = code.literal(named)
                    hasDefault = true
                } else if arguments.indices.contains(defaultIndex) {
                    value = code.literal(arguments[defaultIndex])
                    hasDefault = true
                }
            }
            let count = file.reads.count
            file.add(name, at: index, required: required && !hasDefault, default: value, phase: .run)
            if file.reads.count > count { tokens.append(index) }
        }
    }

    /// Whether a call means this function: inside its own package bare, elsewhere with the package in front.
    private func isOurs(_ code: Code, _ index: Int) -> Bool {
        guard let package else { return true }
        if code.isMark(index - 1, ".") { return code.isWord(index - 2, package) }
        return code.path.parentDirectory == file.parentDirectory
    }

    /// A function that hands its own parameter on: `func GetInt(name string) int { v := Lookup(name) … }`
    private func derive(_ code: Code, _ range: Range<Int>, after close: Int, into file: inout FileReads) {
        guard range.count == 1 || (range.count == 4 && code.isMark(range.lowerBound + 1, "...")) else { return }
        let local = language == .go ? GoEnvironmentReader.binding(code, before: range.lowerBound - 2) : nil
        let checked = local.map { GoEnvironmentReader.check(code, $0, after: close).required }
        let fails = required || (language == .go && checked ?? GoEnvironmentReader.fails(code, after: close))
        guard let outer = EnvironmentWrapper(code, name: range.lowerBound, required: fails),
            outer.function != function, !file.wrappers.contains(where: { $0.key == outer.key })
        else { return }
        file.wrappers.append(outer)
    }

    private func name(_ code: Code, _ range: Range<Int>) -> String? {
        if range.count == 1 { return code.name(range.lowerBound) }
        // `name: "X"`, `name="X"`
        return code.string(range.upperBound - 1).flatMap { range.count == 3 ? $0 : nil }
    }
}
