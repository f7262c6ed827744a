// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
public import SlipwayHost
import SlipwayOperate

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Project {
    /// What runs here, read from the engine itself, or from the containers that `up` started.
    /// - Throws: ``SlipwayError`` `not-running`, or `engine-unreachable` when it lives but does not answer;
    ///   `docker-unreachable`.
    public func status() async throws -> RunningStatus {
        if let record = composeRecord {
            guard let status = try await composeStatus(record).read() else { throw Self.notRunning(directory) }
            return RunningStatus(engine: status, backup: nil)
        }
        guard EngineLock.isHeld(releasePaths.lock) else { throw Self.notRunning(directory) }
        return RunningStatus(engine: try await client().status(), backup: LocalBackup.lastProven(directory))
    }

    /// Ends the processes, then the engine, and waits until it is gone; one that was killed does not come back.
    /// - Returns: Whether anything ran, or was to come back.
    public func down() async throws -> Bool { try await EngineEnd(releasePaths).run() }

    /// Passes the stored lines on, then, when following, those that come until the task is cancelled.
    /// - Parameter services: Only these; all when empty.
    /// - Throws: ``SlipwayError`` `unknown-service` for one that has no log.
    public func logs(
        of services: [String], last: Int?, follow: Bool, asJSON: Bool, to output: Terminal
    ) async throws {
        if let record = composeRecord {
            return try await composeLogs(
                record, of: services, last: last, follow: follow, asJSON: asJSON, to: output)
        }
        let known = try logFiles()
        for service in services where !known.keys.contains(where: { Self.isLog($0, of: service) }) {
            throw Self.unknownLog(service, known: known.keys)
        }
        let chosen =
            services.isEmpty
            ? known : known.filter { log in services.contains { Self.isLog(log.key, of: $0) } }
        guard !chosen.isEmpty else { throw Self.notRunning(directory) }
        let format = LogFormat(services: Array(chosen.keys), terminal: output)
        var reader = LogReader(files: chosen)
        try await reader.stream(last: last, follow: follow, clock: SystemClock.steady) { lines in
            for line in lines {
                output.print((asJSON ? try? JSONText.line(line) : nil) ?? format.render(line))
            }
        }
    }

    /// A service's name stands for its processes in all kept releases.
    private static func isLog(_ name: String, of service: String) -> Bool {
        name == service || ReleaseProcess(name).service == service
    }

    /// Paths by process; the engine's own log and those of builds are files beside them, not processes.
    private func logFiles() throws -> [String: String] {
        let state = FileStore(root: releasePaths.root)
        guard state.isDirectory("logs") else { return [:] }
        let names = try state.list("logs").filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }
        let processes = names.filter {
            $0 != "engine" && $0 != "engine-backup" && !$0.hasPrefix("build-") && !$0.hasPrefix("release-")
        }
        return Dictionary(uniqueKeysWithValues: processes.map { ($0, releasePaths.log(of: $0)) })
    }

    func client() throws -> EngineClient {
        guard let record = EngineRecord.read(releasePaths) else { throw Self.notRunning(directory) }
        return EngineClient(socketPath: record.socketPath)
    }

    static func unknownLog(_ service: String, known: some Sequence<String>) -> SlipwayError {
        SlipwayError(
            .unknownService, "'\(service)' has no log here",
            hint: "slipway logs \(known.sorted().joined(separator: " "))")
    }

    static func notRunning(_ directory: String) -> SlipwayError {
        SlipwayError(.notRunning, "nothing runs for \(directory)", hint: "slipway up")
    }
}
