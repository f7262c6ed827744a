// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The cache of yum stays in the layer.
    static let yumCache = Rule(
        "DF332", .info, "yum keeps its cache", alias: ["DL3032"],
        why: "The cache of yum stays in the layer.",
        catches: ["FROM rockylinux:9\nRUN yum install -y curl"],
        passes: ["FROM rockylinux:9\nRUN yum install -y curl && yum clean all"]
    ) { file in
        CacheOfPackages.yum(file)
    }
}
