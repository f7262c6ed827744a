// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A build runs as the user that USER says; sudo adds a setuid program to the image and behaves differently without a terminal.
    static let sudo = Rule(
        "DF304", .warning, "sudo in a RUN", alias: ["DL3004"],
        why:
            "A build runs as the user that USER says; sudo adds a setuid program to the image and behaves differently without a terminal.",
        catches: ["FROM debian:12\nRUN sudo apt-get update"],
        passes: ["FROM debian:12\nUSER root\nRUN apt-get update\nUSER app"]
    ) { file in
        file.runs("sudo has no place in an image; write USER root before and USER app after") { $0.name == "sudo" }
    }
}
