// SPDX-License-Identifier: Apache-2.0

/// Collects the classes from which ``SettingsResolver`` works out what pydantic reads.
struct PythonSettingsReader: VariableReader {
    let summary =
        "pydantic BaseSettings, versions 1 and 2: prefixes, aliases, nested models, inheritance across files"
    let languages: Set<CodeLanguage> = [.python]

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python else { return }
        file.settings = SettingsClass.all(in: source)
        var called: Set<String> = []
        for statement in source.statements {
            for expression in statement.expressions {
                expression.walk { inner in
                    guard case .call(let call) = inner else { return }
                    if let name = call.callee.lastName, Byte.isUpper(name.utf8.first ?? 0) { called.insert(name) }
                    // Field(default_factory=DatabaseSettings)
                    if let factory = call.argument("default_factory")?.lastName { called.insert(factory) }
                }
            }
        }
        file.instantiated = called
    }
}
