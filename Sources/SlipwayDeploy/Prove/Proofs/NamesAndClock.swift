// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR029. A service that cannot find its neighbour by name starts and fails at the first request.
    static let namesAndClock = ProofRule("PR029", .running, "names resolve inside and the clock is right") { trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            let names = unit.dependencies.filter { $0.condition != "service_completed_successfully" }.map(\.service)
            let asks = names.map { "getent hosts \($0) >/dev/null 2>&1 && echo \"FOUND \($0)\" || echo \"LOST \($0)\"" }
            let before = SystemClock.secondsSinceEpoch()
            let answer = try await trial.stack.shell(
                (["date +%s"] + asks).joined(separator: "; "), in: facts.identifier)
            guard answer.succeeded, let clock = answer.lines.first.flatMap(Double.init) else {
                measurements.append(.skip("no shell in the image", service: unit.name))
                continue
            }
            let lost = answer.lines.filter { $0.hasPrefix("LOST ") }.map { String($0.dropFirst(5)) }
            let drift = abs(clock - before)
            measurements.append(
                .verdict(
                    lost.isEmpty && drift < 5, service: unit.name,
                    value: "\(names.count - lost.count) of \(names.count) names, clock off by \(Int(drift)) s",
                    limit: "all names, under 5 s", evidence: lost.map { "\($0) is not found" },
                    diagnosis: "put both services on one network"))
        }
        return measurements
    }
}
