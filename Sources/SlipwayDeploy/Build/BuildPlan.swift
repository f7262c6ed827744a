// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How one service is built, and what its commands need afterwards.
package struct BuildPlan: Equatable, Sendable {
    package var stages: [BuildStage]
    /// Added before PATH, first one first, for the service's build, release and start commands.
    package var pathEntries: [String]
    /// `VIRTUAL_ENV` and its kin.
    package var environment: [String: String]
    /// Replaces ``Service/start`` where the build leaves its result elsewhere.
    package var start: String?
    /// Absolute path of the folder that the edge serves, for services without a process.
    package var files: String?

    package init(
        stages: [BuildStage] = [], pathEntries: [String] = [], environment: [String: String] = [:],
        start: String? = nil, files: String? = nil
    ) {
        self.stages = stages
        self.pathEntries = pathEntries
        self.environment = environment
        self.start = start
        self.files = files
    }
}
