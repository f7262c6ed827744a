// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The cache of dnf stays in the layer.
    static let dnfCache = Rule(
        "DF340", .info, "dnf keeps its cache", alias: ["DL3040"],
        why: "The cache of dnf stays in the layer.",
        catches: ["FROM fedora:40\nRUN dnf install -y curl"],
        passes: ["FROM fedora:40\nRUN dnf install -y curl && dnf clean all"]
    ) { file in
        CacheOfPackages.dnf(file)
    }
}
