// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a Python expression that stands where a default goes is worth.
enum PythonLiteral {
    static func value(_ expression: PythonExpression) -> Literal {
        switch expression {
        case .string(let text): return .text(text, nil)
        case .number(let text):
            let digits = text.filter { $0 != "_" }
            return .text(digits, digits.contains(".") ? .number : .integer)
        case .name("None"): return .nothing
        case .name("True"): return .text("true", .boolean)
        case .name("False"): return .text("false", .boolean)
        case .operation("-", let operands) where operands.count == 1:
            let inner = value(operands[0])
            return inner.text.map { .text("-" + $0, inner.kind) } ?? .computed
        case .operation("*", let operands), .operation("<<", let operands): return product(operands, expression)
        case .sequence(let elements):
            let values = elements.map { value($0).text }
            return values.contains(nil) ? .computed : .text(values.compactMap(\.self).joined(separator: ","), .list)
        case .call(let call) where call.arguments.count == 1 && ["str", "int", "float"].contains(call.callee.lastName):
            return value(call.arguments[0].value)
        default: return .computed
        }
    }

    /// `60 * 24 * 8`, as in the lifetime of a token.
    private static func product(_ operands: [PythonExpression], _ expression: PythonExpression) -> Literal {
        guard case .operation("*", _) = expression else { return .computed }
        var result = 1
        for operand in operands {
            guard let text = value(operand).text, let number = Int(text) else { return .computed }
            let (next, overflow) = result.multipliedReportingOverflow(by: number)
            if overflow { return .computed }
            result = next
        }
        return .text(String(result), .integer)
    }
}
