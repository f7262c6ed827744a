// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Releases as containers of an engine on this machine, behind the same edge as processes.
package struct ContainerReleases: ReleaseTarget {
    /// What a new release is made of.
    package struct Source: Sendable {
        package let application: AppSpec
        package let tree: SourceTree
        package let generated: [GeneratedFile]

        package init(application: AppSpec, tree: SourceTree, generated: [GeneratedFile]) {
            self.application = application
            self.tree = tree
            self.generated = generated
        }
    }

    let directory: String
    let options: DeployOptions
    let source: Source?
    let docker: Docker
    let launch: LocalTarget.Launch
    let report: DeployEventHandler

    package static func paths(_ directory: String) -> StatePaths { StatePaths(root: directory + "/.slipway/docker") }
    package var paths: StatePaths { Self.paths(directory) }
    package var tree: SourceTree? { source?.tree }

    /// - Parameters:
    ///   - source: `nil` when no new release is to be made.
    ///   - launch: Starts an engine that outlives this command.
    package init(
        directory: String, options: DeployOptions, source: Source?, docker: Docker = Docker(),
        launch: @escaping LocalTarget.Launch, report: @escaping DeployEventHandler = { _ in }
    ) {
        self.directory = directory
        self.options = options
        self.source = source
        self.docker = docker
        self.launch = launch
        self.report = report
    }

    package func candidate(number: Int, isPlanOnly: Bool) async throws -> Release {
        guard let source else { throw Deployment.nothingDeployed }
        try StateFolder.make(in: FileStore(root: directory))
        try FileStore(root: paths.root).makeDirectory()
        // A plan may be made while a deploy is under way.
        let folder = paths.root + (isPlanOnly ? "/planned" : "/staged")
        // Values of this machine; Compose gets them through its environment.
        let staged = try StagedProject.make(
            of: source.tree.without([".env"]), source: directory, generated: source.generated, root: folder)
        let read = try await ContainerSource.read(
            staged, application: source.application, directory: directory, paths: paths,
            configuration: options.configuration, docker: docker)
        let names = ContainerNames(application: source.application.name, directory: directory)
        let model = ContainerModel(project: read.project, names: names)
        let application = try ContainerApplication(detected: source.application, model: model, root: staged.root)
            .spec()
        let repository = await RepositoryState.read(directory)
        let files = source.generated.map { $0.path + $0.contents }.sorted()
        let values = read.values.map { "\($0.key)=\($0.value)" }.sorted()
        let sourceHash = ReleaseHash.source(source.tree)
        return Release(
            number: number, application: application, commit: repository.commit, isDirty: repository.isDirty,
            sourceHash: sourceHash,
            specHash: Digest.sha256(parts: ([ReleaseHash.spec(application)] + files).map { Array($0.utf8) }),
            variablesHash: Digest.sha256(parts: values.map { Array($0.utf8) }),
            proofs: ReleaseProofs.kept(for: sourceHash, in: directory),
            createdAt: SystemClock.secondsSinceEpoch(), createdBy: Deployment.owner)
    }

    package func runtime(_ release: Release, plan: DeployPlan, token: Int) -> any ReleaseRuntime {
        ContainerRelease(release, plan: plan, target: self, token: token)
    }

    /// Removes every container of every release and ends what they share; data stays.
    /// - Returns: Whether anything was there.
    package func removeContainers(application: String) async throws -> Bool {
        let names = ContainerNames(application: application, directory: directory)
        return try await ContainerSweep(docker: docker, names: names).removeAll()
    }
}
