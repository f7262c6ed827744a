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
            try await trial.stack.signal("KILL", to: [facts.processIdentifier])
            let isRestarted = !facts.restartPolicy.isEmpty && facts.restartPolicy != "no"
            let back = try await trial.stack.wait(for: unit.name, within: .seconds(isRestarted ? 40 : 2)) {
                $0.isRunning && $0.startedAt != facts.startedAt && ($0.health ?? "healthy") == "healthy"
            }
            if back == nil { _ = try await trial.docker.answer(["start", facts.identifier]) }
            measurements.append(
                .verdict(
                    back != nil, service: unit.name,
                    value: back.map { "well again after \(Figure.seconds($0.after))" } ?? "does not come back",
                    limit: "40 s", evidence: ["restart policy \(facts.restartPolicy)", "SIGKILL to its first process"],
                    diagnosis: facts.restartPolicy == "no" || facts.restartPolicy.isEmpty
                        ? "restart: unless-stopped" : "it does not start over what the killed one left"))
        }
        return measurements
    }
}
