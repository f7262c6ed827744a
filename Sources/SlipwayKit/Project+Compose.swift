// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost
import SlipwayOperate
import Synchronization

extension Project {
    func composeStatus(_ record: ComposeRecord) throws -> ComposeStatus {
        ComposeStatus(record, directory: directory, secrets: try keptSecrets())
    }

    /// The lines of a Compose project's containers: in the order of time, or as they come when following.
    /// - Throws: ``SlipwayError`` `unknown-service`, `not-running` without containers, `docker-unreachable`.
    func composeLogs(
        _ record: ComposeRecord, of services: [String], last: Int?, follow: Bool, asJSON: Bool, to output: Terminal
    ) async throws {
        guard let known = try await composeStatus(record).read()?.processes.map(\.name) else {
            throw Self.notRunning(directory)
        }
        for service in services where !known.contains(service) {
            throw Self.unknownLog(service, known: Set(known))
        }
        let format = LogFormat(services: services.isEmpty ? known : services, terminal: output)
        let redactor = Redactor(try keptSecrets())
        let show: @Sendable (LogLine) -> Void = { line in
            output.print((asJSON ? try? JSONText.line(line) : nil) ?? format.render(line))
        }
        let kept = Mutex<[LogLine]>([])
        let command = record.logs(
            ["--timestamps"] + (follow ? ["--follow"] : []) + (last.map { ["--tail", "\($0)"] } ?? []) + services,
            directory: directory)
        let result = try await LocalRunner().run(command) { line in
            guard let found = LogLine(compose: redactor.redact(ComposeRecord.plain(line.text))) else { return }
            if follow { show(found) } else { kept.withLock { $0.append(found) } }
        }
        let sorted = kept.withLock { $0 }.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        // Compose counts the last lines of each container.
        sorted.suffix(last ?? Int.max).forEach { show($0.element) }
        guard result.succeeded else {
            throw SlipwayError(
                .dockerFailed, "docker compose logs \(result.end)", hint: "slipway doctor", details: result.lastLines(8)
            )
        }
    }

    /// Those that were set, and those that were generated for Compose.
    private func keptSecrets() throws -> [Secret] {
        let state = FileStore(root: directory + "/.slipway")
        return Array(try SecretStore(paths).load().values) + (try SecretFile(state, path: "secrets.env").load().values)
    }
}
