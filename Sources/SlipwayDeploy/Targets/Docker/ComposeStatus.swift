// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the containers of a Compose project do, in the words in which the engine tells it of its processes.
package struct ComposeStatus: Sendable {
    private static let shownLines = 10

    private let record: ComposeRecord
    private let directory: String
    private let docker: Docker
    private let redactor: Redactor

    /// - Parameter secrets: Not shown when a container has written them.
    package init(_ record: ComposeRecord, directory: String, docker: Docker = Docker(), secrets: [Secret]) {
        self.record = record
        self.directory = directory
        self.docker = docker
        redactor = Redactor(secrets)
    }

    /// - Returns: `nil` when the project has no container any more.
    /// - Throws: ``SlipwayError`` `docker-unreachable`, `docker-failed`.
    package func read() async throws -> EngineStatus? {
        let containers = try await ComposeContainers(docker: docker, project: record.project).all()
            .sorted { ($0.startedSecond, $0.name) < ($1.startedSecond, $1.name) }
        guard let first = containers.first else { return nil }
        var processes: [ProcessStatus] = []
        for container in containers { processes.append(try await status(of: container)) }
        return EngineStatus(
            application: record.project, directory: directory, processIdentifier: nil,
            phase: Self.phase(processes.map(\.state)), address: record.address,
            startedAt: first.startedSecond, processes: processes)
    }

    private static func phase(_ states: [ProcessStatus.State]) -> EngineStatus.Phase {
        if states.contains(where: isBroken) { return .degraded }
        return states.contains { $0 == .waiting || $0 == .starting } ? .starting : .running
    }

    private static func isBroken(_ state: ProcessStatus.State) -> Bool {
        state == .unhealthy || state == .backoff || state == .failed
    }

    private func status(of container: ContainerFacts) async throws -> ProcessStatus {
        var status = ProcessStatus(
            name: container.service, state: Self.state(of: container),
            processIdentifier: container.isRunning ? Int32(container.processIdentifier) : nil,
            port: container.published.first?.port, restarts: container.restartCount,
            since: container.isRunning ? container.startedSecond : container.finishedSecond ?? container.startedSecond)
        if Self.isBroken(status.state) { status.diagnosis = try await diagnosis(of: container) }
        return status
    }

    private static func state(of container: ContainerFacts) -> ProcessStatus.State {
        switch container.status {
        case "created": .waiting
        case "restarting": .backoff
        case "running":
            switch container.health ?? "none" {
            case "unhealthy": .unhealthy
            case "starting": .starting
            default: .ready
            }
        // A task that has done its work; what is to be restarted should not have ended at all.
        case "exited" where container.exitCode == 0 && ["", "no", "on-failure"].contains(container.restartPolicy):
            .stopped
        // Ended, dead, or paused by somebody.
        default: .failed
        }
    }

    private func diagnosis(of container: ContainerFacts) async throws -> Diagnosis {
        let logs = try await docker.answer(["logs", "--tail", "\(Self.shownLines)", container.identifier])
        let probe = (container.healthLog.last?["Output"]?.text).flatMap { $0.isEmpty ? nil : $0 }
        let isEnded = container.status == "exited"
        let health = container.isRunning ? "is unhealthy" : "is \(container.status)"
        return Diagnosis(
            likelyCause: container.wasOutOfMemory
                ? "ended for lack of memory"
                : "the container \(isEnded ? "has ended and does not run again by itself" : health)",
            hint: container.status == "paused"
                ? "docker unpause \(container.name)" : "slipway logs \(container.service)",
            exit: isEnded ? "exited with code \(container.exitCode)" : nil,
            lastProbe: probe.map { redactor.redact(String($0.prefix(400))) },
            lastLogLines: logs.lines.suffix(Self.shownLines).map(redactor.redact))
    }
}

extension ContainerFacts {
    /// Seconds since the Unix epoch; of its making for one that was never started.
    fileprivate var startedSecond: Double { Self.second(startedAt) ?? Self.second(createdAt) ?? 0 }
    fileprivate var finishedSecond: Double? { Self.second(finishedAt) }

    /// - Parameter time: `2026-03-10T10:26:33.564595127Z`; Docker writes the year 1 for never.
    private static func second(_ time: String) -> Double? {
        guard time.utf8.count >= 19, !time.hasPrefix("0001-") else { return nil }
        return try? Date.ISO8601FormatStyle().parse(time.prefix(19) + "Z").timeIntervalSince1970
    }
}
