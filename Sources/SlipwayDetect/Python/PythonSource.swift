// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Python file that was read without running it: statements with their lines, and where its names come from.
package struct PythonSource: Sendable {
    /// Relative to the source tree's root.
    package let path: String
    /// In file order; those inside functions and classes too.
    package let statements: [PythonStatement]
    /// What a name stands for after the file's imports: `FastAPI` → `fastapi.FastAPI`, `np` → `numpy`; relative
    /// modules keep their dots (`.db.Base`).
    package let imports: [String: String]
    /// Every call with the statement it stands in, in file order, outermost first.
    package let calls: [(call: PythonCall, statement: PythonStatement)]
    /// `NAME = value` outside functions and classes, also under `if` and `try`; the last one wins.
    package let moduleAssignments: [String: (value: PythonExpression, line: Int)]
    /// The line of `if __name__ == "__main__":`, or of a `__main__.py`'s first statement.
    let mainBlockLine: Int?

    /// Never fails: what cannot be understood becomes ``PythonExpression/other``.
    package init(path: String, text: String) {
        self.path = path
        statements = PythonParser.statements(of: Array(text.utf8))
        calls = Self.calls(in: statements)
        moduleAssignments = Self.moduleAssignments(in: statements)
        mainBlockLine =
            path.lastPathComponent == "__main__.py" ? statements.first?.line : Self.mainBlockLine(in: statements)
        var imports: [String: String] = [:]
        for statement in statements {
            switch statement.kind {
            case .importModule(let module, let alias):
                if let alias {
                    imports[alias] = module
                } else if let top = module.split(separator: ".").first {
                    imports[String(top)] = String(top)
                }
            case .importFrom(let module, let names):
                for name in names where name.name != "*" {
                    imports[name.alias ?? name.name] =
                        module.hasSuffix(".") ? module + name.name : "\(module).\(name.name)"
                }
            default: break
            }
        }
        self.imports = imports
    }

    /// A chain of names with its first name replaced by what was imported under it: `FastAPI` → `fastapi.FastAPI`,
    /// `os.environ.get` stays. `nil` when the expression is no such chain.
    package func qualified(_ expression: PythonExpression) -> String? {
        guard let dotted = expression.dotted else { return nil }
        let parts = dotted.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let origin = imports[String(first)] else { return dotted }
        return parts.count == 1 ? origin : "\(origin).\(parts[1])"
    }

    private static func mainBlockLine(in statements: [PythonStatement]) -> Int? {
        for statement in statements where statement.scope.isEmpty {
            guard case .keyword("if", let conditions) = statement.kind else { continue }
            var isMain = false
            conditions.first?.walk { if case .name("__name__") = $0 { isMain = true } }
            if isMain { return statement.line }
        }
        return nil
    }

    private static func calls(in statements: [PythonStatement]) -> [(call: PythonCall, statement: PythonStatement)] {
        var found: [(PythonCall, PythonStatement)] = []
        for statement in statements {
            for expression in statement.expressions {
                expression.walk { if case .call(let call) = $0 { found.append((call, statement)) } }
            }
        }
        return found
    }

    private static func moduleAssignments(
        in statements: [PythonStatement]
    ) -> [String: (value: PythonExpression, line: Int)] {
        var found: [String: (PythonExpression, Int)] = [:]
        for statement in statements where statement.scope.isEmpty {
            guard case .assignment(let targets, _, let value?) = statement.kind else { continue }
            for target in targets {
                if case .name(let name) = target { found[name] = (value, statement.line) }
            }
        }
        return found
    }

    /// The text that a name was given last before a statement, in its function or in the module.
    package func constant(_ expression: PythonExpression, before statement: PythonStatement) -> String? {
        guard case .name(let name) = expression else { return nil }
        let assigned = statements.last { other in
            guard other.line < statement.line, other.scope == statement.scope,
                case .assignment(let targets, _, .string?) = other.kind
            else { return false }
            return targets.contains(.name(name))
        }
        if case .assignment(_, _, .string(let text)?)? = assigned?.kind { return text }
        guard !isParameter(name, in: statement.scope) else { return nil }
        return moduleAssignments[name]?.value.string
    }

    private func isParameter(_ name: String, in scope: [String]) -> Bool {
        statements.contains { statement in
            guard case .function(let function) = statement.kind, scope.contains(function.name) else { return false }
            return function.parameters.contains { $0.name == name }
        }
    }

    /// The statements directly inside a class or function of this name.
    package func body(of scope: [String]) -> [PythonStatement] { statements.filter { $0.scope == scope } }
}
