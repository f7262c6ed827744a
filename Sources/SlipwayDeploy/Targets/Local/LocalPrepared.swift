// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the first phase leaves for the others.
struct LocalPrepared: Sendable {
    var session: LocalSession
    var environment: ResolvedEnvironment
    var socketPath: String
    var resourceProcesses: [ProcessSpec]
    var cluster: PostgresCluster?
}
