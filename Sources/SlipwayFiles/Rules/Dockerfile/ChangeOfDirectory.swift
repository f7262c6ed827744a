// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A cd ends with its RUN and hides from the reader where the next instruction starts.
    static let changeOfDirectory = Rule(
        "DF303", .info, "cd in a RUN", alias: ["DL3003"],
        why: "A cd ends with its RUN and hides from the reader where the next instruction starts.",
        catches: ["FROM debian:12\nRUN cd /opt && make"],
        passes: ["FROM debian:12\nWORKDIR /opt\nRUN make"]
    ) { file in
        file.steps("RUN").compactMap { step in
            guard step.program?.commands.contains(where: { $0.name == "cd" }) == true else { return nil }
            return Violation(line: step.line, "cd changes the folder for this RUN only; write before it: WORKDIR")
        }
    }
}
