// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Lists of names that a program insists on: `REQUIRED_ENV = ["A", "B"]`, `required := []string{"A", "B"}`.
struct RequiredListReader: VariableReader {
    let summary = "lists of names that a program insists on: REQUIRED_ENV = [\"A\", \"B\"]"
    let languages: Set<CodeLanguage> = [.python, .javascript, .go, .rust, .ruby, .php, .jvm, .swift, .csharp]

    func read(_ code: Code, into file: inout FileReads) {
        if let source = code.python {
            NameLoops.read(source, into: &file)
            return read(source, into: &file)
        }
        NameLoops.read(code, into: &file)
        guard failsSomewhere(code) else { return }
        for index in 0..<code.count where code.kind(index) == .word && Self.isName(code.text(index)) {
            // A type, a keyword or `:=` may stand between the name and the list.
            guard
                let open = (index + 1..<min(code.count, index + 12)).first(where: {
                    (code.isMark($0, "[") || code.isMark($0, "{")) && code.kind($0 + 1) == .string
                }), (index + 1..<open).contains(where: { code.isMark($0, "=") }),
                !(index + 1..<open).contains(where: { code.isMark($0, ";") || code.isMark($0, "(") })
            else { continue }
            let names = code.arguments(open).compactMap { $0.count == 1 ? code.string($0.lowerBound) : nil }
            guard names.count == code.arguments(open).count, names.allSatisfy(EnvironmentName.isScreaming) else {
                continue
            }
            for name in names { file.add(name, at: open, required: true) }
        }
    }

    private func read(_ source: PythonSource, into file: inout FileReads) {
        guard source.imports.values.contains(where: { $0 == "os" || $0.hasPrefix("os.") }) else { return }
        for statement in source.statements {
            guard case .assignment(let targets, _, let value?) = statement.kind,
                let target = targets.first?.dotted, Self.isName(target),
                let names = value.elements?.map(\.string), !names.isEmpty,
                names.allSatisfy({ $0.map(EnvironmentName.isScreaming) ?? false })
            else { continue }
            for name in names.compactMap(\.self) { file.add(name, line: statement.line, required: true) }
        }
    }

    /// `REQUIRED_ENV_VARS`, `requiredVariables`
    private static func isName(_ word: String) -> Bool {
        let lower = word.lowercased()
        return lower.contains("required") || lower.contains("mandatory")
    }

    private func failsSomewhere(_ code: Code) -> Bool {
        (0..<code.count).contains {
            code.isWord(
                $0, of: ["throw", "exit", "panic", "Fatal", "Fatalf", "raise", "abort", "Errorf", "fatalError", "die"])
        }
    }
}
