// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Two programs for one purpose.
enum DownloadPrograms {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var seen: [Int: Set<String>] = [:]
        return file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program else { return nil }
            let stage = step.stage ?? -1
            let before = seen[stage] ?? []
            let names = Set(program.commands.map(\.name)).intersection(["wget", "curl"])
            seen[stage] = before.union(names)
            guard before.union(names).count == 2, !names.isEmpty, before.count < 2 || !names.isEmpty else { return nil }
            return Violation(line: step.line, "wget and curl do the same; use one of them")
        }
    }
}
