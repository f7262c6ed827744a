// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Python class that may be, or be part of, a pydantic settings class.
struct SettingsClass {
    struct Field {
        var name: String
        var line: Int
        var annotation: PythonExpression?
        var hasDefault: Bool
        var literal: Literal
        /// Names that replace the field's own: `alias`, `validation_alias`, `env`.
        var aliases: [String]
        /// Whether the class's own validators refuse the default.
        var isRefused = false
    }

    /// What `model_config`, `class Config` or the class's arguments say; `nil` where they are silent.
    struct Options {
        var prefix: String?
        var nestedDelimiter: String?
        var isCaseSensitive: Bool?
    }

    var name: String
    var file: String
    /// Last component of each base.
    var bases: [String]
    var isSettings: Bool
    /// Whether the file imports version 2's package; there `Optional[X]` without a default is required.
    var isVersion2: Bool
    var fields: [Field]
    var options: Options

    /// All classes of a file with annotated fields.
    static func all(in source: PythonSource) -> [SettingsClass] {
        let isVersion2 = source.imports.values.contains { $0.hasPrefix("pydantic_settings") }
        let bodies = Dictionary(grouping: source.statements.filter { !$0.scope.isEmpty }, by: \.scope)
        return source.statements.compactMap { statement in
            guard case .classDefinition(let name, let arguments, _) = statement.kind,
                // A class of this name inside another one holds pydantic's own options.
                name != "Config" || statement.scope.isEmpty
            else { return nil }
            let positional = arguments.filter { $0.name == nil }
            let bases = positional.compactMap { base -> String? in
                if case .subscripted(let item) = base.value { return item.base.lastName }
                return base.value.lastName
            }
            let isSettings = positional.contains {
                ["pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"]
                    .contains(source.qualified($0.value) ?? "")
            }
            let body = bodies[statement.scope + [name]] ?? []
            var options = Options()
            for argument in arguments { read(option: argument, into: &options) }
            for inner in body { read(configuration: inner, into: &options) }
            for inner in bodies[statement.scope + [name, "Config"]] ?? [] {
                guard case .assignment(let targets, _, let value?) = inner.kind, let key = targets.first?.dotted else {
                    continue
                }
                read(option: PythonArgument(name: key, value: value), into: &options)
            }
            var fields = body.compactMap { field($0, allowsBare: isSettings && !isVersion2) }
            let hasMethods = body.contains { if case .function = $0.kind { true } else { false } }
            if hasMethods, fields.contains(where: \.hasDefault) {
                let refusals = SettingsRefusals(of: statement.scope + [name], in: source)
                for index in fields.indices where fields[index].hasDefault {
                    fields[index].isRefused = refusals.refuse(fields[index].name, fields[index].literal)
                }
            }
            return SettingsClass(
                name: name, file: source.path, bases: bases, isSettings: isSettings, isVersion2: isVersion2,
                fields: fields, options: options)
        }
    }

    private static func read(configuration statement: PythonStatement, into options: inout Options) {
        guard case .assignment(let targets, _, let value?) = statement.kind, targets.first?.dotted == "model_config"
        else {
            return
        }
        if let call = value.call {
            for argument in call.arguments { read(option: argument, into: &options) }
        } else if case .dictionary(let pairs) = value {
            for pair in pairs {
                read(option: PythonArgument(name: pair.key?.string, value: pair.value), into: &options)
            }
        }
    }

    private static func read(option: PythonArgument, into options: inout Options) {
        switch option.name {
        case "env_prefix": options.prefix = option.value.string ?? options.prefix
        case "env_nested_delimiter": options.nestedDelimiter = option.value.string ?? options.nestedDelimiter
        case "case_sensitive": options.isCaseSensitive = option.value == .name("True")
        default: break
        }
    }

    private static func field(_ statement: PythonStatement, allowsBare: Bool) -> Field? {
        guard case .assignment(let targets, let annotation, let value) = statement.kind, targets.count == 1,
            case .name(let name) = targets[0], !name.hasPrefix("_"), name != "model_config",
            annotation != nil || (allowsBare && value.map { PythonLiteral.value($0) != .computed } == true)
        else { return nil }
        if let annotation, annotation.lastName == "ClassVar" || subscriptName(annotation) == "ClassVar" { return nil }
        if subscriptName(annotation) == "Final", value != nil { return nil }
        var field = Field(
            name: name, line: statement.line, annotation: annotation, hasDefault: value != nil,
            literal: value.map(PythonLiteral.value) ?? .nothing, aliases: [])
        if case .subscripted(let item)? = annotation, item.base.lastName == "Annotated",
            let parts = item.index.elements, let type = parts.first
        {
            field.annotation = type
            for part in parts.dropFirst() {
                guard let call = part.call, call.callee.lastName == "Field" else { continue }
                read(call, into: &field, positionalDefault: false)
            }
        }
        if let call = value?.call,
            ["Field", "PydanticField", "SettingsField", "PrivateAttr"].contains(call.callee.lastName)
        {
            if call.callee.lastName == "PrivateAttr" { return nil }
            field.hasDefault = false
            field.literal = .nothing
            read(call, into: &field, positionalDefault: true)
        } else if value == .name("...") || value == .other, value != nil, isEllipsis(value) {
            field.hasDefault = false
        }
        return field
    }

    private static func isEllipsis(_ value: PythonExpression?) -> Bool {
        value == .name("...") || value == .name("Ellipsis") || value == .other
    }

    private static func subscriptName(_ expression: PythonExpression?) -> String? {
        if case .subscripted(let item)? = expression { item.base.lastName } else { nil }
    }

    private static func read(_ call: PythonCall, into field: inout Field, positionalDefault: Bool) {
        let value = call.argument("default", at: positionalDefault ? 0 : nil)
        if let value, !isEllipsis(value) {
            field.hasDefault = true
            field.literal = PythonLiteral.value(value)
        }
        if call.argument("default_factory") != nil {
            field.hasDefault = true
            field.literal = .computed
        }
        for key in ["validation_alias", "alias", "env"] where field.aliases.isEmpty {
            guard let alias = call.argument(key) else { continue }
            if let name = alias.string {
                field.aliases = [name]
            } else if let names = alias.elements {
                field.aliases = names.compactMap(\.string)
            } else if let choices = alias.call {
                field.aliases = choices.arguments.compactMap(\.value.string)
            }
        }
    }
}
