// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Where the files go depends on the base image, mostly to the root of the file system.
    static let copyWithoutWorkdir = Rule(
        "DF345", .warning, "COPY to a relative place without WORKDIR", alias: ["DL3045"],
        why: "Where the files go depends on the base image, mostly to the root of the file system.",
        catches: ["FROM debian:12\nCOPY . app", "FROM debian:12\nONBUILD COPY . app"],
        passes: ["FROM debian:12\nWORKDIR /srv\nCOPY . app", "FROM debian:12\nCOPY . /app"]
    ) { file in
        RelativeCopies.violations(file)
    }
}
