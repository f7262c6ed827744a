// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The index of packages stays in the layer.
    static let apkCache = Rule(
        "DF319", .info, "apk add keeps its index", alias: ["DL3019"],
        why: "The index of packages stays in the layer.",
        catches: ["FROM alpine:3.20\nRUN apk add curl"],
        passes: ["FROM alpine:3.20\nRUN apk add --no-cache curl"]
    ) { file in
        CacheOfPackages.apk(file)
    }
}
