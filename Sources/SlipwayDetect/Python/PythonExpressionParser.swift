// SPDX-License-Identifier: Apache-2.0

/// Reads one expression after the other from tokens. It always moves forward and never nests deeper than
/// ``deepestNesting``, so that no file can hang or overflow it.
struct PythonExpressionParser {
    /// Real code stays under 20; the recursion of destroying the value sets the bound.
    static let deepestNesting = 120

    let bytes: [UInt8]
    let tokens: ArraySlice<PythonToken>
    var position: Int
    private var nesting = 0

    init(bytes: [UInt8], tokens: ArraySlice<PythonToken>, nesting: Int = 0) {
        self.bytes = bytes
        self.tokens = tokens
        position = tokens.startIndex
        self.nesting = nesting
    }

    var isAtEnd: Bool { position >= tokens.endIndex }
    var current: PythonToken? { isAtEnd ? nil : tokens[position] }
    func text(of token: PythonToken) -> String { String(decoding: bytes[token.range], as: UTF8.self) }
    var currentText: String? { current.map(text(of:)) }

    func isAt(_ symbol: StaticString) -> Bool {
        guard let token = current, token.kind == .symbol || token.kind == .name,
            token.range.count == symbol.utf8CodeUnitCount
        else { return false }
        return symbol.withUTF8Buffer { $0.elementsEqual(bytes[token.range]) }
    }

    mutating func take(_ symbol: StaticString) -> Bool {
        guard isAt(symbol) else { return false }
        position += 1
        return true
    }

    mutating func expression() -> PythonExpression {
        guard nesting < Self.deepestNesting else {
            position += 1
            return .other
        }
        nesting += 1
        defer { nesting -= 1 }
        if take("lambda") {
            while !isAtEnd, !isAt(":") { position += 1 }
            position += 1
            return .operation("lambda", [expression()])
        }
        let value = binary(0)
        guard take("if") else { return value }
        let condition = binary(0)
        guard take("else") else { return .operation("if", [value, condition]) }
        return .operation("if", [value, condition, expression()])
    }

    /// Comma-separated expressions up to the end or a symbol that closes them; one without a comma stays itself.
    mutating func expressionList() -> PythonExpression {
        let first = expression()
        guard isAt(",") else { return first }
        var elements = [first]
        while take(","), !isAtEnd, !isAt("="), !isAt(":"), !isAt(")") { elements.append(expression()) }
        return .sequence(elements)
    }

    // The operators of Python's grammar by how tightly they bind (Language Reference, 6.17 Operator precedence).
    private static let precedence: [String: Int] = [
        ":=": 1, "or": 2, "and": 3, "in": 5, "not": 5, "is": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "!=": 5, "==": 5,
        "|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11, "@": 11,
        "**": 13,
    ]

    private mutating func binary(_ minimum: Int) -> PythonExpression {
        var left = unary()
        while let token = current, token.kind == .symbol || token.kind == .name {
            var name = text(of: token)
            guard let strength = Self.precedence[name], strength > minimum else { break }
            position += 1
            if name == "not" { _ = take("in") }
            if name == "is", take("not") { name = "is not" }
            let right = binary(strength)
            if case .operation(name, let operands) = left {
                left = .operation(name, operands + [right])
            } else {
                left = .operation(name, [left, right])
            }
        }
        return left
    }

    private mutating func unary() -> PythonExpression {
        guard let token = current else { return .other }
        guard nesting < Self.deepestNesting else {
            position += 1
            return .other
        }
        nesting += 1
        defer { nesting -= 1 }
        if token.kind == .symbol || token.kind == .name {
            let name = text(of: token)
            switch name {
            case "not", "-", "+", "~", "*", "**":
                position += 1
                return .operation(name, [name == "not" ? binary(4) : unary()])
            case "await":
                position += 1
                return unary()
            case "yield":
                position += 1
                _ = take("from")
                return .operation(name, isAtEnd || isAt(")") ? [] : [expressionList()])
            default: break
            }
        }
        return trailers(after: primary())
    }

    private mutating func trailers(after start: PythonExpression) -> PythonExpression {
        var value = start
        var length = 0
        while let token = current, token.kind == .symbol {
            length += 1
            if length > Self.deepestNesting * 4 { value = .other }
            if take(".") {
                guard let name = current, name.kind == .name else { return value }
                position += 1
                value = .attribute(value, text(of: name))
            } else if take("(") {
                value = .call(PythonCall(callee: value, arguments: arguments(), line: token.line))
            } else if take("[") {
                let index = bracketed("]", separators: [",", ":"])
                let single = index.count == 1 ? index[0] : .sequence(index)
                value = .subscripted(PythonSubscript(base: value, index: single, line: token.line))
            } else {
                break
            }
        }
        return value
    }

    /// Arguments up to and with the closing parenthesis.
    mutating func arguments() -> [PythonArgument] {
        var found: [PythonArgument] = []
        while !isAtEnd {
            if take(")") { break }
            let start = position
            if take("*") {
                found.append(PythonArgument(name: "*", value: expression()))
            } else if take("**") {
                found.append(PythonArgument(name: "**", value: expression()))
            } else if let token = current, token.kind == .name, position + 1 < tokens.endIndex,
                tokens[position + 1].range.count == 1, bytes[tokens[position + 1].range.lowerBound] == UInt8(ascii: "=")
            {
                position += 2
                found.append(PythonArgument(name: text(of: token), value: expression()))
            } else {
                found.append(PythonArgument(name: nil, value: comprehension(expression(), until: ")")))
            }
            _ = take(",")
            if position == start { position += 1 }
        }
        return found
    }

    private mutating func primary() -> PythonExpression {
        guard let token = current else { return .other }
        switch token.kind {
        case .newline: return .other
        case .name:
            position += 1
            return .name(text(of: token))
        case .number:
            position += 1
            return .number(text(of: token))
        case .string: return strings()
        case .symbol:
            let start = position
            if take("(") {
                let elements = bracketed(")", separators: [","])
                // A bracket that ends the statement has nothing inside.
                let endsWithComma =
                    position - 2 > start && bytes[tokens[position - 2].range].elementsEqual([UInt8(ascii: ",")])
                return elements.count == 1 && !endsWithComma ? elements[0] : .sequence(elements)
            }
            if take("[") { return .sequence(bracketed("]", separators: [","])) }
            if take("{") { return braced() }
            if isAt(")") || isAt("]") || isAt("}") || isAt(",") || isAt("=") || isAt(":") { return .other }
            position = start + 1
            return .other
        }
    }

    private mutating func bracketed(_ close: StaticString, separators: [StaticString]) -> [PythonExpression] {
        var elements: [PythonExpression] = []
        while !isAtEnd {
            if take(close) { break }
            let start = position
            if separators.contains(where: { isAt($0) }) {
                position += 1
                continue
            }
            elements.append(comprehension(expression(), until: close))
            if position == start { position += 1 }
        }
        return elements
    }

    /// What follows the element of a comprehension, up to the closing bracket.
    private mutating func comprehension(_ element: PythonExpression, until close: StaticString) -> PythonExpression {
        guard isAt("for") || isAt("async") else { return element }
        var parts = [element]
        while !isAtEnd, !isAt(close) {
            let start = position
            if take("for") || take("async") || take("in") || take("if") || take(",") { continue }
            parts.append(binary(0))
            if position == start { position += 1 }
        }
        return .operation("for", parts)
    }

    private mutating func braced() -> PythonExpression {
        var pairs: [PythonPair] = []
        var elements: [PythonExpression] = []
        while !isAtEnd {
            if take("}") { break }
            let start = position
            let line = tokens[position].line
            if take("**") {
                pairs.append(PythonPair(key: nil, value: expression(), line: line))
            } else {
                let key = expression()
                if take(":") {
                    pairs.append(PythonPair(key: key, value: comprehension(expression(), until: "}"), line: line))
                } else {
                    elements.append(comprehension(key, until: "}"))
                }
            }
            _ = take(",")
            if position == start { position += 1 }
        }
        return elements.isEmpty ? .dictionary(pairs) : .sequence(elements)
    }

    private mutating func strings() -> PythonExpression {
        var text = ""
        var fields: [PythonExpression] = []
        var isFormatted = false
        while let token = current, token.kind == .string {
            position += 1
            let literal = PythonStringLiteral(bytes: bytes, range: token.range)
            guard literal.isFormatted else {
                text += literal.value
                continue
            }
            isFormatted = true
            let parts = literal.fields
            text += parts.text
            for range in parts.ranges where nesting < Self.deepestNesting {
                let inner = PythonTokenizer.tokens(of: bytes, in: range, firstLine: token.line)
                var parser = Self(bytes: bytes, tokens: inner[...], nesting: nesting + 1)
                fields.append(parser.expression())
            }
        }
        return isFormatted ? .formatted(text, fields) : .string(text)
    }
}
