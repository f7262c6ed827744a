// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// All images of one application, as its Compose file says how to build them.
package struct ApplicationImages: Sendable {
    private let application: AppSpec
    private let tree: SourceTree
    private let directory: String
    private let generated: [GeneratedFile]
    private let given: [String: String]
    private let docker: Docker
    private let report: DeployEventHandler

    package init(
        application: AppSpec, tree: SourceTree, directory: String, generated: [GeneratedFile],
        given: [String: String], docker: Docker = Docker(), report: @escaping DeployEventHandler
    ) {
        self.application = application
        self.tree = tree
        self.directory = directory
        self.generated = generated
        self.given = given
        self.docker = docker
        self.report = report
    }

    /// - Returns: With their tags: the commit, and twelve digits of the content.
    /// - Throws: ``SlipwayError`` `build-failed`, `no-deployment-files`, `docker-unreachable`, `timed-out`.
    package func run(fresh: Bool, deadline: Duration?) async throws -> [BuiltImage] {
        let state = FileStore(root: directory)
        try StateFolder.make(in: state)
        let staged = try stage()
        let commit = try await Commit.short(of: directory) ?? "latest"
        let builds = try await imageBuilds(in: staged, commit: commit)
        var run = ImageBuildRun(
            runner: LocalRunner(hiding: builds.flatMap { $0.secrets.values }),
            logs: FileStore(root: directory + "/.slipway/logs"), report: report)
        run.isCold = fresh
        if let deadline { run.deadline = deadline }
        var images: [BuiltImage] = []
        for (build, image) in zip(builds, try await run.run(builds)) {
            let name = build.tags[0].prefix { $0 != ":" }
            let digits = image.identifier.split(separator: ":").last?.prefix(12) ?? ""
            let content = "\(name):sha256-\(digits)"
            _ = try await docker.text(["tag", image.identifier, content])
            images.append(image.tagged(content))
        }
        return images
    }

    /// The repository itself when it holds every file that is needed, so that nothing is copied.
    private func stage() throws -> StagedProject {
        if let whole = try? StagedProject.inPlace(directory) { return whole }
        return try StagedProject.make(
            of: tree, source: directory, generated: generated, root: directory + "/.slipway/source")
    }

    private func imageBuilds(in staged: StagedProject, commit: String) async throws -> [ImageBuild] {
        let text = try staged.files.text(staged.composeFile)
        // Values are needed only where the file insists on them, and for build arguments that somebody gave. Compose
        // reads .env by itself, so made-up values must not stand before that.
        let file = (try? staged.files.text(".env")).map { Dotenv(parsing: $0).expanded() } ?? [:]
        var values = TrialValues(application: application, compose: text, example: [:]).values
            .filter { file[$0.key] == nil }
        values.merge(given) { $1 }
        values.merge(ProcessVariables.values(of: application.variables.map(\.name))) { $1 }
        let root = try await docker.with(values).json(
            ["compose", "--file", staged.composeFile, "config", "--format", "json", "--no-consistency"],
            directory: staged.root)
        let project = ComposeProject(root)
        let layout = Layout(application)
        var builds: [ImageBuild] = []
        for unit in project.built {
            guard let build = unit.build else { continue }
            let secrets = build.secrets.compactMap { name in values[name].map { (name, Secret($0)) } }
            let service = ServiceMatch(application, staged.root).service(for: unit)
            let name =
                unit.image.map { String($0.prefix { $0 != ":" && $0 != "@" }) }
                ?? service.flatMap { layout.image(of: $0)?.name } ?? "\(layout.name)-\(unit.name)"
            let image = ImageBuild(
                service: unit.name, context: build.context, dockerfile: build.dockerfile, target: build.target,
                arguments: build.arguments, secrets: Dictionary(secrets) { $1 }, tags: ["\(name):\(commit)"],
                labels: commit == "latest" ? [:] : ["org.opencontainers.image.revision": commit])
            if !builds.contains(where: { $0.isSame(as: image) }) { builds.append(image) }
        }
        return builds
    }
}

extension BuiltImage {
    func tagged(_ tag: String) -> BuiltImage {
        BuiltImage(
            service: service, tags: tags + [tag], identifier: identifier, seconds: seconds, stepCount: stepCount,
            reusedCount: reusedCount, attempts: attempts, log: log, base: base, context: context)
    }
}
