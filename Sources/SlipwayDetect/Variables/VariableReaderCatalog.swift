// SPDX-License-Identifier: Apache-2.0

/// Every reader; a test compares the list with the folder.
enum VariableReaderCatalog {
    static let all: [any VariableReader] = [
        AuthJSReader(), CSharpEnvironmentReader(), CrossOriginReader(), ElixirEnvironmentReader(), GoConfReader(),
        GoEnvironmentReader(), GoEnvconfigReader(), GoKoanfReader(),
        GoTagReader(), JVMEnvironmentReader(), JavaScriptEnvironmentReader(), JavaScriptFunctionReader(),
        JavaScriptModuleReader(), JavaScriptSchemaReader(),
        PHPEnvironmentReader(), PrismaReader(), PythonConfigReader(), PythonEnvironmentReader(), PythonSettingsReader(),
        PythonSinkReader(),
        // Takes back what the others say.
        PythonAlternativesReader(),
        RequiredListReader(), RubyEnvironmentReader(), RustEnvironmentReader(), RustSettingsReader(),
        ShellReader(), SwiftEnvironmentReader(),
    ]

    static let byLanguage: [CodeLanguage: [any VariableReader]] = {
        var result: [CodeLanguage: [any VariableReader]] = [:]
        for language in CodeLanguage.allCases { result[language] = all.filter { $0.languages.contains(language) } }
        return result
    }()
}
