// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What pip downloads and keeps.
enum PipCacheLayers {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var disabled: [Int: Bool] = [:]
        return file.reading.steps.compactMap { step in
            let stage = step.stage ?? -1
            if step.keyword == "FROM", !step.isTrigger, let parent = file.stages[stage].parent {
                disabled[stage] = disabled[parent]
            }
            if step.keyword == "ENV", step.instruction.pairs.contains(where: { isOn($0.name, $0.value) }) {
                disabled[stage] = true
            }
            guard step.keyword == "RUN", let program = step.program, disabled[stage] != true else { return nil }
            let isMounted = step.instruction.flags.contains { flag in
                guard flag.name == "mount", ["cache", "tmpfs"].contains(flag.field("type") ?? "") else { return false }
                return (flag.field("target") ?? flag.field("dst") ?? flag.field("destination") ?? "").contains(
                    ".cache/pip")
            }
            guard !isMounted else { return nil }
            let isExported = program.commands.contains { command in
                command.name == "export" && command.words.contains { isOn($0) }
            }
            let keeps = program.commands.contains { command in
                !isExported && PackageCommands.isPipInstall(command) && !command.hasFlag("no-cache-dir")
                    && !command.assignments.contains { isOn($0) }
            }
            return keeps ? Violation(line: step.line, "pip keeps its cache; write: pip install --no-cache-dir") : nil
        }
    }

    /// Every boolean turns the cache off, also one that says no: since pip 10 that was so by mistake, and it is kept for
    /// those who rely on it (github.com/pypa/pip, _internal/cli/cmdoptions.py, _handle_no_cache_dir).
    private static let switches: Set<String> = [
        "1", "true", "on", "yes", "y", "t", "0", "false", "off", "no", "n", "f",
    ]

    private static func isOn(_ name: String, _ value: String?) -> Bool {
        name == "PIP_NO_CACHE_DIR" && switches.contains(value?.lowercased() ?? "")
    }

    private static func isOn(_ assignment: ShellWordText) -> Bool {
        let parts = assignment.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        return parts.count == 2 && isOn(parts[0], parts[1])
    }
}
