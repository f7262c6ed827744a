// SPDX-License-Identifier: Apache-2.0

/// A value that comes from the environment with a default, or is written down.
struct PythonSetting {
    /// The variable that sets it.
    var variable: String?
    /// The default, or the literal.
    var value: String?

    private static let deepest = 8

    /// What an expression stands for; `nil` when it is computed.
    static func of(
        _ expression: PythonExpression, in source: PythonSource, _ modules: PythonModules, depth: Int = 0
    ) -> PythonSetting? {
        guard depth < deepest else { return nil }
        switch expression {
        case .string(let text), .number(let text): return PythonSetting(value: text)
        case .operation("or", let operands):
            let inner = operands.compactMap { of($0, in: source, modules, depth: depth + 1) }
            guard !inner.isEmpty else { return nil }
            return PythonSetting(
                variable: inner.lazy.compactMap(\.variable).first, value: inner.lazy.compactMap(\.value).first)
        case .formatted(_, let fields):
            return fields.reversed().lazy.compactMap { of($0, in: source, modules, depth: depth + 1) }.first {
                $0.value.flatMap { UInt16($0) } != nil || $0.variable != nil
            }
        case .operation("+", let operands):
            return operands.last.flatMap { of($0, in: source, modules, depth: depth + 1) }
        case .operation("if", let operands):
            return operands.lazy.compactMap { of($0, in: source, modules, depth: depth + 1) }.first
        case .subscripted(let item) where item.base.lastName == "config":
            // `app.config["PORT"]` of Flask comes from a class of settings.
            guard let name = item.index.string, let owner = modules.settingsField(name) else { return nil }
            return of(field: name, in: owner, modules, depth: depth + 1)
        case .subscripted(let item):
            guard source.qualified(item.base) == "os.environ", let name = item.index.string else { return nil }
            return PythonSetting(variable: name)
        case .call(let call): return of(call, in: source, modules, depth: depth)
        case .name, .attribute: return expression.dotted.flatMap { of(name: $0, in: source, modules, depth: depth) }
        default: return nil
        }
    }

    private static func of(
        _ call: PythonCall, in source: PythonSource, _ modules: PythonModules, depth: Int
    ) -> PythonSetting? {
        switch source.qualified(call.callee) ?? "" {
        case "int", "str", "float":
            return call.arguments.first.flatMap { of($0.value, in: source, modules, depth: depth + 1) }
        case "os.getenv", "os.environ.get", "decouple.config", "config":
            guard let name = call.argument(nil, at: 0)?.string else { return nil }
            let fallback = call.argument("default", at: 1).flatMap { of($0, in: source, modules, depth: depth + 1) }
            return PythonSetting(variable: name, value: fallback?.value)
        default: return nil
        }
    }

    private static func of(
        name: String, in source: PythonSource, _ modules: PythonModules, depth: Int
    ) -> PythonSetting? {
        let isChain = name.contains(".")
        if !isChain, let found = source.moduleAssignments[name] {
            return of(found.value, in: source, modules, depth: depth + 1)
        }
        guard let definition = modules.definition(of: name, in: source), let owner = modules.source(definition.path),
            let field = definition.name.split(separator: ".").last.map(String.init)
        else { return local(name, in: source, modules, depth: depth) }
        // An object that a function of another file gives: the one settings class with such a field is meant.
        if isChain, EnvironmentName.isScreaming(field), let found = modules.settingsField(field),
            let result = of(field: field, in: found, modules, depth: depth), result.value != nil,
            of(field: field, in: owner, modules, depth: depth) == nil
        {
            return result
        }
        if definition.path != source.path, let found = owner.moduleAssignments[definition.name] {
            return of(found.value, in: owner, modules, depth: depth + 1)
        }
        let found = isChain ? of(field: field, in: owner, modules, depth: depth) : nil
        return found ?? local(name, in: source, modules, depth: depth)
    }

    /// A name of a function: assigned there, a parameter with a default, or an option of the command line.
    private static func local(
        _ name: String, in source: PythonSource, _ modules: PythonModules, depth: Int
    ) -> PythonSetting? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if last == name {
            for statement in source.statements {
                switch statement.kind {
                case .assignment(let targets, _, let value?) where targets.first?.dotted == name:
                    if let found = of(value, in: source, modules, depth: depth + 1) { return found }
                case .function(let function):
                    let given = function.parameters.first { $0.name == name }?.value
                    let option = given?.call.flatMap { $0.argument("default", at: 0) } ?? given
                    if let found = option.flatMap({ of($0, in: source, modules, depth: depth + 1) }) { return found }
                default: continue
                }
            }
        }
        return option(last, in: source, modules, depth: depth)
    }

    /// `add_argument("--port", default=8000)` of argparse, click's `option`, Tornado's `define`.
    private static func option(
        _ name: String, in source: PythonSource, _ modules: PythonModules, depth: Int
    ) -> PythonSetting? {
        for item in source.calls
        where ["add_argument", "option", "define", "Option"].contains(item.call.callee.lastName ?? "") {
            let flags = item.call.arguments.filter { $0.name == nil }.compactMap(\.value.string)
            guard flags.contains(where: { $0 == name || $0.drop { $0 == "-" }.replacing("-", with: "_") == name }),
                let value = item.call.argument("default")
            else { continue }
            var found = of(value, in: source, modules, depth: depth + 1)
            if let variable = item.call.argument("envvar")?.string { found?.variable = variable }
            return found
        }
        return nil
    }

    /// A field of a settings class: pydantic reads it from the variable of its name (pydantic-settings, Environment
    /// variable names).
    private static func of(
        field: String, in owner: PythonSource, _ modules: PythonModules, depth: Int
    ) -> PythonSetting? {
        for statement in owner.statements where statement.scope.count == 1 {
            guard case .assignment(let targets, let annotation, let given) = statement.kind,
                targets.first?.dotted == field, annotation != nil || given != nil
            else { continue }
            // A class of plain values may read the environment itself.
            if let own = given.flatMap({ of($0, in: owner, modules, depth: depth + 1) }), own.variable != nil {
                return own
            }
            let literal = given?.call.flatMap { $0.argument("default", at: 0) } ?? given
            let value = literal.flatMap { of($0, in: owner, modules, depth: depth + 1) }?.value
            guard isSettings(statement.scope[0], in: owner) else { return PythonSetting(value: value) }
            let alias = ["alias", "validation_alias", "env"].lazy.compactMap { given?.call?.argument($0)?.string }.first
            let name = alias ?? prefix(of: statement.scope[0], in: owner) + field.uppercased()
            return PythonSetting(variable: name, value: value)
        }
        return nil
    }

    private static func isSettings(_ name: String, in source: PythonSource) -> Bool {
        source.statements.contains { statement in
            guard case .classDefinition(name, let bases, _) = statement.kind else { return false }
            return bases.contains { $0.value.lastName?.hasSuffix("Settings") == true }
        }
    }

    /// `env_prefix` of the class's configuration.
    private static func prefix(of name: String, in source: PythonSource) -> String {
        for statement in source.statements where statement.scope.first == name {
            guard case .assignment(let targets, _, let value?) = statement.kind else { continue }
            if targets.first?.dotted == "env_prefix", let text = value.string { return text.uppercased() }
            if targets.first?.dotted == "model_config", let text = value.call?.argument("env_prefix")?.string {
                return text.uppercased()
            }
        }
        return ""
    }
}
