// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Whatever the address serves that day runs as root in the build.
    static let pipedScript = Rule(
        "DF032", .info, "a downloaded script runs unread",
        why: "Whatever the address serves that day runs as root in the build.",
        catches: ["FROM debian:12\nRUN curl -fsSL https://example.org/install.sh | sh"],
        passes: [
            "FROM debian:12\nRUN curl -fsSLo install.sh https://example.org/install.sh && echo \"abc install.sh\" | sha256sum -c && sh install.sh"
        ]
    ) { file in
        file.runPrograms { program in
            let found = zip(program.commands, program.commands.dropFirst()).contains { first, second in
                ["curl", "wget"].contains(first.name) && second.joint == .pipe
                    && ["sh", "bash", "ash", "python", "python3", "node"].contains(second.name)
            }
            return found ? "the script may change; download it, compare its checksum, then run it" : nil
        }
    }
}
