// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Arguments from before FROM that a stage uses without declaring them.
enum ArgumentScopes {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        let global = Set(file.document.globalArguments.flatMap { $0.pairs.map(\.name) })
        guard !global.isEmpty else { return [] }
        let scopes = file.scopes
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage, step.keyword != "FROM", step.position < scopes[stage].count else {
                return nil
            }
            let scope = scopes[stage][step.position]
            let hidden = global.filter { !scope.declared.contains($0) && scope.environment[$0] == nil }
            guard !hidden.isEmpty else { return nil }
            let texts =
                ["COPY", "ADD", "WORKDIR", "USER", "EXPOSE", "ENV", "LABEL", "VOLUME", "ARG"].contains(step.keyword)
                ? step.instruction.arguments + step.instruction.flags.map(\.text) : runs(step)
            let found = hidden.sorted().first { name in
                texts.contains { OwnVariables.text($0, uses: name) }
            }
            return found.map {
                Violation(line: step.line, "$\($0) is empty in this stage; write behind FROM: ARG \($0)")
            }
        }
    }

    /// The text of a RUN, unless it sets variables itself.
    private static func runs(_ step: DockerfileStep) -> [String] {
        guard step.keyword == "RUN", let program = step.program else { return [] }
        let setsAny = program.commands.contains {
            !$0.assignments.isEmpty || ["export", "read", "for", "."].contains($0.name)
        }
        return setsAny ? [] : step.instruction.arguments
    }
}
