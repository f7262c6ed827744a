// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Everything before measuring: a clean copy, trial values, images, their contents, and the running application.
struct TrialPreparation: Sendable {
    let application: AppSpec
    let tree: SourceTree
    let directory: String
    let generated: [GeneratedFile]
    let docker: Docker
    let owner: TrialOwner
    let folder: String
    let limits: ProofLimits
    let report: DeployEventHandler
    var buildsCold = true
    private let clock = SystemClock.steady

    init(
        application: AppSpec, tree: SourceTree, directory: String, generated: [GeneratedFile], docker: Docker,
        owner: TrialOwner, folder: String, limits: ProofLimits, report: @escaping DeployEventHandler
    ) {
        self.application = application
        self.tree = tree
        self.directory = directory
        self.generated = generated
        self.docker = docker
        self.owner = owner
        self.folder = folder
        self.limits = limits
        self.report = report
    }

    /// Stages and builds; a build that fails is a result.
    func build(_ record: inout TrialRecord) async throws -> Trial {
        let staged = try StagedProject.make(of: tree, source: directory, generated: generated, root: folder + "/source")
        let compose = try staged.files.text(staged.composeFile)
        let values = TrialValues(application: application, compose: compose, example: exampleValues(staged))
        let canary = "slipway-canary-" + RandomToken.hex(bytes: 12)
        try staged.files.write(values.dotenv + "SLIPWAY_CANARY=\(canary)\n", to: ".env", mode: 0o644)
        for variable in ComposeFile(parsing: compose).services.flatMap(\.environmentFiles)
        where variable.path != ".env" && !staged.files.exists(variable.path) {
            let path = variable.path.hasPrefix("./") ? String(variable.path.dropFirst(2)) : variable.path
            try? staged.files.write(values.dotenv, to: path)
        }
        let root = try await docker.json(
            ["compose", "--file", staged.composeFile, "config", "--format", "json"], directory: staged.root)
        let project = ComposeProject(root)
        let builds = project.builds(values: values.values, labels: owner.labelTexts) {
            "\(owner.project)-\($0.name):trial"
        }
        guard !builds.isEmpty else {
            throw SlipwayError(
                .noDeploymentFiles, "\(staged.composeFile) builds nothing", hint: "slipway write --target docker")
        }
        let match = ServiceMatch(application, staged.root)
        for build in builds {
            let units = project.built.filter { $0.build?.context == build.context }
            let languages = Set(units.compactMap { match.service(for: $0)?.language })
            try Canary(canary).plant(in: build.context, root: staged.root, languages: languages)
        }
        var builder = ImageBuildRun(
            runner: LocalRunner(hiding: values.hidden), logs: FileStore(root: "\(directory)/.slipway/logs"),
            report: report)
        let warm = builder
        builder.isCold = buildsCold
        var failure: SlipwayError?
        var images: [TrialImage] = []
        let begin = clock.now
        do {
            let built = try await builder.run(builds)
            for image in built {
                record.add("build \(image.service)", from: begin, to: begin + .seconds(image.seconds))
            }
            for (build, image) in zip(builds, built) {
                images.append(try await inspect(build, image, project, canary))
            }
        } catch let error as SlipwayError where error.code == .buildFailed || error.code == .timedOut {
            failure = error
            record.add("build", from: begin, to: clock.now)
        }
        let stack = makeStack(project, images)
        return Trial(
            docker: docker, application: application, staged: staged, values: values, project: project, stack: stack,
            images: images, buildFailure: failure, start: nil, canary: canary, limits: limits, builder: warm,
            load: LoadRecord(), sources: tree.entries.map(\.path))
    }

    private func exampleValues(_ staged: StagedProject) -> [String: String] {
        for name in [".env.example", ".env.sample", ".env.template"] {
            if let text = try? staged.files.text(name) { return Dotenv(parsing: text).expanded() }
        }
        return [:]
    }

    private func imageName(_ unit: ComposeUnit, _ images: [TrialImage]) -> String? {
        images.first { $0.services.contains(unit.name) }?.build.tags.first
    }

    private func makeStack(_ project: ComposeProject, _ images: [TrialImage]) -> TrialStack {
        let match = ServiceMatch(application, folder + "/source")
        let tasks = Set(project.tasks.map(\.name))
        var ports: [String: UInt16] = [:]
        for unit in project.services where unit.resource == nil && !tasks.contains(unit.name) {
            let spec = match.service(for: unit)
            // A worker that shares an image exposes the image's port and listens on none.
            if let spec, spec.role == .worker || spec.role == .cron { continue }
            if unit.name != spec?.name,
                application.services.contains(where: { $0.role == .worker && $0.name == unit.name })
            {
                continue
            }
            let exposed = images.first { $0.services.contains(unit.name) }?.exposedPort
            ports[unit.name] =
                unit.ports.first { $0.published != nil }?.target
                ?? unit.node["expose"]?.texts?.first.flatMap { UInt16($0.prefix { $0.isNumber }) }
                ?? exposed ?? spec.flatMap { Layout(application).port(of: $0) }
        }
        return TrialStack(
            docker: docker, owner: owner, project: project, webPorts: ports, folder: folder + "/source",
            file: folder + "/compose.json")
    }

    /// Starts everything and waits until it is healthy, or until it is clear that it will not be.
    func start(_ trial: Trial, _ record: inout TrialRecord) async throws -> Trial {
        let images = trial.project.built.compactMap { unit in
            imageName(unit, trial.images).map { (unit.name, $0) }
        }
        let model = TrialModel(
            project: trial.project, owner: owner, images: Dictionary(images) { $1 }, ports: trial.stack.webPorts)
        try FileStore(root: folder).write(model.text(), to: "compose.json", mode: 0o600)
        report(.started(step: "start", command: nil))
        let begin = clock.now
        let answer = try await trial.stack.compose(
            ["up", "--detach", "--no-build"], deadline: TrialStack.startDeadline)
        let starting = StartWatch(trial: trial, complaint: answer.succeeded ? [] : answer.errors)
        let start = try await starting.wait()
        report(.finished(step: "start", start.isComplete ? .done : .failed, after: clock.now - begin))
        record.add("start", from: begin, to: clock.now)
        return Trial(
            docker: trial.docker, application: trial.application, staged: trial.staged, values: trial.values,
            project: trial.project, stack: trial.stack, images: trial.images, buildFailure: nil, start: start,
            canary: trial.canary, limits: trial.limits, builder: trial.builder, load: trial.load, sources: trial.sources
        )
    }

    private func inspect(
        _ build: ImageBuild, _ built: BuiltImage, _ project: ComposeProject, _ canary: String
    ) async throws -> TrialImage {
        let name = build.tags.first ?? built.identifier
        let facts =
            try await docker.json(["image", "inspect", name])[0]
            ?? DataNode(.null, at: SourcePosition(line: 1, column: 1))
        let services = project.built.filter { unit in
            guard let other = unit.build else { return false }
            return other.context == build.context && other.dockerfile == build.dockerfile
                && other.target == build.target
                && other.arguments == build.arguments
        }.map(\.name)
        let base = BaseImage.name(of: build)
        let layers = facts.at("RootFS", "Layers")?.texts ?? []
        let baseCount = await BaseImage.layerCount(base, of: layers, docker: docker)
        let contents = try await docker.contents(of: name, baseCount: baseCount, canary: canary)
        let history = try await docker.text(
            ["history", "--no-trunc", "--format", "{{.Size}}\t{{.CreatedBy}}", "--human=false", name])
        let steps = history.split(whereSeparator: \.isNewline).reversed().map { line -> (size: Int, text: String) in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return (Int(parts.first ?? "") ?? 0, parts.count > 1 ? String(parts[1]) : "")
        }
        let match = ServiceMatch(application, folder + "/source")
        let spec = services.compactMap { name in project[name].flatMap { match.service(for: $0) } }.first
        return TrialImage(
            build: build, built: built, services: services, facts: facts, base: base,
            contents: contents, instructions: steps.map(\.text),
            layerNames: BaseImage.layerNames(steps, count: contents.layers.count),
            isFrontEnd: spec?.role.isServedFromFiles ?? false)
    }
}
