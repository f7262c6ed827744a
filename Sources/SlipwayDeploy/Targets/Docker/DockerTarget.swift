// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Runs the application's Compose project on a container engine.
package struct DockerTarget: Sendable {
    package struct Options: Sendable {
        /// Of the one address; `nil` leaves what the Compose file says.
        package var port: UInt16?
        package var isDevelopment = false
        /// Stronger than every other source.
        package var variables: [String: String] = [:]
        /// From `slipway.yml`.
        package var configuration: [String: String] = [:]

        package init() {}
    }

    /// Images are built by then, and databases started; half an hour ends what hangs.
    private static let upDeadline = Duration.seconds(30 * 60)
    private static let developmentNames = [
        "compose.dev.yaml", "compose.dev.yml", "docker-compose.dev.yml", "docker-compose.dev.yaml",
    ]

    private let directory: String
    private let docker: Docker
    private let report: DeployEventHandler
    private var state: FileStore { FileStore(root: directory + "/.slipway") }

    package init(directory: String, docker: Docker = Docker(), report: @escaping DeployEventHandler) {
        self.directory = directory
        self.docker = docker
        self.report = report
    }

    /// Builds what changed, starts everything in order, and waits until it is healthy.
    /// Secrets that were set, or that a command gave, are among the values; those of `options` are stronger.
    /// - Returns: The one address, or `nil` when the project publishes nothing.
    /// - Throws: ``SlipwayError`` `missing-variables`, `docker-failed` with the last lines, `docker-unreachable`.
    package func up(
        _ application: AppSpec, tree: SourceTree, generated: [GeneratedFile], options: Options
    ) async throws -> String? {
        try StateFolder.make(in: FileStore(root: directory))
        let staged =
            try (try? StagedProject.inPlace(directory))
            ?? StagedProject.make(
                of: tree, source: directory, generated: generated, root: directory + "/.slipway/source")
        var composeFiles = [staged.composeFile]
        if options.isDevelopment, let file = Self.developmentNames.first(where: { staged.files.exists($0) }) {
            // A file that builds by itself replaces the other; one that only changes it is read after it.
            let isWhole = ComposeFile(parsing: try staged.files.text(file)).services.contains { $0.build != nil }
            composeFiles = isWhole ? [file] : composeFiles + [file]
        }
        let kept = try SecretStore(StatePaths(applicationDirectory: directory)).load()
        var given = options
        given.variables = kept.mapValues { $0.reveal() }.merging(options.variables) { $1 }
        let values = try RunValues(directory: directory, state: state).resolve(
            application, compose: try composeFiles.map { try staged.files.text($0) }, given)
        let docker = docker.with(values)
        let name = Layout.label(application.name)
        var words = ["compose", "--project-name", name]
        for file in composeFiles { words += ["--file", file] }
        if let port = options.port { try words += ["--file", portOverride(staged, words, port: port)] }
        if options.isDevelopment, staged.root != directory {
            try words += ["--file", await sourceOverride(staged, words, docker)]
        }
        var record = ComposeRecord(project: name, folder: staged.root)
        try record.write(to: state)
        report(.started(step: "compose up", command: nil))
        let begin = SystemClock.steady.now
        let report = report
        let isBuilt = try await build(words, staged.root, docker, values, project: name)
        let command = Docker.command(
            words + ["up", "--detach", isBuilt ? "--no-build" : "--build", "--remove-orphans"], directory: staged.root,
            environment: docker.environment, deadline: Self.upDeadline)
        let result = try await docker.runner.run(command) { line in
            report(.line(step: "compose up", line))
        }
        let complaints = result.succeeded ? try await ComposeWatch(docker: docker, project: name).wait() : []
        let isWell = result.succeeded && complaints.isEmpty
        let spent = SystemClock.steady.now - begin
        report(.finished(step: "compose up", isWell ? .done : .failed, after: spent))
        guard isWell else { throw try await failure(name, result, complaints, staged.root) }
        record.address = try await address(words, staged.root, docker)
        try record.write(to: state)
        return record.address
    }

    /// Builds the images that Compose, which knows BuildKit alone, cannot build on this engine.
    /// - Returns: Whether they are there now; otherwise Compose builds them.
    private func build(
        _ words: [String], _ folder: String, _ docker: Docker, _ values: [String: String], project name: String
    ) async throws -> Bool {
        guard try await ImageBuilder.find(runner: docker.runner) != .buildx else { return false }
        let project = ComposeProject(
            try await docker.json(words + ["config", "--format", "json"], directory: folder))
        let builds = project.builds(values: values, namesAll: true) { $0.image ?? "\(name)-\($0.name)" }
        let run = ImageBuildRun(
            runner: docker.runner, logs: FileStore(root: directory + "/.slipway/logs"), report: report)
        _ = try await run.run(builds)
        return true
    }

    /// The services' lines, each with its service's name, until the task is cancelled or everything has ended.
    package func followLogs(_ onLine: @escaping @Sendable (String) -> Void) async throws {
        guard let record = ComposeRecord.read(state) else { return }
        let command = record.logs(["--follow", "--tail", "20"], directory: record.folder)
        _ = try await docker.runner.run(command) { onLine(ComposeRecord.plain($0.text)) }
    }

    /// Ends and removes the containers; volumes stay unless they are to go too.
    /// - Returns: Whether anything ran.
    package func down(removingData: Bool) async throws -> Bool {
        guard let record = ComposeRecord.read(state) else { return false }
        let volumes = removingData ? ["--volumes"] : []
        _ = try await docker.text(
            ["compose", "--project-name", record.project, "down", "--remove-orphans"] + volumes,
            directory: FileStore(root: record.folder).isDirectory(".") ? record.folder : directory,
            deadline: .seconds(180))
        try ComposeRecord.remove(from: state)
        return true
    }

    /// A file that mounts the repository's own folders where the other files mount their copies: changes must show.
    private func sourceOverride(
        _ staged: StagedProject, _ words: [String], _ docker: Docker
    ) async throws -> String {
        let root = try await docker.json(words + ["config", "--format", "json"], directory: staged.root)
        var services = FileMap()
        for unit in ComposeProject(root).services {
            let mounts = unit.mounts.compactMap { mount -> FileValue? in
                guard mount.kind == "bind", mount.source == staged.root || mount.source.hasPrefix(staged.root + "/")
                else { return nil }
                let path = String(mount.source.dropFirst(staged.root.count).drop { $0 == "/" })
                guard path.isEmpty || FileStore(root: directory).exists(path) else { return nil }
                return [
                    "type": "bind", "source": .string(path.isEmpty ? directory : "\(directory)/\(path)"),
                    "target": .string(mount.target), "read_only": .boolean(mount.isReadOnly),
                ]
            }
            if !mounts.isEmpty { services.set(unit.name, ["volumes": .list(mounts)]) }
        }
        try state.write(YAMLText.print(["services": .map(services)], comment: nil), to: "docker-source.yaml")
        return directory + "/.slipway/docker-source.yaml"
    }

    /// A file that publishes the door on another port of this machine.
    private func portOverride(_ staged: StagedProject, _ words: [String], port: UInt16) throws -> String {
        let file = ComposeFile(parsing: try staged.files.text(staged.composeFile))
        guard
            let door = file.services.first(where: {
                !$0.ports.isEmpty && ($0.build != nil || $0.image?.text.contains("nginx") == true)
            }),
            let target = door.ports.first?.target
        else { return staged.composeFile }
        let text = "services:\n  \(door.name):\n    ports: !override\n      - \"127.0.0.1:\(port):\(target)\"\n"
        try state.write(text, to: "docker-port.yaml")
        return directory + "/.slipway/docker-port.yaml"
    }

    private func address(
        _ words: [String], _ folder: String, _ docker: Docker
    ) async throws -> String? {
        let root = try await docker.json(words + ["config", "--format", "json"], directory: folder)
        let project = ComposeProject(root)
        guard let gateway = project.gateway, let target = gateway.ports.first?.target else { return nil }
        let answer = try await docker.answer(
            words + ["port", gateway.name, "\(target)"], directory: folder)
        guard let port = answer.output.split(whereSeparator: { $0 == ":" || $0.isNewline }).last else { return nil }
        return "http://localhost:\(port)"
    }

    private func failure(
        _ name: String, _ result: CommandResult, _ complaints: [String], _ folder: String
    ) async throws -> SlipwayError {
        let logs = try await docker.answer(
            ["compose", "--project-name", name, "logs", "--tail", "15", "--no-color"], directory: folder)
        return SlipwayError(
            .dockerFailed,
            "the application did not come up: "
                + (complaints.isEmpty ? "docker compose \(result.end)" : complaints.joined(separator: ", ")),
            hint: "slipway prove",
            details: (complaints.isEmpty ? result.lastLines(8) : []) + logs.lines.suffix(25).map(ComposeRecord.plain))
    }
}
