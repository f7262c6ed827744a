// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The cache of zypper stays in the layer.
    static let zypperCache = Rule(
        "DF336", .info, "zypper keeps its cache", alias: ["DL3036"],
        why: "The cache of zypper stays in the layer.",
        catches: ["FROM opensuse/leap:15\nRUN zypper install -y curl"],
        passes: ["FROM opensuse/leap:15\nRUN zypper install -y curl && zypper clean"]
    ) { file in
        CacheOfPackages.zypper(file)
    }
}
