// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Kubernetes can only see that a number is not root; a name must be looked up in the image.
    static let namedUser = Rule(
        "DF366", .info, "USER by name", alias: ["DL3066"],
        why: "Kubernetes can only see that a number is not root; a name must be looked up in the image.",
        catches: ["FROM debian:12\nUSER app"],
        passes: ["FROM debian:12\nUSER 1000", "ARG ID\nFROM debian:12\nARG ID\nUSER ${ID}"]
    ) { file in
        NamedUsers.violations(file)
    }
}
