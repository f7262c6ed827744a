// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// COPY leaves the archive in its layer although it is unpacked; ADD unpacks without a trace.
    static let addForArchive = Rule(
        "DF310", .info, "COPY and unpacking instead of ADD", alias: ["DL3010"],
        why: "COPY leaves the archive in its layer although it is unpacked; ADD unpacks without a trace.",
        catches: ["FROM debian:12\nCOPY app.tar.gz /opt/\nRUN tar -xzf /opt/app.tar.gz"],
        passes: ["FROM debian:12\nADD app.tar.gz /opt/"]
    ) { file in
        CopiedArchives.violations(file)
    }
}
