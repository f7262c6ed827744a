// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
internal import SlipwayEngine
public import SlipwayHost

extension Project {
    /// Under load before the first change and after the last one.
    private static let margin = Duration.seconds(3)

    /// Deploys the application twice and takes it back once while clients use it, and tells what they saw.
    ///
    /// What ran before runs afterwards, in the release that the rollback has put in front; what did not is ended.
    /// - Parameter notes: Receives progress while a person looks.
    /// - Throws: ``SlipwayError`` when a change fails; lost requests are in the report.
    public func rehearse(_ options: RehearsalOptions, notes: Terminal) async throws -> RehearsalReport {
        let wasRunning = EngineLock.isHeld(releasePaths.lock)
        var release = ReleaseOptions(port: options.port, watch: .seconds(2))
        do {
            if !wasRunning { _ = try await deploy(release, notes: notes) }
            release.isForced = true
            let report = try await rehearse(options, release, notes)
            if !wasRunning { _ = try await down() }
            return report
        } catch {
            if !wasRunning { _ = try? await down() }
            throw error
        }
    }

    /// Draws the report.
    /// - Parameter path: Of an SVG file, relative to the working directory or absolute.
    public func write(_ report: RehearsalReport, picture path: String) throws {
        let file = FileStore.absolute(path)
        let slash = file.lastIndex(of: "/") ?? file.startIndex
        let files = FileStore(root: slash == file.startIndex ? "/" : String(file[..<slash]))
        try files.write(report.picture, to: String(file[file.index(after: slash)...]))
    }

    private func rehearse(
        _ options: RehearsalOptions, _ release: ReleaseOptions, _ notes: Terminal
    ) async throws -> RehearsalReport {
        let status = try await status().engine
        let load = LoadGenerator(try await loadPlan(options, status))
        let began = SystemClock.steady.now
        try await load.start(stretch: "before")
        var changes: [RehearsalReport.Change] = []
        do {
            try await SystemClock.steady.sleep(for: Self.margin)
            try await load.begin(stretch: "during")
            changes.append(try await change("deploy", since: began) { try await deploy(release, notes: notes) })
            changes.append(try await change("deploy", since: began) { try await deploy(release, notes: notes) })
            let back = { try await rollback(to: nil, release, notes: notes) }
            changes.append(try await change("rollback", since: began, back))
            try await load.begin(stretch: "after")
            let left = options.duration - (SystemClock.steady.now - began)
            try await SystemClock.steady.sleep(for: max(Self.margin, left))
        } catch {
            _ = try? await load.finish()
            throw error
        }
        let result = try await load.finish()
        let passed = SystemClock.steady.now - began
        return RehearsalReport(
            application: status.application, result: result, changes: changes, seconds: Self.seconds(passed))
    }

    private func change(
        _ command: String, since start: ContinuousClock.Instant, _ body: () async throws -> DeployReport
    ) async throws -> RehearsalReport.Change {
        let began = SystemClock.steady.now
        let report = try await body()
        return RehearsalReport.Change(
            command: command, release: report.release, startSeconds: Self.seconds(began - start),
            seconds: Self.seconds(SystemClock.steady.now - began), phases: report.phases)
    }

    private func loadPlan(_ options: RehearsalOptions, _ status: EngineStatus) async throws -> LoadPlan {
        guard let address = status.address, let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...])
        else { throw SlipwayError(.notRunning, "the application has no address yet", hint: "slipway status") }
        var paths = options.paths
        if paths.isEmpty {
            for path in try candidates(status) {
                if let answer = await LoadGenerator.status(of: path, port: port), answer < 400 { paths.append(path) }
            }
        }
        guard !paths.isEmpty else {
            throw SlipwayError(
                .rehearsalFailed, "no page answers a plain GET with success, so there is nothing to measure",
                hint: "slipway rehearse --path /PATH-THAT-ANSWERS")
        }
        return LoadPlan(
            port: port, paths: paths, rate: options.rate, webSockets: options.webSocketPath == nil ? 0 : 50,
            webSocketPath: options.webSocketPath ?? "/", eventStreams: options.eventPath == nil ? 0 : 10,
            eventPath: options.eventPath ?? "/", uploads: options.uploadPath == nil ? 0 : 5,
            uploadPath: options.uploadPath ?? "/")
    }

    /// Each service's health path where it is routed, and the start of each route.
    private func candidates(_ status: EngineStatus) throws -> [String] {
        let release = status.release.flatMap { ReleaseStore(releasePaths).release($0) }
        let application = try release?.application ?? detect().requireServices()
        var paths: [String] = []
        for route in status.routes ?? [] {
            let health = application.service(named: route.service)?.healthPath
            let isRouted = health.map { route.prefix == "/" || $0.hasPrefix(route.prefix) } ?? false
            let path = isRouted ? health ?? route.prefix : route.prefix
            if !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
