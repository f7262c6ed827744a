// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Expansions that a blank in their value would cut in two.
enum UnquotedWords {
    static func variables(_ file: CheckedDockerfile) -> [Violation] {
        var declared: [Int: Set<String>] = [:]
        return file.reading.steps.compactMap { step in
            let stage = step.stage ?? -1
            if step.keyword == "ARG" || step.keyword == "ENV" {
                declared[stage, default: []].formUnion(step.instruction.pairs.map(\.name))
            }
            guard step.keyword == "RUN", !step.hasForeignShell, let program = step.program else { return nil }
            var known = declared[stage] ?? []
            for command in program.commands {
                for assignment in command.assignments where isPlain(assignment.text) {
                    known.insert(String(assignment.text.prefix { $0 != "=" }))
                }
            }
            let found = program.splitExpansions.first { expansion in
                guard let name = expansion.name, let command = expansion.command, command != "[[" else { return false }
                return name != "@" && name != "*" && !known.contains(name)
            }
            return found.map {
                Violation(
                    line: step.line, column: nil,
                    "$\($0.name ?? "") breaks when its value has a blank; write: \"$\($0.name ?? "")\"")
            }
        }
    }

    static func outputs(_ file: CheckedDockerfile) -> [Violation] {
        file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", !step.hasForeignShell, let program = step.program,
                program.splitExpansions.contains(where: { expansion in
                    expansion.name == nil && expansion.command.map { !["[[", "echo", ""].contains($0) } ?? false
                        && !program.backticks.contains(expansion.offset)
                })
            else { return nil }
            return Violation(line: step.line, "$(...) is cut at every blank; write: \"$(...)\"")
        }
    }

    /// A value in which no blank and no expansion stands.
    private static func isPlain(_ assignment: String) -> Bool {
        !assignment.contains("${VAR}") && !assignment.contains { $0.isWhitespace || $0 == "*" }
    }
}
