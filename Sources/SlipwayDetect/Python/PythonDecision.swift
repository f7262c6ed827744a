// SPDX-License-Identifier: Apache-2.0

/// Who decides what a value is.
enum PythonDecision: Equatable {
    /// The code alone.
    case written(String)
    /// A variable of the environment, whatever the code makes of it.
    case variable
    case unknown

    /// One of several that the program chooses between.
    static func either(_ choices: [PythonDecision]) -> PythonDecision {
        if choices.contains(.variable) { return .variable }
        if choices.isEmpty || choices.contains(.unknown) { return .unknown }
        return choices.first { $0 != .written("") } ?? .written("")
    }
}

/// Finds out who decides what an expression is, without running the program.
struct PythonDecisions {
    private static let deepest = 8
    private static let readers: Set<String> = ["getenv", "config", "env", "require_env", "get_env"]
    /// What they return is what they get.
    private static let wrappers: Set<String> = [
        "str", "make_url", "quote_plus", "quote", "URL", "PostgresDsn", "RedisDsn", "SecretStr", "Secret", "Field",
    ]

    let modules: PythonModules

    func decision(on expression: PythonExpression, in source: PythonSource, depth: Int = 0) -> PythonDecision {
        guard depth < Self.deepest else { return .unknown }
        func inner(_ part: PythonExpression) -> PythonDecision { decision(on: part, in: source, depth: depth + 1) }
        switch expression {
        case .string(let text), .number(let text): return .written(text)
        case .name("None"), .name("True"), .name("False"): return .written("")
        case .formatted(let text, let fields): return Self.filled(text, fields.map(inner))
        case .operation("+", let operands):
            return Self.filled(operands.map { _ in "{}" }.joined(), operands.map(inner))
        case .operation("or", let operands): return .either(operands.map(inner))
        case .operation("if", let operands) where operands.count == 3:
            return inner(operands[1]) == .variable ? .variable : .either([inner(operands[0]), inner(operands[2])])
        case .call(let call): return decision(on: call, in: source, depth: depth)
        case .subscripted(let item):
            if source.qualified(item.base)?.hasSuffix("environ") == true { return .variable }
            return inner(item.base) == .variable ? .variable : .unknown
        case .name, .attribute: return named(expression, in: source, depth: depth)
        default: return .unknown
        }
    }

    private static func filled(_ text: String, _ parts: [PythonDecision]) -> PythonDecision {
        if parts.contains(.variable) { return .variable }
        var result = text
        for part in parts {
            guard case .written(let value) = part, let place = result.firstRange(of: "{}") else { return .unknown }
            result.replaceSubrange(place, with: value)
        }
        return .written(result)
    }

    private func decision(on call: PythonCall, in source: PythonSource, depth: Int) -> PythonDecision {
        let name = call.callee.lastName ?? ""
        if Self.readers.contains(name) || call.callee.dotted?.contains("environ") == true { return .variable }
        // `env.str("X")`, `dj_database_url.config()`
        if case .attribute(let owner, _) = call.callee, let base = owner.lastName, Self.readers.contains(base) {
            return .variable
        }
        let arguments = call.arguments.map { decision(on: $0.value, in: source, depth: depth + 1) }
        if arguments.contains(.variable) { return .variable }
        return Self.wrappers.contains(name) && arguments.count == 1 ? arguments[0] : .unknown
    }

    private func named(_ expression: PythonExpression, in source: PythonSource, depth: Int) -> PythonDecision {
        guard let dotted = expression.dotted else { return .unknown }
        let isChain = dotted.contains(".") && !dotted.hasPrefix("self.")
        if !isChain {
            let values = Self.values(of: dotted, in: source)
            if !values.isEmpty { return .either(values.map { decision(on: $0, in: source, depth: depth + 1) }) }
        }
        if let definition = modules.definition(of: dotted, in: source), definition.path != source.path,
            let owner = modules.source(definition.path), !definition.name.contains(".")
        {
            let values = Self.values(of: definition.name, in: owner)
            if !values.isEmpty { return .either(values.map { decision(on: $0, in: owner, depth: depth + 1) }) }
        }
        // What is left of the plain names are parameters, which callers give, and options of command lines.
        guard isChain, let setting = PythonSetting.of(expression, in: source, modules) else { return .unknown }
        return setting.variable == nil ? setting.value.map { .written($0) } ?? .unknown : .variable
    }

    /// Everything that a name is ever set to.
    private static func values(of name: String, in source: PythonSource) -> [PythonExpression] {
        source.statements.compactMap { statement in
            guard case .assignment(let targets, _, let value?) = statement.kind,
                targets.contains(where: { $0.dotted == name })
            else { return nil }
            return value
        }
    }
}
