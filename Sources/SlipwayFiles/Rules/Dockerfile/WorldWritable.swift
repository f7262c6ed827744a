// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Any process in the container can replace the program that runs.
    static let worldWritable = Rule(
        "DF033", .warning, "files that everyone may write",
        why: "Any process in the container can replace the program that runs.",
        catches: ["FROM python:3.12-slim\nRUN chmod -R 777 /app"],
        passes: ["FROM python:3.12-slim\nRUN chown -R app /app"]
    ) { file in
        file.runs("everyone may replace these files; write: COPY --chown=app ... or chown") {
            $0.name == "chmod" && $0.arguments.contains { ["777", "0777", "a+rwx", "ugo+rwx"].contains($0) }
        }
    }
}
