// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The lists of apt are some 20 MB in the layer, and old ones make a later install fail.
    static let aptLists = Rule(
        "DF309", .info, "the package lists stay in the layer", alias: ["DL3009"],
        why: "The lists of apt are some 20 MB in the layer, and old ones make a later install fail.",
        catches: ["FROM debian:12\nRUN apt-get update && apt-get install -y curl"],
        passes: ["FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*"]
    ) { file in
        AptListLayers.violations(file)
    }
}
