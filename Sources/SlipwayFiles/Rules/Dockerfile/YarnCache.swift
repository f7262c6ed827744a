// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// What yarn downloads stays in the layer.
    static let yarnCache = Rule(
        "DF360", .info, "yarn keeps its cache", alias: ["DL3060"],
        why: "What yarn downloads stays in the layer.",
        catches: ["FROM node:20\nRUN yarn install"],
        passes: ["FROM node:20\nRUN yarn install && yarn cache clean"]
    ) { file in
        CacheOfPackages.yarn(file)
    }
}
