// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// The exception stands before the pattern that excludes the file, and the last pattern that matches decides.
    static let matchesNothing = Rule(
        "DI005", .info, "an exception that brings nothing back",
        why:
            "The exception stands before the pattern that excludes the file, and the last pattern that matches decides.",
        catches: [[".dockerignore": "!keep.txt\n*.txt\n", "keep.txt": ""]],
        passes: [[".dockerignore": "*.txt\n!keep.txt\n", "keep.txt": ""]]
    ) { file in
        file.rules.enumerated().compactMap { index, rule in
            guard rule.isException, index + 1 < file.rules.count, !rule.pattern.contains("*"),
                let deciding = file.document.decidingRule(for: rule.pattern), !deciding.isException,
                deciding.position.line > rule.position.line
            else { return nil }
            return Violation(
                line: rule.position.line, "line \(deciding.position.line) excludes it again; move this line behind it")
        }
    }
}
