// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody dares to remove a comment that does not say why it is there.
    static let unexplainedIgnore = Rule(
        "AP001", .info, "a comment quiets a rule without a reason",
        why: "Nobody dares to remove a comment that does not say why it is there, and it outlives its cause.",
        catches: ["# slipway ignore=DF306\nFROM debian"],
        passes: ["# slipway ignore=DF306 the mirror has one tag\nFROM debian", "# hadolint ignore=DL3006\nFROM debian"]
    ) { repository in
        FileFormat.allCases.flatMap { format in
            repository.paths(of: format).flatMap { path in
                IgnorePragmas(repository.tree.text(path) ?? "").linesWithoutReason.map { line in
                    Violation(file: path, line: line, "say why behind the codes: # slipway ignore=CODE the reason")
                }
            }
        }
    }
}
