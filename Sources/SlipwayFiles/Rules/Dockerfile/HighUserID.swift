// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// useradd writes a sparse file as long as the number, and a layer stores all of it.
    static let highUserID = Rule(
        "DF346", .warning, "useradd with a high number and without -l", alias: ["DL3046"],
        why: "useradd writes a sparse file as long as the number, and a layer stores all of it.",
        catches: ["FROM debian:12\nRUN useradd -u 123456 app"],
        passes: ["FROM debian:12\nRUN useradd -l -u 123456 app"]
    ) { file in
        file.runs("a high number makes /var/log/lastlog huge; write: useradd --no-log-init") {
            PackageCommands.isHighUserID($0)
        }
    }
}
