// SPDX-License-Identifier: Apache-2.0

/// What the validators of a settings class do not accept, so that a default which stands there is none:
/// `if self.env == "production" and not self.api_key: raise ValueError(…)`.
struct SettingsRefusals {
    private var conditions: [PythonExpression] = []
    /// The fields that a validator's parameter stands for, by the validator's scope.
    private var validated: [(condition: PythonExpression, parameter: String, fields: [String])] = []
    private let source: PythonSource

    /// - Parameter scope: The class with those around it.
    init(of scope: [String], in source: PythonSource) {
        self.source = source
        let statements = source.statements
        var decorated: [String: (parameter: String, fields: [String])] = [:]
        for statement in statements where statement.scope == scope {
            guard case .function(let function) = statement.kind else { continue }
            let fields = function.decorators.compactMap(\.call)
                .filter { ["field_validator", "validator"].contains($0.callee.lastName) }
                .flatMap { $0.arguments.compactMap(\.value.string) }
            if function.parameters.count > 1 { decorated[function.name] = (function.parameters[1].name, fields) }
        }
        for (index, statement) in statements.enumerated() {
            guard statement.scope.count == scope.count + 1, statement.scope.starts(with: scope),
                case .keyword(let keyword, let expressions) = statement.kind, keyword == "if" || keyword == "elif",
                let condition = expressions.first, PythonGuards.raises(after: index, in: statements)
            else { continue }
            conditions.append(condition)
            if let own = statement.scope.last.flatMap({ decorated[$0] }), !own.fields.isEmpty {
                validated.append((condition, own.parameter, own.fields))
            }
        }
    }

    func refuse(_ field: String, _ literal: Literal) -> Bool {
        let text: String
        switch literal {
        case .text(let value, _): text = value
        case .nothing: text = ""
        case .computed: return false
        }
        return conditions.contains { isTrue($0, "self." + field, text) }
            || validated.contains { $0.fields.contains(field) && isTrue($0.condition, $0.parameter, text) }
    }

    /// Whether the condition holds for sure, as far as it looks at this one value.
    private func isTrue(_ condition: PythonExpression, _ name: String, _ text: String) -> Bool {
        guard case .operation(let operation, let operands) = condition else {
            if let call = condition.call, case .attribute(let base, "startswith") = call.callee, base.dotted == name {
                return call.argument(nil, at: 0)?.string.map { !$0.isEmpty && text.hasPrefix($0) } ?? false
            }
            return false
        }
        switch operation {
        case "or": return operands.contains { isTrue($0, name, text) }
        // The other half asks for the mode of the program.
        case "and":
            return operands.contains { isTrue($0, name, text) }
                && operands.allSatisfy { isTrue($0, name, text) || Self.asksForMode($0) }
        case "not" where operands.count == 1: return operands[0].dotted == name && text.isEmpty
        case "is", "==":
            guard operands.count == 2, operands[0].dotted == name else { return false }
            return operands[1] == .name("None") ? text.isEmpty : operands[1].string == text
        case "in" where operands.count == 2:
            if operands[1].dotted == name { return operands[0].string.map { text.contains($0) } ?? false }
            guard operands[0].dotted == name else { return false }
            let list =
                operands[1].elements ?? operands[1].dotted.flatMap { source.moduleAssignments[$0]?.value.elements }
            return list?.contains { $0.string == text } ?? false
        case "<" where operands.count == 2:
            guard let call = operands[0].call, call.callee.dotted == "len",
                call.arguments.first?.value.dotted == name, let least = operands[1].integer
            else { return false }
            return text.count < least
        default: return false
        }
    }

    private static func asksForMode(_ expression: PythonExpression) -> Bool {
        var isMode = false
        expression.walk { inner in
            guard let last = inner.lastName else { return }
            let lower = last.lowercased()
            if EnvironmentName.isMode(last) || lower.contains("production") || lower == "is_prod" { isMode = true }
        }
        return isMode
    }
}
