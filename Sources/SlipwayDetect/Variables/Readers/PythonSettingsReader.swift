// SPDX-License-Identifier: Apache-2.0

/// Collects the classes from which ``SettingsResolver`` works out what pydantic reads.
struct PythonSettingsReader: VariableReader {
    let summary =
        "pydantic BaseSettings, versions 1 and 2: prefixes, aliases, nested models, inheritance across files"
    let languages: Set<CodeLanguage> = [.python]

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python else { return }
        file.settings = SettingsClass.all(in: source)
        for (call, _) in source.calls {
            if let name = call.callee.lastName, name.first?.isUppercase == true { file.instantiated.insert(name) }
            // Field(default_factory=DatabaseSettings)
            if let factory = call.argument("default_factory")?.lastName { file.instantiated.insert(factory) }
        }
    }
}
