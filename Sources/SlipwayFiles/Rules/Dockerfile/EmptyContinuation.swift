// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// BuildKit passes over the line with a warning and will refuse it one day.
    static let emptyContinuation = Rule(
        "DF208", .warning, "an empty line inside an instruction", alias: ["NoEmptyContinuation"],
        why: "BuildKit passes over the line with a warning and will refuse it one day.",
        catches: ["FROM debian:12\nRUN a && \\\n\n  b"],
        passes: ["FROM debian:12\nRUN a && \\\n  # why\n  b"]
    ) { file in
        let warnings = file.document.diagnostics.filter { $0.severity == .warning }
        guard !warnings.isEmpty else { return [] }
        let lines = TextLines(file.text)
        return warnings.compactMap { diagnostic in
            guard let line = diagnostic.line else { return nil }
            var count = 1
            while lines.ranges.indices.contains(line - 1 + count), lines.body(line - 1 + count).allSatisfy(\.isSpace) {
                count += 1
            }
            return Violation(
                line: line, column: diagnostic.column, diagnostic.message,
                fix: Fix("Remove the empty lines", line: line, count: count, replacement: []))
        }
    }
}
