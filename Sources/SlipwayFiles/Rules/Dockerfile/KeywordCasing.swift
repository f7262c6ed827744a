// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// One file in two styles is harder to read.
    static let keywordCasing = Rule(
        "DF203", .info, "instructions in different case", alias: ["ConsistentInstructionCasing"],
        why: "One file in two styles is harder to read.",
        catches: ["FROM debian:12\nrun true"],
        passes: ["from debian:12\nrun true"]
    ) { file in
        let written = file.instructions.map(\.writtenKeyword)
        let upper = written.count { $0 == $0.uppercased() }
        let wantsUpper = upper * 2 >= written.count
        return file.instructions.compactMap { instruction in
            let wanted = wantsUpper ? instruction.keyword : instruction.keyword.lowercased()
            guard instruction.writtenKeyword != wanted, !wanted.isEmpty else { return nil }
            return Violation(line: instruction.line, "the other instructions are in another case; write: \(wanted)")
        }
    }
}
