// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR031. A check that is always true keeps a broken release in the rotation.
    static let healthTurns = ProofRule(
        "PR031", .disruptive, "health turns false when the application hangs, and recovers"
    ) { trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let facts = try await trial.stack.container(unit.name), facts.health == "healthy" else {
                measurements.append(.skip("not healthy, or without a check", service: unit.name))
                continue
            }
            let processes = try await trial.stack.processes(of: facts)
            try await trial.stack.signal("STOP", to: processes)
            let sick = try await trial.stack.wait(for: unit.name, within: .seconds(25)) { $0.health == "unhealthy" }
            let reply = try await trial.stack.request(
                "GET", trial.healthPath(of: unit) ?? "/", of: unit.name, deadline: .seconds(2))
            try await trial.stack.signal("CONT", to: processes)
            let well = try await trial.stack.wait(for: unit.name, within: .seconds(25)) {
                $0.health == "healthy" && $0.isRunning
            }
            measurements.append(
                .verdict(
                    sick != nil && well != nil, service: unit.name,
                    value: "\(sick.map { "unhealthy after \(Figure.seconds($0.after))" } ?? "stays healthy"), "
                        + "\(well.map { "well again after \(Figure.seconds($0.after))" } ?? "does not recover")",
                    limit: "both within 25 s, asked every second",
                    evidence: [
                        "\(processes.count) processes were stopped (SIGSTOP), then continued",
                        "HTTP meanwhile: \(reply.shown)",
                    ],
                    diagnosis: sick == nil
                        ? "the check must ask the application itself, with a timeout" : "it does not survive a pause"))
        }
        return measurements
    }
}
