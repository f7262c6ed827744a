// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.
    static let quietingComment = Rule(
        "DF101", .info, "a comment quiets hadolint", alias: ["DL1001"],
        why:
            "A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.",
        catches: ["# hadolint ignore=DL3006\nFROM debian"],
        passes: [
            "FROM debian:12", "FROM debian:12\n# hadolint ignore=DL3008\nRUN apt-get update && apt-get install -y tini",
        ]
    ) { file in
        file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let text = GoPath.trimSpace(String(line))
            guard text.hasPrefix("#"), let pragma = IgnorePragma(text.dropFirst()),
                pragma.tool == .hadolint,
                // Distributions keep one version of a package: nobody can follow these two for long, and all know why.
                !pragma.names.allSatisfy({ $0 == "DL3008" || $0 == "DL3018" })
            else { return nil }
            return Violation(
                line: index + 1, "a comment quiets a rule; say why in slipway.yml under check.ignore instead")
        }
    }
}
