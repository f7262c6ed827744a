// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR033. Processes die; what nobody restarts stays down until somebody looks.
    static let comesBack = ProofRule("PR033", .disruptive, "a killed process and a killed container come back") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.project.services where !trial.project.tasks.contains(where: { $0.name == unit.name }) {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            let isRestarted = !facts.restartPolicy.isEmpty && facts.restartPolicy != "no"
            var evidence = ["restart policy \(facts.restartPolicy)"]
            // A worker of a server that has several: nobody but the server itself can bring it back.
            let others = try await trial.stack.processes(of: facts).dropFirst()
            var process: Duration? = .zero
            if let last = others.last {
                try await trial.stack.signal("KILL", to: [last])
                process = try await isWell(unit, trial, within: .seconds(isRestarted ? 40 : 5))
                evidence.append(
                    "SIGKILL to one of \(others.count) later processes: "
                        + (process.map { "well after \(Figure.seconds($0))" } ?? "not well again"))
            }
            var container: Duration?
            if let now = try await trial.stack.container(unit.name), now.isRunning {
                try await trial.stack.signal("KILL", to: [now.processIdentifier])
                let began = SystemClock.steady.now
                let new = try await trial.stack.wait(for: unit.name, within: .seconds(isRestarted ? 40 : 2)) {
                    $0.isRunning && $0.startedAt != now.startedAt
                }
                if new != nil, try await isWell(unit, trial, within: .seconds(40)) != nil {
                    container = SystemClock.steady.now - began
                }
                evidence.append("SIGKILL to its first process")
            }
            if container == nil { _ = try await trial.docker.answer(["start", facts.identifier]) }
            measurements.append(
                .verdict(
                    container != nil && process != nil, service: unit.name,
                    value: process == nil && container != nil
                        ? "does not survive the end of a later process"
                        : container.map { "well again after \(Figure.seconds($0))" } ?? "does not come back",
                    limit: "40 s", evidence: evidence,
                    diagnosis: isRestarted
                        ? "it does not start over what the killed one left" : "restart: unless-stopped"))
        }
        return measurements
    }

    /// Healthy, and answering HTTP where it did.
    private static func isWell(_ unit: ComposeUnit, _ trial: Trial, within limit: Duration) async throws -> Duration? {
        let begin = SystemClock.steady.now
        let answers = trial.servers.contains { $0.name == unit.name }
        // The engine takes a moment to see that a process is gone.
        try await SystemClock.steady.sleep(for: .milliseconds(1200))
        while SystemClock.steady.now < begin + limit {
            if let facts = try await trial.stack.container(unit.name), facts.isRunning,
                (facts.health ?? "healthy") == "healthy"
            {
                guard answers else { return SystemClock.steady.now - begin }
                let path = trial.healthPath(of: unit) ?? "/"
                let reply = try await trial.stack.request("GET", path, of: unit.name, deadline: .seconds(3))
                if let reply, reply.status < 500 { return SystemClock.steady.now - begin }
            }
            try await SystemClock.steady.sleep(for: .milliseconds(200))
        }
        return nil
    }
}
