// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a settings field's annotation says about its variable.
struct SettingsType {
    private static let kinds: [String: Variable.Kind] = [
        "int": .integer, "PositiveInt": .integer, "NonNegativeInt": .integer, "conint": .integer, "float": .number,
        "Decimal": .number, "PositiveFloat": .number, "NonNegativeFloat": .number, "bool": .boolean,
        "StrictBool": .boolean, "timedelta": .duration, "HttpUrl": .url, "AnyHttpUrl": .url, "AnyUrl": .url,
        "PostgresDsn": .url, "RedisDsn": .url, "MongoDsn": .url, "AmqpDsn": .url, "MySQLDsn": .url,
        "MultiHostUrl": .url,
        "list": .json, "List": .json, "set": .json, "Set": .json, "tuple": .json, "Tuple": .json, "dict": .json,
        "Dict": .json, "Sequence": .json, "frozenset": .json, "Json": .json, "Mapping": .json,
        "str": .string, "SecretStr": .string, "Literal": .string, "Path": .string, "EmailStr": .string,
    ]

    /// All names in the annotation, outermost first.
    let names: [String]
    let isOptional: Bool
    let kind: Variable.Kind?
    var isSecret: Bool { names.contains("SecretStr") || names.contains("SecretBytes") }
    /// Names that may be classes of the tree.
    var classes: [String] { names.filter { Self.kinds[$0] == nil && $0.first?.isUppercase == true } }

    init(_ annotation: PythonExpression?) {
        var names: [String] = []
        annotation?.walk { expression in
            if let name = expression.lastName { names.append(name) }
            // A quoted annotation: "Settings".
            if let text = expression.string, text.utf8.allSatisfy(Byte.isNamePart) { names.append(text) }
        }
        self.names = names
        isOptional = names.contains("Optional") || names.contains("None")
        let known = names.filter { $0 != "None" && $0 != "Optional" && $0 != "Union" && $0 != "Annotated" }
        let first = known.first { Self.kinds[$0] != nil }
        if first == known.first || isOptional || names.first == "Union" {
            // A union with str takes text as it is; anything else complex must be JSON.
            let takesText =
                known.contains("str") && (names.contains("NoDecode") || annotation.map(Self.hasTextBeside) ?? false)
            kind = first.flatMap { Self.kinds[$0] }.map { $0 == .json && takesText ? .list : $0 }
        } else {
            kind = first.flatMap { Self.kinds[$0] }
        }
    }

    /// Whether plain text is one of the alternatives: `list[AnyUrl] | str`, also in an `Annotated[...]`.
    private static func hasTextBeside(_ annotation: PythonExpression) -> Bool {
        switch annotation {
        case .operation("|", let sides): sides.contains { $0.lastName == "str" || hasTextBeside($0) }
        case .subscripted(let subscripted):
            switch subscripted.base.lastName {
            case "Annotated": Self.parts(subscripted).first.map(hasTextBeside) ?? false
            case "Union": Self.parts(subscripted).contains { $0.lastName == "str" }
            case "Optional": Self.parts(subscripted).contains(where: hasTextBeside)
            default: false
            }
        default: false
        }
    }

    private static func parts(_ subscripted: PythonSubscript) -> [PythonExpression] {
        if case .sequence(let items) = subscripted.index { return items }
        return [subscripted.index]
    }

    /// A list's default as JSON where the field wants JSON.
    func spell(_ literal: Literal) -> Literal {
        guard kind == .json, case .text(let text, .list) = literal else { return literal }
        if text.isEmpty { return .text("[]", .json) }
        return .text("[" + text.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") + "]", .json)
    }
}
