// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR028. Logs are copied to more places than any database.
    static let logsAreClean = ProofRule("PR028", .disruptive, "logs come line by line and carry no secret") { trial in
        var measurements: [Measurement] = []
        let secrets = trial.values.secrets.sorted().compactMap { name in trial.values.values[name].map { (name, $0) } }
        for facts in try await trial.stack.containers() where trial.project[facts.service]?.build != nil {
            let lines = try await trial.docker.answer(["logs", "--tail", "5000", facts.identifier]).lines
            let shown = secrets.filter { _, value in lines.contains { $0.contains(value) } }.map(\.0)
            let longest = lines.map(\.utf8.count).max() ?? 0
            let isTask = trial.project.tasks.contains { $0.name == facts.service }
            let isSilent = lines.isEmpty && !isTask
            measurements.append(
                .verdict(
                    shown.isEmpty && longest <= 16_384 && !isSilent, service: facts.service,
                    value: "\(lines.count) lines, longest \(Figure.bytes(longest)), \(shown.count) secrets",
                    limit: "some lines, under 16 kB, no secret",
                    evidence: shown.map { "the value of \($0) is in the log" },
                    diagnosis: isSilent
                        ? "write to standard output, unbuffered (PYTHONUNBUFFERED=1), not to a file"
                        : "do not log requests' bodies, headers or settings with their values"))
        }
        return measurements
    }
}
