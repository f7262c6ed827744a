// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// ADD unpacks archives and fetches addresses; for plain files COPY says what happens.
    static let addInsteadOfCopy = Rule(
        "DF320", .info, "ADD for plain files", alias: ["DL3020"],
        why: "ADD unpacks archives and fetches addresses; for plain files COPY says what happens.",
        catches: ["FROM debian:12\nADD app.py /app/"],
        passes: [
            "FROM debian:12\nCOPY app.py /app/", "FROM debian:12\nADD app.tar.gz /app/",
            "FROM debian:12\nADD https://example.org/a /a",
        ]
    ) { file in
        file.steps("ADD").compactMap { step in
            let sources = step.instruction.arguments.dropLast()
            guard step.instruction.heredocs.isEmpty, sources.contains(where: { !AddSources.needsAdd($0) }) else {
                return nil
            }
            return Violation(line: step.line, "ADD is for archives and addresses; write: COPY")
        }
    }
}
