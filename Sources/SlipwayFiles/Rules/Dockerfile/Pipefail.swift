// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A shell reports the last command of a pipe only, so a failed download goes on into the image.
    static let pipefail = Rule(
        "DF406", .warning, "a pipe hides a failure", alias: ["DL4006"],
        why: "A shell reports the last command of a pipe only, so a failed download goes on into the image.",
        catches: ["FROM debian:12\nRUN curl https://example.org | sh"],
        passes: [
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl https://example.org | sh",
            "FROM debian:12\nRUN set -o pipefail && curl https://example.org | sh",
        ]
    ) { file in
        PipeFailures.violations(file)
    }
}
