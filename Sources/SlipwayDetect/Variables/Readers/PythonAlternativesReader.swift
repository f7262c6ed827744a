// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `if X: a = os.environ["A"]`, `else: a = os.environ["B"]`: a program needs one of the two. Which one is known only
/// where the condition says whether it runs in production.
struct PythonAlternativesReader: VariableReader {
    let summary = "Python: variables of which `if` and `else` read one each for the same name"
    let languages: Set<CodeLanguage> = [.python]

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python, file.reads.count > 1 else { return }
        let names = Set(file.reads.map(\.name))
        for index in source.statements.indices {
            let statement = source.statements[index]
            if case .keyword("if", _) = statement.kind {
                let choice = Choice(at: index, in: source.statements)
                if choice.isComplete, !choice.conditions.contains(where: Self.asksForMode) {
                    file.relax(choice.alternatives(among: names), in: choice.lines)
                }
            }
            let end = index + 1 < source.statements.count ? source.statements[index + 1].line : Int.max
            for expression in statement.expressions {
                expression.walk { inner in
                    guard case .operation("if", let operands) = inner, operands.count == 3,
                        !Self.asksForMode(operands[1])
                    else { return }
                    let values = [operands[0], operands[2]].map { Self.read(in: $0, names) }
                    guard values.allSatisfy({ !$0.isEmpty }) else { return }
                    file.relax(
                        values[0].symmetricDifference(values[1]), in: statement.line...max(statement.line, end))
                }
            }
        }
    }

    private static func asksForMode(_ condition: PythonExpression) -> Bool {
        var isAsked = false
        condition.walk { inner in
            if let name = inner.string ?? inner.lastName, EnvironmentName.isMode(name) { isAsked = true }
        }
        return isAsked
    }

    private static func read(in expression: PythonExpression, _ names: Set<String>) -> Set<String> {
        var found: Set<String> = []
        expression.walk { if let text = $0.string, names.contains(text) { found.insert(text) } }
        return found
    }

    /// `if` with its `elif` and `else`.
    private struct Choice {
        var branches: [ArraySlice<PythonStatement>] = []
        var conditions: [PythonExpression] = []
        /// Whether one of the branches is always taken.
        var isComplete = false
        let lines: ClosedRange<Int>

        init(at start: Int, in statements: [PythonStatement]) {
            let level = statements[start].indentation
            var next = start
            while next < statements.count, statements[next].indentation == level, !isComplete {
                guard case .keyword(let keyword, let expressions) = statements[next].kind,
                    next == start || ["elif", "else"].contains(keyword)
                else { break }
                conditions += expressions
                isComplete = keyword == "else"
                let body = statements[(next + 1)...].prefix { $0.indentation > level }
                branches.append(body)
                next = body.endIndex
            }
            lines = statements[start].line...(branches.last?.last?.line ?? statements[start].line)
        }

        /// What only some of the branches read for a name that several of them give a value.
        func alternatives(among names: Set<String>) -> Set<String> {
            var reads: [String: [Set<String>]] = [:]
            for branch in branches {
                for statement in branch {
                    guard case .assignment(let targets, _, let value?) = statement.kind else { continue }
                    let found = PythonAlternativesReader.read(in: value, names)
                    guard !found.isEmpty else { continue }
                    for target in targets.compactMap(\.dotted) { reads[target, default: []].append(found) }
                }
            }
            return reads.values.filter { $0.count > 1 }.reduce(into: []) { result, sets in
                let all = sets.reduce(Set()) { $0.union($1) }
                result.formUnion(all.subtracting(sets.dropFirst().reduce(sets[0]) { $0.intersection($1) }))
            }
        }
    }
}
