// SPDX-License-Identifier: Apache-2.0

/// Names in a list that a loop looks up one by one: `["A", "B"].forEach((name) => { if (!process.env[name]) throw … })`,
/// `for _, name := range []string{"A", "B"} { … os.Getenv(name) … }`, `for name in ("A", "B"): os.environ[name]`.
enum NameLoops {
    private static let methods = ["forEach", "filter", "map", "every", "some", "find", "reduce"]
    private static let endings = ["throw", "exit", "panic", "Fatal", "Fatalf", "Fatalln", "Exit", "Errorf"]

    static func read(_ code: Code, into file: inout FileReads) {
        guard code.language == .javascript || code.language == .go else { return }
        for open in 0..<code.count where code.kind(open + 1) == .string && isList(code, open) {
            let items = code.arguments(open)
            let names = items.compactMap { $0.count == 1 ? code.string($0.lowerBound) : nil }
            guard names.count == items.count, names.allSatisfy(EnvironmentName.isScreaming) else { continue }
            let loops = bodies(code, open).filter { asks(code, $0) }
            guard !loops.isEmpty else { continue }
            let isNeeded = loops.contains { fails(code, $0) }
            for item in items { file.add(code.text(item.lowerBound), at: item.lowerBound, required: isNeeded) }
        }
    }

    private static func isList(_ code: Code, _ open: Int) -> Bool {
        code.language == .go ? code.isMark(open, "{") && code.isWord(open - 1, "string") : code.isMark(open, "[")
    }

    /// What runs for each item of a list, where it stands or under the name that holds it.
    private static func bodies(_ code: Code, _ open: Int) -> [Range<Int>] {
        guard let close = code.partner(open) else { return [] }
        let start = code.language == .go ? open - 3 : open
        var found = [body(code, start, close)]
        let equals = code.isMark(start - 1, "=") ? start - 1 : -1
        if equals >= 0, let name = code.word(code.isMark(equals - 1, ":") ? equals - 2 : equals - 1) {
            for index in close..<code.count where code.isWord(index, name) && !code.isMember(index) {
                found.append(body(code, index, index))
            }
        }
        return found.compactMap(\.self)
    }

    private static func body(_ code: Code, _ start: Int, _ end: Int) -> Range<Int>? {
        if code.isMark(end + 1, "."), code.isWord(end + 2, of: methods), code.isMark(end + 3, "("),
            let close = code.partner(end + 3)
        {
            return end + 3..<close
        }
        if code.isWord(start - 1, "of"), let bracket = code.parent(start), let close = code.partner(bracket) {
            return close + 1..<(code.partner(close + 1) ?? min(code.count, close + 12))
        }
        if code.isWord(start - 1, "range"), code.isMark(end + 1, "{"), let close = code.partner(end + 1) {
            return end + 1..<close
        }
        return nil
    }

    private static func asks(_ code: Code, _ body: Range<Int>) -> Bool {
        body.contains { index in
            code.isWord(index, "env") && code.isMark(index + 1, "[") && code.kind(index + 2) == .word
                || code.isWord(index, of: ["Getenv", "LookupEnv"]) && code.kind(index + 2) == .word
        }
    }

    /// Inside of the loop, or right after one that only collects what is missing.
    private static func fails(_ code: Code, _ body: Range<Int>) -> Bool {
        let collects = code.isMark(body.lowerBound, "(") || code.language == .go
        let end = min(code.count, body.upperBound + (collects ? 40 : 0))
        return (body.lowerBound..<end).contains { code.isWord($0, of: endings) }
    }

    static func read(_ source: PythonSource, into file: inout FileReads) {
        let statements = source.statements
        for (index, statement) in statements.enumerated() {
            guard case .keyword("for", let expressions) = statement.kind,
                case .operation("in", let operands)? = expressions.first, operands.count == 2,
                case .name(let variable) = operands[0]
            else { continue }
            var list = operands[1]
            if case .name(let name) = list, let assigned = source.moduleAssignments[name]?.value { list = assigned }
            guard let names = list.elements?.map(\.string), !names.isEmpty,
                names.allSatisfy({ $0.map(EnvironmentName.isScreaming) ?? false })
            else { continue }
            let body = statements[(index + 1)...].prefix { $0.indentation > statement.indentation }
            let isRead = body.contains { inner in inner.expressions.contains { asks($0, variable, source) } }
            guard isRead else { continue }
            let next = statements[(index + 1 + body.count)...].prefix(3)
            let isNeeded = (Array(body) + next).contains(where: fails)
            for name in names.compactMap(\.self) { file.add(name, line: statement.line, required: isNeeded) }
        }
    }

    private static func asks(_ expression: PythonExpression, _ variable: String, _ source: PythonSource) -> Bool {
        var found = false
        expression.walk { inner in
            switch inner {
            case .subscripted(let item) where source.qualified(item.base) == "os.environ":
                found = found || item.index == .name(variable)
            case .call(let call):
                let name = source.qualified(call.callee)
                if name == "os.getenv" || name == "os.environ.get" {
                    found = found || call.argument("key", at: 0) == .name(variable)
                }
            case .operation(_, let operands) where operands.count == 2 && source.qualified(operands[1]) == "os.environ":
                found = found || operands[0] == .name(variable)
            default: break
            }
        }
        return found
    }

    private static func fails(_ statement: PythonStatement) -> Bool {
        if case .keyword("raise", _) = statement.kind { return true }
        guard case .expression(let expression) = statement.kind, let call = expression.call else { return false }
        return ["sys.exit", "exit", "quit", "os._exit"].contains(call.callee.dotted ?? "")
    }
}
