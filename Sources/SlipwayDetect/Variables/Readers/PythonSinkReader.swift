// SPDX-License-Identifier: Apache-2.0

/// Marks, among what the other readers found in Python, the variables that go straight to something that cannot work
/// with nothing.
struct PythonSinkReader: VariableReader {
    let summary =
        "Python: what signs, makes a client or says which hosts Django answers, without a default"
    let languages: Set<CodeLanguage> = [.python]

    /// Settings without which Django and Flask refuse every request, or to start.
    private static let settings: Set<String> = [
        "SECRET_KEY", "JWT_SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "secret_key",
    ]
    private static let clientKeys: Set<String> = ["api_key", "secret_key"]

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python, !file.reads.isEmpty else { return }
        var bindings: [String: String] = [:]
        for statement in source.statements {
            guard case .assignment(let targets, _, let value?) = statement.kind,
                let name = Self.variable(value, [:]), let target = targets.first?.dotted
            else { continue }
            bindings[target] = name
        }
        var handed: Set<String> = []
        for statement in source.statements {
            guard case .assignment(let targets, _, let value?) = statement.kind, let target = targets.first,
                let name = Self.variable(value, bindings)
            else { continue }
            if let key = Self.key(target), Self.settings.contains(key) || key == "api_key" { handed.insert(name) }
        }
        for (call, statement) in source.calls {
            let names = Self.handed(to: call, source, bindings)
            if !names.isEmpty, !Self.isChoice(statement, source) { handed.formUnion(names) }
        }
        file.hand(handed)
        if let name = Self.hosts(source) { file.refuseEmpty([name]) }
    }

    /// Whether a statement runs only where some comparison holds: `if provider == "smtp":`.
    private static func isChoice(_ statement: PythonStatement, _ source: PythonSource) -> Bool {
        var indentation = statement.indentation
        for other in source.statements.reversed() where other.line < statement.line && other.indentation < indentation {
            indentation = other.indentation
            guard case .keyword(let keyword, let expressions) = other.kind else { continue }
            if ["elif", "else", "case"].contains(keyword) { return true }
            if keyword == "if", case .operation(let name, let operands)? = expressions.first,
                ["==", "in", "and", "or"].contains(name), !operands.contains(.name("__name__"))
            {
                return true
            }
        }
        return false
    }

    /// `SECRET_KEY`, `app.secret_key`, `app.config["SECRET_KEY"]`
    private static func key(_ target: PythonExpression) -> String? {
        if case .subscripted(let item) = target { return item.base.lastName == "config" ? item.index.string : nil }
        return target.lastName
    }

    /// The variable that an expression reads as it is, or a name that holds one.
    private static func variable(_ expression: PythonExpression, _ bindings: [String: String]) -> String? {
        if let name = expression.dotted { return bindings[name] }
        guard let call = expression.call, call.arguments.count == 1, let callee = call.callee.dotted,
            callee.hasSuffix("getenv") || callee.hasSuffix("environ.get")
        else { return nil }
        return call.argument("key", at: 0)?.string
    }

    private static func handed(
        to call: PythonCall, _ source: PythonSource, _ bindings: [String: String]
    ) -> [String] {
        func arguments(_ positions: [Int], _ name: String? = nil) -> [String] {
            let given = positions.map { call.argument(nil, at: $0) } + [name.flatMap { call.argument($0) }]
            return given.compactMap { $0.flatMap { variable($0, bindings) } }
        }
        let keys = call.arguments.filter { $0.name.map(clientKeys.contains) == true }
            .compactMap { variable($0.value, bindings) }
        switch source.qualified(call.callee) ?? call.callee.lastName ?? "" {
        case "jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode": return keys + arguments([1], "key")
        case "sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine": return arguments([0], "url")
        case "supabase.create_client": return arguments([0, 1])
        default:
            let isMail = call.callee.lastName == "login" && source.imports.values.contains { $0.hasPrefix("smtplib") }
            return isMail ? arguments([0, 1]) : keys
        }
    }

    /// The variable from which alone Django learns for which hosts it may answer, unless the settings are those of a
    /// developer (docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts).
    private static func hosts(_ source: PythonSource) -> String? {
        let mentions = source.statements.flatMap(\.expressions).filter { expression in
            var isFound = false
            expression.walk { if $0 == .name("ALLOWED_HOSTS") { isFound = true } }
            return isFound
        }
        guard mentions.count == 1, let value = source.moduleAssignments["ALLOWED_HOSTS"]?.value else { return nil }
        if let debug = source.moduleAssignments["DEBUG"]?.value {
            var isOn = debug == .name("True")
            debug.walk { inner in
                let fallback = inner.call.flatMap { $0.argument("default", at: 1) ?? $0.argument("default") }
                if fallback == .name("True") || ["true", "1", "yes"].contains(fallback?.string?.lowercased() ?? "") {
                    isOn = true
                }
            }
            guard !isOn else { return nil }
        }
        var names: [String] = []
        var hasOthers = false
        value.walk { inner in
            switch inner {
            case .operation(let name, _) where ["or", "and", "+", "if"].contains(name): hasOthers = true
            case .call(let call):
                guard let name = call.argument(nil, at: 0)?.string, EnvironmentName.isScreaming(name) else { return }
                names.append(name)
                let fallback = call.argument("default") ?? call.argument(nil, at: 1)
                if let fallback, fallback.string != "", fallback.elements?.isEmpty != true, fallback.lastName == nil {
                    hasOthers = true
                }
            default: break
            }
        }
        return names.count == 1 && !hasOthers ? names[0] : nil
    }
}
