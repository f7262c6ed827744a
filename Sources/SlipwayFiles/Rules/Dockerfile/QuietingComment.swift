// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.
    static let quietingComment = Rule(
        "DF101", .info, "a comment quiets hadolint", alias: ["DL1001"],
        why:
            "A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.",
        catches: ["# hadolint ignore=DL3006\nFROM debian"],
        passes: ["FROM debian:12"]
    ) { file in
        file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let text = GoPath.trimSpace(String(line))
            guard text.hasPrefix("#"), let pragma = IgnorePragma(text.dropFirst()),
                pragma.tool == .hadolint
            else { return nil }
            return Violation(
                line: index + 1, "a comment quiets a rule; say why in slipway.yml under check.ignore instead")
        }
    }
}
