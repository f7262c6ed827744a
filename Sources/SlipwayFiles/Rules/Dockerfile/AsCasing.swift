// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Two words of one instruction in two styles are harder to read.
    static let asCasing = Rule(
        "DF202", .info, "FROM and AS in different case", alias: ["FromAsCasing"],
        why: "Two words of one instruction in two styles are harder to read.",
        catches: ["FROM debian:12 as build"],
        passes: ["FROM debian:12 AS build", "from debian:12 as build"]
    ) { file in
        file.stages.compactMap { stage in
            guard stage.from.arguments.count == 3 else { return nil }
            let word = stage.from.arguments[1]
            let isUpper = stage.from.writtenKeyword == stage.from.writtenKeyword.uppercased()
            guard word != (isUpper ? word.uppercased() : word.lowercased()) else { return nil }
            let wanted = isUpper ? "AS" : "as"
            let text = stage.from.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            // Only a line whose words stand one blank apart can be put together again without loss.
            let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let place = words.count - 2
            let isPlain = stage.from.line == stage.from.endLine && place > 0 && words[place] == word
            let line = isPlain ? (words[..<place] + [wanted] + words[(place + 1)...]).joined(separator: " ") : ""
            let fix = isPlain ? Fix("Write \(wanted)", line: stage.from.line, count: 1, replacement: [line]) : nil
            return Violation(line: stage.from.line, "write \(wanted) in the case of FROM", fix: fix)
        }
    }
}
