// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The progress bar fills the build's log with thousands of lines.
    static let wgetProgress = Rule(
        "DF347", .info, "wget shows its progress", alias: ["DL3047"],
        why: "The progress bar fills the build's log with thousands of lines.",
        catches: ["FROM debian:12\nRUN wget https://example.org/a"],
        passes: [
            "FROM debian:12\nRUN wget -q https://example.org/a",
            "FROM debian:12\nRUN wget --progress=dot:giga https://example.org/a",
        ]
    ) { file in
        file.runs("the progress bar floods the log; write: wget -nv") { PackageCommands.isNoisyWget($0) }
    }
}
