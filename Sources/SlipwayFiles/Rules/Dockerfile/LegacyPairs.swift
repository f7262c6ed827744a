// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The old form takes the rest of the line as the value and is deprecated.
    static let legacyPairs = Rule(
        "DF206", .info, "ENV or LABEL without an equals sign", alias: ["LegacyKeyValueFormat"],
        why: "The old form takes the rest of the line as the value and is deprecated.",
        catches: ["FROM debian:12\nENV HOME /root"],
        passes: ["FROM debian:12\nENV HOME=/root"]
    ) { file in
        file.instructions.compactMap { instruction in
            guard ["ENV", "LABEL"].contains(instruction.keyword), instruction.arguments.count == 3,
                instruction.arguments[2].isEmpty, !instruction.arguments[1].isEmpty
            else { return nil }
            let (name, value) = (instruction.arguments[0], instruction.arguments[1])
            let isSimple = !value.contains { $0.isWhitespace || "\"'\\".contains($0) }
            let isQuoted =
                value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
                && !value.dropFirst().dropLast().contains { "\"\\".contains($0) }
            let line = "\(instruction.writtenKeyword) \(name)=\(isSimple || isQuoted ? value : "\"\(value)\"")"
            let isSafe = isSimple || isQuoted || !value.contains { "\"'\\".contains($0) }
            let fix =
                isSafe
                ? Fix(
                    "Write =", line: instruction.line, count: instruction.endLine - instruction.line + 1,
                    replacement: [line]) : nil
            return Violation(line: instruction.line, "the form without = is deprecated; write: \(line)", fix: fix)
        }
    }
}
