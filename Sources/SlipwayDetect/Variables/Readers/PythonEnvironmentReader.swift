// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `os.environ`, `os.getenv` and what is imported or assigned from them.
struct PythonEnvironmentReader: VariableReader {
    let summary = "Python: os.environ[...], os.environ.get, os.getenv, aliases, and functions around them"
    let languages: Set<CodeLanguage> = [.python]

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python else { return }
        var walk = PythonEnvironmentWalk(source: source, file: file)
        for statement in source.statements { walk.visit(statement) }
        file = walk.file
        file.relax(walk.tested)
        file.test(Set(Self.conditions(source).compactMap { walk.bindings[$0] }))
        PythonGuards(source).apply(bindings: walk.bindings, to: &file)
    }
}

extension PythonEnvironmentReader {
    /// Names whose value the code looks at before it goes on.
    private static func conditions(_ source: PythonSource) -> Set<String> {
        var names: Set<String> = []
        func collect(_ expression: PythonExpression) {
            if let name = expression.dotted { names.insert(name) }
            guard case .operation(_, let operands) = expression else { return }
            operands.forEach(collect)
        }
        for statement in source.statements {
            if case .keyword(let keyword, let expressions) = statement.kind, ["if", "elif", "while"].contains(keyword) {
                expressions.forEach(collect)
            }
            for expression in statement.expressions {
                expression.walk { inner in
                    guard case .operation(let name, let operands) = inner else { return }
                    if ["or", "and", "not", "is", "is not"].contains(name) { operands.forEach(collect) }
                    if name == "if", operands.count > 1 { collect(operands[1]) }
                }
            }
        }
        return names
    }
}

/// One pass over a file's expressions that carries what stands around each read: a cast, a fallback.
private struct PythonEnvironmentWalk {
    private static let casts: [String: Variable.Kind] = [
        "int": .integer, "float": .number, "bool": .boolean, "strtobool": .boolean, "str2bool": .boolean,
        "to_bool": .boolean, "as_bool": .boolean, "parse_bool": .boolean, "loads": .json, "Decimal": .number,
        "literal_eval": .json,
    ]
    /// Casts that raise on None.
    private static let failing: Set<String> = ["int", "float", "Decimal", "loads", "literal_eval"]
    private static let text: Set<String> = ["str", "Path", "strip", "lower", "upper", "rstrip", "lstrip", "replace"]

    /// What the surroundings of an expression say about it.
    struct Surroundings {
        var kind: Variable.Kind?
        /// What takes over when the expression is empty.
        var fallback: Literal?
        /// The expression stands in a condition.
        var isTested = false
        /// What takes the expression fails on nothing: `int(None)`, or writes it into an address.
        var isNeeded = false
    }

    let source: PythonSource
    var file: FileReads
    /// Names that the code looks for before it reads them.
    var tested: Set<String> = []
    /// Which local name holds which variable.
    var bindings: [String: String] = [:]
    private var objects: Set<String> = ["os.environ"]
    private var statement: PythonStatement?
    /// How far in the conditions stand that look at the environment themselves: what their blocks need, only those
    /// need who asked for it.
    private var conditions: [Int] = []
    /// How many conditional expressions around the present one look at the environment.
    private var choices = 0
    private var isConditional: Bool { !conditions.isEmpty || choices > 0 }
    /// Lines of `if` whose block leaves the function.
    private let leaving: Set<Int>

    init(source: PythonSource, file: FileReads) {
        self.source = source
        self.file = file
        leaving = Self.leaving(source.statements)
        for (name, value) in source.imports where value == "os.environ" { objects.insert(name) }
        for (name, assigned) in source.moduleAssignments {
            if let origin = source.qualified(assigned.value), origin == "os.environ" { objects.insert(name) }
            if let call = assigned.value.call, call.callee.lastName == "dotenv_values" { objects.insert(name) }
        }
    }

    mutating func visit(_ statement: PythonStatement) {
        self.statement = statement
        enter(statement)
        if case .assignment(let targets, _, let value) = statement.kind {
            for target in targets {
                if case .subscripted(let item) = target, isEnvironment(item.base) {
                    if let name = item.index.string { file.assign(name, line: item.line) }
                } else {
                    visit(target, Surroundings())
                }
            }
            guard let value else { return }
            let before = file.reads.count
            visit(value, Surroundings())
            if file.reads.count == before + 1, let name = targets.first?.dotted {
                bindings[name] = file.reads[before].name
            }
            return
        }
        if case .keyword("del", _) = statement.kind { return }
        var isCondition = false
        if case .keyword(let keyword, _) = statement.kind { isCondition = ["if", "elif", "while"].contains(keyword) }
        for expression in statement.expressions { visit(expression, Surroundings(isTested: isCondition)) }
    }

    /// Keeps the conditions around a statement.
    private mutating func enter(_ statement: PythonStatement) {
        let isClosed = conditions.contains(statement.indentation)
        conditions.removeAll { $0 >= statement.indentation }
        guard case .keyword(let keyword, let expressions) = statement.kind else { return }
        let isAlternative = ["elif", "else"].contains(keyword) && isClosed
        let asks = ["if", "elif"].contains(keyword) && expressions.contains(where: asksForVariable)
        if asks || isAlternative { conditions.append(statement.indentation) }
        // `if not USE_MAIL: return`: what follows is for those alone who want mail. A value out of a file is the other
        // way to give it.
        if keyword == "if", asks, leaving.contains(statement.line),
            expressions.contains(where: { Self.isNegated($0) || asksForFile($0) })
        {
            conditions.append(statement.indentation - 1)
        }
    }

    private static func isNegated(_ expression: PythonExpression) -> Bool {
        if case .operation("not", let operands) = expression { return operands.count == 1 }
        return false
    }

    /// `DB_PASSWORD_FILE`, as Docker's secrets are told.
    private func asksForFile(_ expression: PythonExpression) -> Bool {
        variables(in: expression).contains { $0.hasSuffix("_FILE") }
    }

    /// The lines of `if` in functions whose block ends with `return` and has no other branch.
    private static func leaving(_ statements: [PythonStatement]) -> Set<Int> {
        var found: Set<Int> = []
        for (index, statement) in statements.enumerated() where !statement.scope.isEmpty {
            guard case .keyword("if", _) = statement.kind else { continue }
            let body = statements[(index + 1)...].prefix {
                $0.indentation > statement.indentation || $0.line == statement.line
            }
            guard case .keyword("return", _)? = body.last?.kind else { continue }
            let next = index + 1 + body.count
            if next < statements.count, statements[next].indentation == statement.indentation,
                case .keyword(let keyword, _) = statements[next].kind, ["elif", "else"].contains(keyword)
            {
                continue
            }
            found.insert(statement.line)
        }
        return found
    }

    /// Whether a condition looks at a variable that is no mode of the whole program.
    private func asksForVariable(_ expression: PythonExpression) -> Bool {
        variables(in: expression).contains { !EnvironmentName.isMode($0) }
    }

    /// The variables that a condition looks at.
    private func variables(in expression: PythonExpression) -> [String] {
        var found: [String] = []
        expression.walk { inner in
            var name: String?
            switch inner {
            case .subscripted(let item) where isEnvironment(item.base): name = item.index.string
            case .call(let call) where source.qualified(call.callee) == "os.getenv" || isGet(call.callee):
                name = call.argument("key", at: 0)?.string
            case .operation("in", let operands) where operands.count == 2 && isEnvironment(operands[1]):
                name = operands[0].string
            default: name = inner.dotted.flatMap { bindings[$0] }
            }
            if let name { found.append(name) }
        }
        return found
    }

    private func isEnvironment(_ expression: PythonExpression) -> Bool {
        guard let name = source.qualified(expression) else { return false }
        return name == "os.environ" || (objects.contains(name) && source.imports[name] == nil) || name == "os.environb"
    }

    private mutating func visit(_ expression: PythonExpression, _ around: Surroundings) {
        switch expression {
        case .call(let call): visit(call, around)
        case .subscripted(let item) where isEnvironment(item.base):
            if let name = item.index.string {
                file.add(name, line: item.line, required: !isConditional, kind: around.kind)
            } else if case .name(let parameter) = item.index {
                if let statement, let name = source.constant(item.index, before: statement) {
                    file.add(name, line: item.line, required: !isConditional, kind: around.kind)
                } else {
                    addWrapper(parameter, required: true)
                }
            }
        case .operation("or", let operands):
            let leaves =
                operands.last?.call.map { ["sys.exit", "exit", "quit"].contains(source.qualified($0.callee)) } ?? false
            if leaves, operands.count == 2 {
                visit(operands[0], Surroundings(kind: around.kind, isNeeded: true))
                return
            }
            for (index, operand) in operands.enumerated() {
                let next = index + 1 < operands.count ? PythonLiteral.value(operands[index + 1]) : nil
                visit(operand, Surroundings(kind: around.kind, fallback: next ?? around.fallback, isTested: true))
            }
        case .operation("in", let operands), .operation("not", let operands):
            // With two operands `not` is `not in`.
            if operands.count == 2, let name = operands[0].string, isEnvironment(operands[1]) {
                tested.insert(name)
                file.add(name, line: statement?.line ?? 1)
            } else {
                for operand in operands { visit(operand, comparison(operands)) }
            }
        case .operation("==", let operands), .operation("!=", let operands):
            for operand in operands { visit(operand, comparison(operands)) }
        case .attribute(let base, _): visit(base, around)
        case .operation(let name, let operands):
            // `x.strip() if x else None`
            let asks = name == "if" && operands.count > 1 && asksForVariable(operands[1])
            let isCondition = ["and", "not", "is", "is not"].contains(name) || asks
            if asks { choices += 1 }
            for (index, operand) in operands.enumerated() {
                visit(operand, Surroundings(isTested: isCondition || name == "if" && index == 1))
            }
            if asks { choices -= 1 }
        case .formatted(_, let fields):
            // `f"postgresql://{os.getenv('DB_USER')}"` would hold the word None.
            for field in fields { visit(field, Surroundings(isNeeded: true)) }
        default: for child in expression.children { visit(child, Surroundings()) }
        }
    }

    private func comparison(_ operands: [PythonExpression]) -> Surroundings {
        let words = operands.flatMap { $0.elements ?? [$0] }.compactMap { $0.string?.lowercased() }
        return Surroundings(
            kind: words.contains { ["true", "1", "yes", "on", "false"].contains($0) } ? .boolean : nil, isTested: true)
    }

    private mutating func visit(_ call: PythonCall, _ around: Surroundings) {
        let name = source.qualified(call.callee)
        if name == "os.getenv" || name == "os.environ.get" || isGet(call.callee) {
            let given = call.argument("default", at: 1)
            let value = given.map(PythonLiteral.value) ?? around.fallback ?? .nothing
            if let variable = call.argument("key", at: 0)?.string {
                file.add(
                    variable, line: call.line,
                    required: around.isNeeded && value == .nothing && !around.isTested && !isConditional,
                    default: value, kind: around.kind,
                    bare: given == nil && around.fallback == nil && !around.isTested && !isConditional)
            } else if let key = call.argument("key", at: 0), case .name(let parameter) = key {
                if let statement, let variable = source.constant(key, before: statement) {
                    file.add(variable, line: call.line, default: value, kind: around.kind)
                } else {
                    addWrapper(
                        parameter,
                        required: around.isNeeded && value == .nothing && !around.isTested && !isConditional)
                }
            }
            if let given { visit(given, Surroundings(kind: around.kind)) }
            return
        }
        if case .attribute(let base, let method) = call.callee {
            if isEnvironment(base) { return }
            // None has none of the methods of a text.
            if method == "split" {
                // Django's tutorials put blanks between hosts; a list has commas.
                let isList = !call.arguments.isEmpty && call.argument(nil, at: 0)?.string != " "
                visit(
                    base,
                    Surroundings(kind: isList ? .list : nil, fallback: around.fallback, isNeeded: !around.isTested))
            } else {
                var inner = Self.text.contains(method) ? around : Surroundings()
                if Self.text.contains(method), !around.isTested { inner.isNeeded = true }
                visit(base, inner)
            }
        }
        let function = call.callee.lastName ?? ""
        let isCast = Self.casts[function] != nil || Self.text.contains(function)
        for (index, argument) in call.arguments.enumerated() {
            let inner =
                isCast && index == 0
                ? Surroundings(
                    kind: Self.casts[function] ?? around.kind, fallback: around.fallback,
                    isNeeded: Self.failing.contains(function)) : Surroundings()
            visit(argument.value, inner)
            if let names = envvars(argument) { for name in names { file.add(name, line: call.line) } }
        }
    }

    /// `typer.Option(envvar="X")`, `click.option(envvar=["X", "Y"])`.
    private func envvars(_ argument: PythonArgument) -> [String]? {
        guard argument.name == "envvar" else { return nil }
        return argument.value.string.map { [$0] } ?? argument.value.elements?.compactMap(\.string)
    }

    private func isGet(_ callee: PythonExpression) -> Bool {
        guard case .attribute(let base, "get") = callee else { return false }
        return isEnvironment(base)
    }

    private mutating func addWrapper(_ parameter: String, required: Bool) {
        guard let function = statement?.scope.last,
            let wrapper = EnvironmentWrapper(parameter, of: function, in: source, required: required)
        else { return }
        file.wrappers.append(wrapper)
    }
}
