// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import SlipwayDeploy
public import SlipwayHost

extension Project {
    /// Builds every image of the application, side by side, and does with them what is asked for.
    /// - Throws: ``SlipwayError`` `build-failed` with the last lines, `no-deployment-files`, `docker-unreachable`,
    ///   `docker-failed`, `missing-tool` when a scanner is asked for and none is installed.
    public func buildImages(_ options: ImageOptions, notes: Terminal) async throws -> BuiltImages {
        let detected = try detect()
        let progress = ProgressPrinter(terminal: notes)
        let build = ApplicationImages(
            application: detected.spec, tree: detected.tree, directory: directory,
            generated: generatedFiles(detected), given: detected.givenVariables, report: { progress.report($0) })
        let delivery = ImageDelivery(folder: directory + "/.slipway", report: { progress.report($0) })
        return try await SignalEnd.run {
            var result = BuiltImages(
                images: try await build.run(
                    fresh: options.isFresh, reproducible: options.isReproducible, deadline: options.deadline))
            if options.softwareFolder != nil || options.scans {
                let folder = options.softwareFolder.map(FileStore.absolute) ?? directory + "/.slipway/software"
                result.software = try await ImageSoftware().write(result.images, to: folder)
            }
            if options.scans {
                for list in result.software {
                    result.vulnerabilities[list.image] = try await VulnerabilityScan().findings(in: list.file)
                }
            }
            for image in result.images {
                if let registry = options.registry {
                    result.deliveries.append(try await delivery.push(image, to: registry))
                }
                if let host = options.host {
                    let address = host.contains("://") ? host : "ssh://\(host)"
                    result.deliveries.append(try await delivery.send(image, to: address))
                }
            }
            return result
        }
    }

    /// Builds, runs and measures; nothing of it is left in the engine afterwards.
    /// - Parameters:
    ///   - only: Codes of proofs; all when empty.
    ///   - keep: Leaves the containers running.
    ///   - properties: Tries properties on random inputs, in place of the proofs.
    ///   - softwareFolder: Gets what each image holds, as CycloneDX and SPDX.
    public func prove(
        only: [String], keep: Bool, properties: Bool = false, softwareFolder: String? = nil, notes: Terminal
    ) async throws -> ProofReport {
        let detected = try detect()
        let application = try detected.requireServices()
        let progress = ProgressPrinter(terminal: notes)
        var options = ProveRun.Options()
        options.only = Set(only.map { $0.uppercased() })
        options.keeps = keep
        options.triesProperties = properties
        options.softwareFolder = softwareFolder.map(FileStore.absolute)
        let run = ProveRun(
            application: application, tree: detected.tree, directory: directory, generated: generatedFiles(detected),
            report: { progress.report($0) })
        let chosen = options
        return try await SignalEnd.run { try await run.run(chosen) }
    }

    /// Writes `report.json`, `junit.xml` and `report.html`.
    /// - Parameter path: A folder, relative to the working directory or absolute; made when it is not there.
    public func write(_ report: ProofReport, to path: String) throws {
        let files = FileStore(root: FileStore.absolute(path))
        try files.makeDirectory()
        try files.write(try JSONText.pretty(report) + "\n", to: "report.json")
        try files.write(JUnitReport(report).text, to: "junit.xml")
        try files.write(ProofPage(report).text, to: "report.html")
    }

    /// Builds and runs the whole application in containers.
    ///
    /// Attached, it shows the services' lines and ends the containers at SIGINT or SIGTERM; their data stays.
    /// - Parameters:
    ///   - port: Of the one address; `nil` for what the Compose file says, 0 for any free one.
    ///   - onReady: Called with the address, once everything is healthy.
    public func upInDocker(
        _ options: UpOptions, port: UInt16?, notes: Terminal, onReady: @escaping @Sendable (String) -> Void
    ) async throws {
        let detected = try detect()
        let application = try detected.requireServices()
        try await askForSecrets(detected)
        let progress = ProgressPrinter(terminal: notes)
        progress.detected(application)
        application.startRemarks(inContainers: true).forEach(notes.print)
        let target = DockerTarget(directory: directory, report: { progress.report($0) })
        var wanted = DockerTarget.Options()
        wanted.port = try port.map { $0 == 0 ? try LoopbackPort.free() : $0 }
        wanted.isDevelopment = options.isDevelopment
        wanted.variables = options.variables
        wanted.configuration = detected.givenVariables
        let (files, chosen) = (generatedFiles(detected), wanted)
        do {
            try await SignalEnd.run {
                let address = try await target.up(application, tree: detected.tree, generated: files, options: chosen)
                onReady(address ?? "")
                if !options.isDetached { try await target.followLogs { notes.print($0) } }
            }
        } catch {
            guard !options.isDetached || error is CancellationError else { throw error }
            // Also after a signal, when this task is cancelled already.
            await Task { _ = try? await target.down(removingData: false) }.value
            if error is CancellationError { return }
            throw error
        }
    }

    /// Ends what runs in containers.
    /// - Returns: Whether anything ran.
    public func downInDocker(removingData: Bool) async throws -> Bool {
        let isUp = try await DockerTarget(directory: directory, report: { _ in }).down(removingData: removingData)
        guard files.exists(".slipway/docker/releases") else { return isUp }
        let isEngineGone = try await Project.open(directory, environment: environment, target: .docker).down()
        let name = ReleaseStore(ContainerReleases.paths(directory)).all().last?.application.name
        let containers = ContainerReleases(
            directory: directory, options: DeployOptions(), source: nil, launch: { _ in })
        var isSwept = false
        if let name { isSwept = try await containers.removeContainers(application: name) }
        return isUp || isEngineGone || isSwept
    }

    func generatedFiles(_ detected: Detected) -> [GeneratedFile] {
        DeploymentFiles.forContainers(detected.spec, detected.tree)
    }
}
