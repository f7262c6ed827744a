// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.
    static let ignorePragma = Rule(
        "DF101", .info, "a comment quiets hadolint", alias: ["DL1001"],
        why:
            "A comment that quiets a rule hides what the next reader should know; slipway.yml can say it with a reason.",
        catches: ["# hadolint ignore=DL3006\nFROM debian"],
        passes: [
            "FROM debian:12", "FROM debian:12\n# hadolint ignore=DL3008\nRUN apt-get update && apt-get install -y tini",
        ]
    ) { file in
        file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            guard let hash = line.lastIndex(of: "#"), HadolintPragma.isIgnore(line[line.index(after: hash)...]) else {
                return nil
            }
            return Violation(
                line: index + 1, "a comment quiets a rule; say why in slipway.yml under check.ignore instead")
        }
    }
}

/// A comment to hadolint.
enum HadolintPragma {
    static func isIgnore(_ comment: Substring) -> Bool {
        var text = comment.drop { $0 == " " || $0 == "\t" }
        guard text.hasPrefix("hadolint ") else { return false }
        text = text.dropFirst("hadolint ".count).drop { $0 == " " }
        guard text.hasPrefix("ignore") else { return false }
        text = text.dropFirst("ignore".count).drop { $0 == " " }
        guard text.hasPrefix("=") else { return false }
        let codes = text.dropFirst().filter { $0 != " " && $0 != "\r" }.split(separator: ",")
        return !codes.isEmpty
            // Distributions keep one version of a package: nobody can follow these two for long, and all know why.
            && codes.contains { $0 != "DL3008" && $0 != "DL3018" }
            && codes.allSatisfy { code in
                (code.hasPrefix("DL") || code.hasPrefix("SC")) && code.dropFirst(2).allSatisfy(\.isNumber)
            }
    }
}
