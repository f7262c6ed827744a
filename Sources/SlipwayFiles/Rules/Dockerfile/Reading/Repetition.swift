// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Instructions of which only the last one of a stage counts.
enum Repetition {
    static func violations(of keyword: String, in file: CheckedDockerfile, reportsFirst: Bool) -> [Violation] {
        var stage: Int?
        var seen = false
        return file.reading.steps.compactMap { step in
            if step.keyword == "FROM" || step.stage != stage {
                stage = step.stage
                seen = false
            }
            guard step.keyword == keyword, !step.isTrigger else { return nil }
            defer { seen = true }
            guard seen else { return nil }
            return Violation(
                line: step.line, "only the last \(keyword) of a stage counts; remove the one before this")
        }
    }
}
