// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One kind of place where releases run. The machine, its journal and its edge are the same on all of them.
package protocol ReleaseTarget: Sendable {
    /// Where journal, history and engine of this target are kept.
    var paths: StatePaths { get }
    /// What a new release would be made of; `nil` when none is to be made.
    var tree: SourceTree? { get }

    /// The source as it is, described as a release; nothing that runs is touched.
    /// - Parameter isPlanOnly: Whether nobody is going to make it.
    /// - Throws: ``SlipwayError`` when no release could be made of it.
    func candidate(number: Int, isPlanOnly: Bool) async throws -> Release

    /// What does the steps of one release here.
    func runtime(_ release: Release, plan: DeployPlan, token: Int) -> any ReleaseRuntime
}

/// What a release is made of on one kind of target; ``ReleaseSteps`` does the rest against the engine.
///
/// Every method is safe to repeat: after `kill -9` it is called again.
package protocol ReleaseRuntime: Sendable {
    /// The release as it is known now; building adds to it.
    var release: Release { get async }
    /// `http://localhost:8080`, once it is known.
    var address: String? { get async }

    /// Copies what the release is made from to its own folder.
    func snapshot() async throws
    func build(_ service: String) async throws
    /// Makes sure that the engine and the databases run.
    func bringUp() async throws
    /// Runs a service's release command.
    func migrate(_ service: String) async throws
    /// What the engine runs for a process of a service, under its name in this release.
    /// - Parameter instance: As ``ReleaseProcess/instance`` names it; the same below.
    func process(_ instance: String) async throws -> ProcessSpec
    /// How the process is looked at from outside.
    func verification(_ instance: String) async throws -> VerifyOrder
    /// What cannot be seen through a port.
    /// - Throws: ``SlipwayError`` `unhealthyService`.
    func check(_ instance: String) async throws
    /// Where requests go when this release has them.
    func routes() async throws -> [EdgeRoute]
    /// Where its processes listen, by instance.
    func ports() async throws -> [String: UInt16]
    /// The engine has ended these processes, of any release, for good.
    func forget(_ processes: [String]) async throws
    /// Removes what the release has left.
    func discard() async throws
    /// Removes what is not needed by the releases that are kept or run.
    /// - Returns: Bytes freed, as far as they are known.
    func prune(running: Set<Int>) async throws -> UInt64
}
