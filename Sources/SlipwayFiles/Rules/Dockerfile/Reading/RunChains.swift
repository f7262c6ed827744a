// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// RUN after RUN, when neither is a chain of its own.
enum RunChains {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var before: DockerfileStep?
        return file.reading.steps.compactMap { step in
            guard step.keyword == "RUN" else {
                before = nil
                return nil
            }
            defer { before = step }
            guard let before, before.isTrigger == step.isTrigger,
                before.instruction.flags.map(\.text) == step.instruction.flags.map(\.text), !isChain(before),
                !isChain(step)
            else { return nil }
            return Violation(line: step.line, "this RUN follows another; join them with &&")
        }
    }

    private static func isChain(_ step: DockerfileStep) -> Bool { (step.program?.commands.count ?? 0) > 1 }
}
