// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The checks by which a Python file refuses to work without a value: `if not X: raise`, `assert X`.
struct PythonGuards {
    /// Local names, and variables that are read in the condition itself.
    private var names: Set<String> = []
    private var lines: Set<Int> = []
    /// Lines whose failure the code catches and goes on.
    private var forgiven: Set<Int> = []

    init(_ source: PythonSource) {
        let statements = source.statements
        for (index, statement) in statements.enumerated() {
            guard case .keyword(let keyword, let expressions) = statement.kind else { continue }
            if keyword == "try" { forgiven.formUnion(Self.forgiven(after: index, in: statements)) }
            guard let condition = expressions.first else { continue }
            if keyword == "assert" {
                names.formUnion(Self.dotted(condition))
                lines.insert(statement.line)
            } else if keyword == "if" || keyword == "elif", Self.raises(after: index, in: statements) {
                let missing = Self.missing(condition)
                names.formUnion(missing)
                if !missing.isEmpty || Self.negates(condition) { lines.insert(statement.line) }
            }
        }
    }

    static func raises(after index: Int, in statements: [PythonStatement]) -> Bool {
        guard index + 1 < statements.count else { return false }
        for statement in statements[(index + 1)...].prefix(4) {
            guard statement.indentation > statements[index].indentation || statement.line == statements[index].line
            else { return false }
            if case .keyword("raise", _) = statement.kind { return true }
            if case .expression(let expression) = statement.kind, let call = expression.call,
                ["sys.exit", "exit", "quit", "os._exit"].contains(call.callee.dotted ?? "")
            {
                return true
            }
        }
        return false
    }

    /// The lines of `try:` whose `except KeyError:` neither raises nor ends the program.
    private static func forgiven(after index: Int, in statements: [PythonStatement]) -> [Int] {
        let level = statements[index].indentation
        let body = statements[(index + 1)...].prefix { $0.indentation > level }
        let next = index + 1 + body.count
        guard next < statements.count, statements[next].indentation == level,
            case .keyword("except", let caught) = statements[next].kind,
            caught.isEmpty || caught.contains(where: { ["KeyError", "Exception"].contains($0.dotted) })
        else { return [] }
        let handler = statements[(next + 1)...].prefix { $0.indentation > level }
        let leaves = handler.contains { statement in
            if case .keyword("raise", _) = statement.kind { return true }
            guard case .expression(let expression) = statement.kind, let callee = expression.call?.callee else {
                return false
            }
            return ["exit", "quit", "_exit", "fail", "abort"].contains(callee.lastName)
        }
        return leaves ? [] : body.map(\.line)
    }

    private static func negates(_ condition: PythonExpression) -> Bool {
        if case .operation(let name, let operands) = condition {
            let isNothing = operands.last == .name("None") || operands.last == .string("")
            return name == "not" || (name == "is" || name == "==") && isNothing
                || (name == "or" && operands.contains(where: negates))
        }
        return false
    }

    /// The names that the condition finds empty.
    private static func missing(_ condition: PythonExpression) -> [String] {
        guard case .operation(let name, let operands) = condition else { return [] }
        switch name {
        case "not": return operands.flatMap(dotted)
        case "or", "and": return operands.flatMap(missing)
        case "is", "==":
            let isNothing = operands.last == .name("None") || operands.last == .string("")
            return isNothing ? operands.prefix(1).compactMap(\.dotted) : []
        default: return []
        }
    }

    /// `X`, `X and Y`, `all([X, Y])`.
    private static func dotted(_ expression: PythonExpression) -> [String] {
        if let name = expression.dotted { return [name] }
        switch expression {
        case .operation("and", let operands): return operands.flatMap(dotted)
        case .operation("is", let operands), .operation("is not", let operands):
            return operands.prefix(1).compactMap(\.dotted)
        case .call(let call) where call.callee.dotted == "all":
            return (call.arguments.first?.value.elements ?? []).compactMap(\.dotted)
        default: return []
        }
    }

    func apply(bindings: [String: String], to file: inout FileReads) {
        for index in file.reads.indices where forgiven.contains(file.reads[index].line) { file.relax(at: index) }
        // `if not Config.SECRET_KEY: raise` after `class Config: SECRET_KEY = os.getenv("SECRET_KEY")`
        let guarded = Set(
            names.compactMap { name in
                bindings[name] ?? name.split(separator: ".").last.flatMap { bindings[String($0)] }
            })
        file.require { guarded.contains($0.name) || lines.contains($0.line) }
    }
}
