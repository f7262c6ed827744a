// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// One of the two is enough; the other one is a package more.
    static let wgetAndCurl = Rule(
        "DF401", .info, "wget and curl", alias: ["DL4001"],
        why: "One of the two is enough; the other one is a package more.",
        catches: ["FROM debian:12\nRUN wget a\nRUN curl b"],
        passes: ["FROM debian:12\nRUN curl a\nRUN curl b"]
    ) { file in
        DownloadPrograms.violations(file)
    }
}
