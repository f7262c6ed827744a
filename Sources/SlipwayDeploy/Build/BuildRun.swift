// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Runs build plans, one log a service, and uses again what an earlier run finished.
package struct BuildRun: Sendable {
    /// Written last; a folder without it is of a run that did not end.
    private static let marker = ".complete"

    private let paths: StatePaths
    private let runner: any CommandRunner
    private let report: DeployEventHandler
    private var builds: FileStore { FileStore(root: paths.builds) }

    package init(paths: StatePaths, runner: any CommandRunner, report: @escaping DeployEventHandler) {
        self.paths = paths
        self.runner = runner
        self.report = report
    }

    /// Runs the stages that are not finished yet.
    /// - Throws: ``SlipwayError`` `installFailed` or `buildFailed` with the last lines, `diskFull`.
    package func run(_ plan: BuildPlan, service: String) async throws {
        let pending = plan.stages.filter { !isComplete($0) }
        for stage in plan.stages where !pending.contains(stage) {
            report(.started(step: stage.title, command: nil))
            report(.finished(step: stage.title, .reused, after: .zero))
        }
        guard !pending.isEmpty else { return }
        try checkSpace()
        try FileStore(root: paths.logs).makeDirectory()
        let log = try LogFile(path: paths.log(of: "build-\(service)"))
        for stage in pending { try await run(stage, log: log) }
        try log.check()
    }

    /// Removes finished folders that no plan names any more.
    /// - Parameter folders: Of releases that are kept.
    package func prune(keeping plans: [BuildPlan], and folders: Set<String> = []) throws {
        let kept = Set(plans.flatMap { $0.stages.map(\.folder) }).union(folders)
        for service in Set(plans.flatMap { $0.stages.map(\.service) }).sorted() where builds.exists(service) {
            for name in try builds.list(service) where BuildStage.Kind.isFolder(name) {
                let folder = "\(service)/\(name)"
                if !kept.contains(folder) { try builds.remove(folder) }
            }
        }
    }

    /// Whether what the edge serves of a plan is there already, so that nothing has to be installed to build it.
    package func isServed(_ plan: BuildPlan) -> Bool { plan.files != nil && plan.stages.last.map(isComplete) ?? false }

    private func run(_ stage: BuildStage, log: LogFile) async throws {
        let start = SystemClock.steady.now
        do {
            try prepare(stage)
            for command in stage.commands { try await run(command, of: stage, log: log) }
            try collect(stage)
            try builds.write(stage.key + "\n", to: stage.folder + "/" + Self.marker)
        } catch {
            report(.finished(step: stage.title, .failed, after: SystemClock.steady.now - start))
            throw error
        }
        report(.finished(step: stage.title, .done, after: SystemClock.steady.now - start))
    }

    private func run(_ command: Command, of stage: BuildStage, log: LogFile) async throws {
        let shown = command.arguments.first == "-c" ? command.arguments.dropFirst().joined() : Self.brief(command)
        report(.started(step: stage.title, command: shown))
        log.write(line: "$ " + shown)
        let report = report
        let result = try await runner.run(command) { line in
            log.write(line: line.text)
            report(.line(step: stage.title, line))
        }
        try log.check()
        guard result.succeeded else {
            throw BuildFailure.error(
                stage, command: shown, end: result.end.description, lines: result.lastLines(200), log: log.path)
        }
    }

    /// The command line without the variables it runs with.
    private static func brief(_ command: Command) -> String {
        ([command.executable] + command.arguments).map(ShellWord.quote).joined(separator: " ")
    }

    private func isComplete(_ stage: BuildStage) -> Bool {
        builds.exists(stage.folder + "/" + Self.marker)
            && stage.products.allSatisfy { FileStore(root: "/").exists(String($0.dropFirst())) }
    }

    private func prepare(_ stage: BuildStage) throws {
        try builds.makeDirectory(stage.service)
        try builds.remove(stage.folder)
        if stage.isInPlace {
            // The service's folder is about to change, so no earlier result stands in it any more.
            let earlier = "\(stage.kind.rawValue)-"
            for name in try builds.list(stage.service) where name.hasPrefix(earlier) {
                try builds.remove("\(stage.service)/\(name)/\(Self.marker)")
            }
        }
        try builds.makeDirectory(stage.folder)
    }

    private func collect(_ stage: BuildStage) throws {
        guard let collection = stage.collection else { return }
        let destination = "\(stage.folder)/\(collection.destination)"
        if !stage.copies.isEmpty || stage.commands.isEmpty {
            try copyListed(stage, collection, to: destination)
            return
        }
        guard FileStore(root: collection.source).isDirectory(".") else {
            throw SlipwayError(
                .buildFailed, "the build of \(stage.service) left no folder \(collection.source)",
                hint: "state the folder that the build writes: services.\(stage.service).outputDirectory in slipway.yml"
            )
        }
        try builds.copyTree(from: collection.source, to: destination)
    }

    private func copyListed(_ stage: BuildStage, _ collection: BuildStage.Collection, to destination: String) throws {
        let source = FileStore(root: collection.source)
        try builds.makeDirectory(destination)
        for path in stage.copies {
            guard let slash = path.lastIndex(of: "/") else {
                try builds.write(try source.read(path), to: "\(destination)/\(path)")
                continue
            }
            try builds.makeDirectory("\(destination)/\(path[..<slash])")
            try builds.write(try source.read(path), to: "\(destination)/\(path)")
        }
    }

    private func checkSpace() throws {
        let free = try builds.freeSpace()
        guard free < BuildLimits.freeSpaceInBytes else { return }
        throw SlipwayError(
            .diskFull,
            "\(free >> 20) MB are free where \(paths.root) is, and a build needs \(BuildLimits.freeSpaceInBytes >> 20)",
            hint: "df -h \(ShellWord.quote(paths.root))")
    }
}

extension BuildStage.Kind {
    fileprivate static func isFolder(_ name: String) -> Bool {
        [Self.install, .build].contains { name.hasPrefix($0.rawValue + "-") }
    }
}
