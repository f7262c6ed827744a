// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Every change of the source makes the cache of the installation useless, and each build installs everything again.
    static let sourceBeforeInstall = Rule(
        "DF010", .info, "the source is copied before the dependencies are installed",
        why:
            "Every change of the source makes the cache of the installation useless, and each build installs everything again.",
        catches: ["FROM node:22-slim\nCOPY . .\nRUN npm ci"],
        passes: ["FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . ."]
    ) { file in
        CacheOrder.violations(file)
    }
}
