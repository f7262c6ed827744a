// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It brings everything along that the other stage has, caches and tools included.
    static let wholeFileSystem = Rule(
        "DF367", .info, "a whole file system is copied", alias: ["DL3067"],
        why: "It brings everything along that the other stage has, caches and tools included.",
        catches: ["FROM debian:12 AS a\nFROM scratch\nCOPY --from=a / /"],
        passes: ["FROM debian:12 AS a\nFROM scratch\nCOPY --from=a /app /app"]
    ) { file in
        file.steps("COPY").compactMap { step in
            let arguments = step.instruction.arguments.map { $0.filter { $0 != "\"" && $0 != "'" } }
            guard step.instruction.flag("from") != nil, arguments.count == 2, arguments[0] == "/", arguments[1] == "/"
            else { return nil }
            return Violation(line: step.line, "the whole stage is copied; name the folders that are needed")
        }
    }
}
