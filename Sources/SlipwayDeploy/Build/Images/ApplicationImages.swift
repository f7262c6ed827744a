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

    /// - Parameter reproducible: Whether no time in the images' own layers is later than the commit's.
    /// - Returns: With their tags: the commit, and twelve digits of the content.
    /// - Throws: ``SlipwayError`` `build-failed`, `no-deployment-files`, `docker-unreachable`, `timed-out`,
    ///   `docker-failed`.
    package func run(fresh: Bool, reproducible: Bool = false, deadline: Duration?) async throws -> [BuiltImage] {
        let state = FileStore(root: directory)
        try StateFolder.make(in: state)
        // Three programs that know nothing of each other: one after the other they would be most of what this adds to
        // the builds themselves.
        async let builder = ImageBuilder.find(runner: LocalRunner())
        async let revision = Commit.short(of: directory)
        let staged = try stage()
        let (root, values) = try await resolved(staged)
        let builds = imageBuilds(in: staged, of: ComposeProject(root), values, commit: try await revision ?? "latest")
        var run = ImageBuildRun(
            runner: LocalRunner(hiding: builds.flatMap { $0.secrets.values }),
            logs: FileStore(root: directory + "/.slipway/logs"), report: report)
        run.isCold = fresh
        if let deadline { run.deadline = deadline }
        let latest = reproducible ? try await sourceTime() : nil
        let built = try await run.run(builds, with: try await builder)
        return try await withThrowingTaskGroup(of: (Int, BuiltImage).self) { group in
            for (place, build) in builds.enumerated() {
                group.addTask { (place, try await finished(built[place], of: build, latest: latest)) }
            }
            var images = built
            for try await (place, image) in group { images[place] = image }
            return images
        }
    }

    /// With the tag that says what is inside.
    private func finished(_ built: BuiltImage, of build: ImageBuild, latest: Int?) async throws -> BuiltImage {
        var image = built
        if let latest {
            let retiming = ImageRetiming(docker: docker, folder: directory + "/.slipway", report: report)
            image = try await retiming.run(image, latest: latest)
        }
        let name = build.tags[0].prefix { $0 != ":" }
        let digits = image.identifier.split(separator: ":").last?.prefix(12) ?? ""
        let content = "\(name):sha256-\(digits)"
        _ = try await docker.text(["tag", image.identifier, content])
        return image.tagged(content)
    }

    /// What SOURCE_DATE_EPOCH says (https://reproducible-builds.org/specs/source-date-epoch/), or the commit's time.
    private func sourceTime() async throws -> Int {
        let name = "SOURCE_DATE_EPOCH"
        if let given = ProcessVariables.values(of: [name])[name] {
            guard let time = Int(given), (0..<1 << 33).contains(time) else {
                throw SlipwayError(
                    .badConfiguration, "\(name) is '\(given)', no number of seconds since 1970",
                    hint: "\(name)=$(git log -1 --format=%ct) slipway build --reproducible")
            }
            return time
        }
        guard let time = try await Commit.time(of: directory) else {
            throw SlipwayError(
                .badConfiguration, "there is no commit whose time the images could get",
                hint: "\(name)=1767225600 slipway build --reproducible")
        }
        return time
    }

    /// The repository itself when it holds every file that is needed, so that nothing is copied.
    private func stage() throws -> StagedProject {
        if let whole = try? StagedProject.inPlace(directory) { return whole }
        return try StagedProject.make(
            of: tree, source: directory, generated: generated, root: directory + "/.slipway/source")
    }

    /// The Compose project as Compose itself resolves it, and the values that it was given.
    private func resolved(_ staged: StagedProject) async throws -> (root: DataNode, values: [String: String]) {
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
        return (root, values)
    }

    private func imageBuilds(
        in staged: StagedProject, of project: ComposeProject, _ values: [String: String], commit: String
    ) -> [ImageBuild] {
        let layout = Layout(application)
        let labels = commit == "latest" ? [:] : ["org.opencontainers.image.revision": commit]
        return project.builds(values: values, labels: labels) { unit in
            let service = ServiceMatch(application, staged.root).service(for: unit)
            let name =
                unit.image.map { String($0.prefix { $0 != ":" && $0 != "@" }) }
                ?? service.flatMap { layout.image(of: $0)?.name } ?? "\(layout.name)-\(unit.name)"
            return "\(name):\(commit)"
        }
    }
}

extension BuiltImage {
    func tagged(_ tag: String) -> BuiltImage {
        var image = self
        image.tags.append(tag)
        return image
    }
}
