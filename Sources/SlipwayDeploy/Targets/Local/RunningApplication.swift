// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// An application that runs under the embedded engine, and what is needed to change a part of it.
package struct RunningApplication: Sendable {
    /// `http://localhost:8080`.
    package let address: String
    /// As the engine saw itself when the start was complete.
    package let status: EngineStatus
    package let socketPath: String
    let session: LocalSession
}

/// What stays the same while an application runs.
struct LocalSession: Sendable {
    var options: LocalOptions
    var address: PublicAddress
    var ports: [String: UInt16]
    var resources: LocalResources
    /// By service.
    var builds: [String: BuildPlan]
    /// Names of the resources' processes.
    var resourceProcesses: [String]
}
