// SPDX-License-Identifier: Apache-2.0

/// What a Python expression says, as far as reading a program without running it needs.
package indirect enum PythonExpression: Equatable, Sendable {
    /// A string or bytes literal; neighbours are joined, escapes are resolved.
    case string(String)
    /// An f-string: its text with `{}` for each field, and the fields.
    case formatted(String, [PythonExpression])
    case number(String)
    /// A name; `True`, `False` and `None` too.
    case name(String)
    case attribute(PythonExpression, String)
    case call(PythonCall)
    case subscripted(PythonSubscript)
    /// A list, tuple or set.
    case sequence([PythonExpression])
    case dictionary([PythonPair])
    /// An operator with its operands: `or`, `+`, `/`, `not`; `if` holds value, condition, alternative; `for` is a
    /// comprehension, element first.
    case operation(String, [PythonExpression])
    /// Something that is not modelled.
    case other
}

package struct PythonCall: Equatable, Sendable {
    package var callee: PythonExpression
    package var arguments: [PythonArgument]
    /// One-based line of the opening parenthesis.
    package var line: Int

    /// The argument of this name, or at this position among those without a name.
    package func argument(_ name: String?, at position: Int? = nil) -> PythonExpression? {
        if let name, let found = arguments.first(where: { $0.name == name }) { return found.value }
        guard let position else { return nil }
        let positional = arguments.filter { $0.name == nil }
        return position < positional.count ? positional[position].value : nil
    }
}

package struct PythonArgument: Equatable, Sendable {
    /// `nil` for a positional argument, `*` and `**` for unpacking.
    package var name: String?
    package var value: PythonExpression
}

package struct PythonSubscript: Equatable, Sendable {
    package var base: PythonExpression
    package var index: PythonExpression
    package var line: Int
}

package struct PythonPair: Equatable, Sendable {
    /// `nil` for `**other`.
    package var key: PythonExpression?
    package var value: PythonExpression
    package var line: Int
}

extension PythonExpression {
    /// What a dictionary holds that is written out; empty for everything else.
    package var pairs: [PythonPair] {
        if case .dictionary(let pairs) = self { return pairs }
        return []
    }

    /// The value of a string literal.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
    package var call: PythonCall? {
        if case .call(let call) = self { call } else { nil }
    }
    package var elements: [PythonExpression]? {
        if case .sequence(let elements) = self { elements } else { nil }
    }
    /// The value of an integer literal.
    package var integer: Int? {
        if case .number(let text) = self { Int(text.filter { $0 != "_" }) } else { nil }
    }
    /// `os.environ` for a name or a chain of attributes on a name.
    package var dotted: String? {
        switch self {
        case .name(let name): name
        case .attribute(let base, let name): base.dotted.map { $0 + "." + name }
        default: nil
        }
    }
    /// The last name of a chain: `get` of `app.router.get`, also when the chain starts with a call.
    package var lastName: String? {
        switch self {
        case .name(let name), .attribute(_, let name): name
        default: nil
        }
    }

    /// The expressions directly inside this one.
    package var children: [PythonExpression] {
        switch self {
        case .string, .number, .name, .other: []
        case .formatted(_, let fields): fields
        case .attribute(let base, _): [base]
        case .call(let call): [call.callee] + call.arguments.map(\.value)
        case .subscripted(let item): [item.base, item.index]
        case .sequence(let elements): elements
        case .dictionary(let pairs): pairs.flatMap { [$0.key, $0.value].compactMap(\.self) }
        case .operation(_, let operands): operands
        }
    }

    /// Visits this expression and everything inside it, outermost first, in source order.
    package func walk(_ visit: (PythonExpression) -> Void) {
        visit(self)
        for child in children { child.walk(visit) }
    }
}
