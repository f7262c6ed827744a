// SPDX-License-Identifier: Apache-2.0

/// What the settings files of a Django site say about one setting, as module constants or as fields of a class.
struct DjangoSettings {
    private let files: [PythonSource]
    private let modules: PythonModules

    /// - Parameter files: Later ones override earlier ones.
    init(_ files: [PythonSource], _ modules: PythonModules) {
        self.files = files
        self.modules = modules
    }

    /// Every value that a setting gets, the strongest last, with its place.
    func values(_ name: String) -> [(value: PythonExpression, source: PythonSource, line: Int)] {
        files.flatMap { source in
            source.statements.compactMap { statement in
                guard statement.scope.count <= 1, case .assignment(let targets, _, let value?) = statement.kind,
                    targets.contains(where: { $0.dotted == name })
                else { return nil }
                return (value, source, statement.line)
            }
        }
    }

    func text(_ name: String) -> String? {
        values(name).reversed().lazy.compactMap { modules.text(of: $0.value, in: $0.source) }.first
    }

    /// The strings inside a list that may be put together from several; entries like `"daphne"` first of all.
    func elements(_ name: String) -> Set<String> {
        var found: Set<String> = []
        func read(_ expression: PythonExpression, _ source: PythonSource, depth: Int) {
            guard depth < 6 else { return }
            expression.walk { inner in
                if let text = inner.string { found.insert(text) }
                if case .name(let other) = inner, other != name, let value = source.moduleAssignments[other]?.value {
                    read(value, source, depth: depth + 1)
                }
            }
        }
        for item in values(name) { read(item.value, item.source, depth: 0) }
        for source in files {
            // `INSTALLED_APPS.append("…")`, `.insert(0, "…")`
            for item in source.calls where item.call.callee.dotted?.hasPrefix(name + ".") == true {
                for argument in item.call.arguments { read(argument.value, source, depth: 0) }
            }
        }
        return found
    }
}
