// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Packages whose versions may stand in variables.
enum PinnedPackages {
    static func violations(
        _ file: CheckedDockerfile, unpinned: (ShellCommand, (String) -> Bool) -> [String]
    ) -> [Violation] {
        let scopes = file.scopes
        // An argument that is declared anywhere can be given to the build.
        let anywhere = Set(
            file.reading.steps.lazy.filter { $0.keyword == "ARG" || $0.keyword == "ENV" && $0.stage == nil }
                .flatMap { $0.instruction.pairs.map(\.name) })
        return file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program,
                // Without the variables in mind, most have nothing to say.
                program.commands.contains(where: { command in !unpinned(command, { _ in false }).isEmpty })
            else { return nil }
            let scope = step.stage.flatMap { stage in
                step.position < scopes[stage].count ? scopes[stage][step.position] : nil
            }
            let assigned = Set(
                program.commands.flatMap { command in
                    (command.assignments + (command.name == "export" ? command.words : [])).map { word in
                        String(word.text.prefix { $0 != "=" })
                    }
                })
            let loose = program.commands.flatMap { command in
                unpinned(command) { name in
                    assigned.contains(name) || anywhere.contains(name) || scope?.declared.contains(name) == true
                        || scope?.environment[name] != nil
                }
            }
            return loose.first.map {
                Violation(
                    line: step.line, "\($0) has no version; write \($0)-VERSION, or pin the base image by digest")
            }
        }
    }
}
