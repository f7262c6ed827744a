// SPDX-License-Identifier: Apache-2.0

/// Cuts a Python file into statements and knows what stands inside what.
struct PythonParser {
    private let bytes: [UInt8]
    private var statements: [PythonStatement] = []
    private var enclosing: [(name: String, indentation: Int)] = []
    private var decorators: [PythonExpression] = []

    static func statements(of bytes: [UInt8]) -> [PythonStatement] {
        var parser = Self(bytes: bytes)
        let tokens = PythonTokenizer.tokens(of: bytes)
        var start = 0
        for (index, token) in tokens.enumerated() where token.kind == .newline {
            if start < index { parser.logicalLine(tokens[start..<index]) }
            start = index + 1
        }
        return parser.statements
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func logicalLine(_ tokens: ArraySlice<PythonToken>) {
        guard let first = tokens.first else { return }
        while let last = enclosing.last, last.indentation >= first.indentation { enclosing.removeLast() }
        var reader = PythonExpressionParser(bytes: bytes, tokens: tokens)
        var isInline = false
        while !reader.isAtEnd {
            let start = reader.position
            statement(&reader, indentation: first.indentation + (isInline ? 1 : 0))
            if reader.take(";") { continue }
            // `if x: y` and `class A: pass`: what follows the colon is a statement of its own.
            if reader.take(":") { isInline = true }
            if reader.position == start { reader.position += 1 }
        }
    }

    private mutating func append(_ kind: PythonStatement.Kind, _ line: Int, _ indentation: Int) {
        statements.append(
            PythonStatement(kind: kind, line: line, indentation: indentation, scope: enclosing.map(\.name)))
    }

    private mutating func statement(_ reader: inout PythonExpressionParser, indentation: Int) {
        guard let token = reader.current else { return }
        let word = token.kind == .name || token.kind == .symbol ? reader.text(of: token) : ""
        switch word {
        case "@":
            reader.position += 1
            decorators.append(reader.expression())
        case "import":
            reader.position += 1
            importStatement(&reader, token.line, indentation)
        case "from":
            reader.position += 1
            importFrom(&reader, token.line, indentation)
        case "def": definition(&reader, token.line, indentation, isAsync: false)
        case "class": classDefinition(&reader, token.line, indentation)
        case "async":
            reader.position += 1
            if reader.isAt("def") { definition(&reader, token.line, indentation, isAsync: true) }
        case "if", "elif", "while", "for", "with", "return", "raise", "assert", "del", "except", "try", "else",
            "finally", "global", "nonlocal", "pass", "break", "continue":
            reader.position += 1
            append(.keyword(word, keywordExpressions(&reader)), token.line, indentation)
        default: simpleStatement(&reader, token.line, indentation)
        }
    }

    private mutating func keywordExpressions(_ reader: inout PythonExpressionParser) -> [PythonExpression] {
        var found: [PythonExpression] = []
        while !reader.isAtEnd, !reader.isAt(":"), !reader.isAt(";") {
            let start = reader.position
            if reader.take(",") || reader.take("in") || reader.take("as") || reader.take("from") { continue }
            found.append(reader.expression())
            if reader.position == start { reader.position += 1 }
        }
        return found
    }

    private mutating func simpleStatement(_ reader: inout PythonExpressionParser, _ line: Int, _ indentation: Int) {
        var targets = [reader.expressionList()]
        var annotation: PythonExpression?
        if reader.isAt(":"), case .name = targets[0] {
            _ = reader.take(":")
            annotation = reader.expression()
        } else if reader.isAt(":"), case .attribute = targets[0] {
            _ = reader.take(":")
            annotation = reader.expression()
        }
        var value: PythonExpression?
        while let symbol = reader.currentText, Self.assignments.contains(symbol) {
            reader.position += 1
            if let previous = value { targets.append(previous) }
            value = reader.expressionList()
        }
        if annotation != nil || value != nil {
            append(.assignment(targets, annotation: annotation, value: value), line, indentation)
        } else {
            append(.expression(targets[0]), line, indentation)
        }
    }

    private static let assignments: Set<String> = [
        "=", "+=", "-=", "*=", "/=", "//=", "%=", "|=", "&=", "^=", "**=", "<<=", ">>=", "@=",
    ]

    private func dottedName(_ reader: inout PythonExpressionParser) -> String {
        var name = ""
        while let token = reader.current {
            let text = reader.text(of: token)
            guard
                text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") })
                    || (token.kind == .name && text != "import" && text != "as")
            else { break }
            if token.kind == .name, !name.isEmpty, !name.hasSuffix(".") { break }
            name += text
            reader.position += 1
        }
        return name
    }

    private mutating func importStatement(_ reader: inout PythonExpressionParser, _ line: Int, _ indentation: Int) {
        while !reader.isAtEnd, !reader.isAt(";") {
            let module = dottedName(&reader)
            let alias = reader.take("as") ? dottedName(&reader) : nil
            if !module.isEmpty { append(.importModule(module, alias: alias), line, indentation) }
            if !reader.take(",") { break }
        }
    }

    private mutating func importFrom(_ reader: inout PythonExpressionParser, _ line: Int, _ indentation: Int) {
        let module = dottedName(&reader)
        guard reader.take("import") else { return }
        var names: [PythonImportedName] = []
        _ = reader.take("(")
        while !reader.isAtEnd, !reader.isAt(";"), !reader.isAt(")") {
            let start = reader.position
            if reader.take(",") { continue }
            if reader.take("*") {
                names.append(PythonImportedName(name: "*", alias: nil))
                continue
            }
            let name = dottedName(&reader)
            let alias = reader.take("as") ? dottedName(&reader) : nil
            if !name.isEmpty { names.append(PythonImportedName(name: name, alias: alias)) }
            if reader.position == start { reader.position += 1 }
        }
        _ = reader.take(")")
        append(.importFrom(module, names: names), line, indentation)
    }

    private mutating func definition(
        _ reader: inout PythonExpressionParser, _ line: Int, _ indentation: Int, isAsync: Bool
    ) {
        reader.position += 1
        let name = dottedName(&reader)
        skipTypeParameters(&reader)
        var parameters: [PythonParameter] = []
        if reader.take("(") {
            while !reader.isAtEnd, !reader.take(")") {
                let start = reader.position
                if reader.take(",") || reader.take("*") || reader.take("**") || reader.take("/") { continue }
                if let token = reader.current, token.kind == .name {
                    reader.position += 1
                    var parameter = PythonParameter(name: reader.text(of: token))
                    if reader.take(":") { parameter.annotation = reader.expression() }
                    if reader.take("=") { parameter.value = reader.expression() }
                    parameters.append(parameter)
                }
                if reader.position == start { reader.position += 1 }
            }
        }
        let returns = reader.take("->") ? reader.expression() : nil
        let function = PythonFunction(
            name: name, parameters: parameters, decorators: decorators, isAsync: isAsync, returns: returns)
        decorators = []
        append(.function(function), line, indentation)
        enclosing.append((name, indentation))
    }

    private mutating func classDefinition(_ reader: inout PythonExpressionParser, _ line: Int, _ indentation: Int) {
        reader.position += 1
        let name = dottedName(&reader)
        skipTypeParameters(&reader)
        let arguments = reader.take("(") ? reader.arguments() : []
        append(.classDefinition(name: name, arguments: arguments, decorators: decorators), line, indentation)
        decorators = []
        enclosing.append((name, indentation))
    }

    /// `def first[T](…)` of Python 3.12.
    private func skipTypeParameters(_ reader: inout PythonExpressionParser) {
        guard reader.isAt("[") else { return }
        while !reader.isAtEnd, !reader.isAt("(") { reader.position += 1 }
    }
}
