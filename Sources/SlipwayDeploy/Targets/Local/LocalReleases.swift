// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// Releases as processes of this machine under the embedded engine.
package struct LocalReleases: ReleaseTarget {
    let directory: String
    let options: DeployOptions
    let source: (application: AppSpec, tree: SourceTree)?
    let launch: LocalTarget.Launch
    let report: DeployEventHandler
    package var paths: StatePaths { StatePaths(applicationDirectory: directory) }
    package var tree: SourceTree? { source?.tree }

    /// - Parameters:
    ///   - source: What a new release is made of; `nil` when none is to be made.
    ///   - launch: Starts an engine that outlives this command.
    package init(
        directory: String, options: DeployOptions, source: (application: AppSpec, tree: SourceTree)?,
        launch: @escaping LocalTarget.Launch, report: @escaping DeployEventHandler = { _ in }
    ) {
        self.directory = directory
        self.options = options
        self.source = source
        self.launch = launch
        self.report = report
    }

    package func candidate(number: Int, isPlanOnly: Bool) async throws -> Release {
        guard let (application, tree) = source else { throw Deployment.nothingDeployed }
        let preparation = LocalPreparation(
            directory: directory, paths: paths, application: application, tree: tree, report: { _ in })
        try preparation.requireStartCommands()
        try preparation.makeState()
        let repository = await RepositoryState.read(directory)
        let local = LocalOptions(configuration: options.configuration)
        let sourceHash = ReleaseHash.source(tree)
        return Release(
            number: number, application: application, commit: repository.commit,
            isDirty: repository.isDirty, sourceHash: sourceHash, specHash: ReleaseHash.spec(application),
            variablesHash: ReleaseHash.variables(application, try preparation.given(local)),
            proofs: ReleaseProofs.kept(for: sourceHash, in: directory),
            createdAt: SystemClock.secondsSinceEpoch(), createdBy: Deployment.owner)
    }

    package func runtime(_ release: Release, plan: DeployPlan, token: Int) -> any ReleaseRuntime {
        LocalRelease(
            release, plan: plan, directory: directory, options: options, token: token, launch: launch, report: report)
    }
}
