// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A build has no terminal, no services and no other processes, so such a command does nothing or hangs.
    static let commandWithoutSense = Rule(
        "DF301", .info, "a command that makes no sense in an image", alias: ["DL3001"],
        why: "A build has no terminal, no services and no other processes, so such a command does nothing or hangs.",
        catches: ["FROM debian:12\nRUN top"],
        passes: ["FROM debian:12\nRUN ls"]
    ) { file in
        let names: Set<String> = ["ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount"]
        return file.runPrograms { program in
            let found = program.commands.first { names.contains($0.name) }
            return found.map { "\($0.name) makes no sense while an image is built; remove it" }
        }
    }
}
