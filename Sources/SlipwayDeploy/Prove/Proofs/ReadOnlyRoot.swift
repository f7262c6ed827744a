// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR012. An attacker who cannot write cannot stay.
    static let readOnlyRoot = ProofRule("PR012", .running, "every service works on a read-only root file system") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else {
                measurements.append(.skip("not running", service: unit.name))
                continue
            }
            if facts.isReadOnly {
                measurements.append(
                    .verdict(
                        facts.health != "unhealthy", service: unit.name, value: "runs read-only", limit: "healthy",
                        evidence: ["read_only is set", "health \(facts.health ?? "not checked")"]))
                continue
            }
            var copy = ContainerCopy(of: facts)
            copy.isReadOnly = true
            copy.temporaryFolders = Array(Set(copy.temporaryFolders + ["/tmp"])).sorted()
            let (works, lines) = try await CopyOutcome.isHealthy(copy, on: trial, within: .seconds(20))
            measurements.append(
                .verdict(
                    works, service: unit.name, value: works ? "healthy" : "does not come up", limit: "healthy",
                    evidence: ["run again with --read-only and /tmp in memory"]
                        + lines.suffix(8).map { trial.redact($0) },
                    diagnosis: "declare what it writes as a volume or a tmpfs; write nothing beside the code"))
        }
        return measurements
    }
}

/// Whether a changed copy of a service comes up.
enum CopyOutcome {
    static func isHealthy(_ copy: ContainerCopy, on trial: Trial, within limit: Duration) async throws -> (
        Bool, [String]
    ) {
        let stack = trial.stack
        var copy = copy
        copy.port = stack.webPort(of: copy.original.service)
        let identifier = try await copy.start(on: stack)
        let path = trial.project[copy.original.service].flatMap { trial.healthPath(of: $0) } ?? "/"
        let begin = SystemClock.steady.now
        var works = false
        while SystemClock.steady.now < begin + limit {
            guard let facts = try await stack.inspect(identifier), facts.isRunning else { break }
            if let target = copy.port {
                if let port = facts.published.first(where: { $0.target == target })?.port,
                    let reply = await HTTPCall("GET", path, port: port, deadline: .seconds(3)).perform(),
                    reply.status < 500
                {
                    works = true
                    break
                }
            } else if SystemClock.steady.now > begin + .seconds(4) {
                works = true
                break
            }
            try await SystemClock.steady.sleep(for: .milliseconds(200))
        }
        let lines = try await stack.logs(identifier)
        await stack.remove(identifier)
        return (works, works ? [] : lines)
    }
}
