// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// COPY to a relative place before any WORKDIR.
enum RelativeCopies {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var placed: Set<Int> = []
        return file.reading.steps.compactMap { step in
            let stage = step.stage ?? -1
            if step.keyword == "FROM", !step.isTrigger, let parent = file.stages[stage].parent, placed.contains(parent)
            {
                placed.insert(stage)
            }
            if step.keyword == "WORKDIR" { placed.insert(stage) }
            guard step.keyword == "COPY", !placed.contains(stage),
                let last = step.instruction.arguments.last
            else {
                return nil
            }
            let target = last.filter { $0 != "\"" && $0 != "'" }
            guard !target.hasPrefix("/"), !target.hasPrefix("$"), !isWindows(target) else { return nil }
            return Violation(line: step.line, "\(last) depends on the base image; write before it: WORKDIR /app")
        }
    }

    private static func isWindows(_ path: String) -> Bool {
        let bytes = Array(path.utf8.prefix(3))
        return bytes.count > 1 && bytes[0].isLetter && bytes[1] == UInt8(ascii: ":")
    }
}
