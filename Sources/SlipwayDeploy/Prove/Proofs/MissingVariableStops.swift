// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR015. Without its secret an application must not start: one that starts with a default is open to everybody.
    static let missingVariableStops = ProofRule(
        "PR015", .running, "a missing required variable stops the start and is named"
    ) { trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let service = trial.spec(of: unit), let facts = try await trial.stack.container(unit.name) else {
                continue
            }
            let required = trial.application.variables.filter {
                $0.required && $0.phase != .build && $0.services.contains(service.name)
            }
            for variable in required.prefix(3) {
                if let words = try await trial.composeRefuses(without: variable.name) {
                    measurements.append(
                        Measurement(
                            .pass, service: unit.name, value: "\(variable.name): Compose refuses to start",
                            limit: "refused and named", evidence: [words]))
                    continue
                }
                measurements.append(try await withoutVariable(variable.name, unit.name, facts, trial))
            }
        }
        return measurements.isEmpty ? [.skip("no variable is required")] : measurements
    }

    private static func withoutVariable(
        _ name: String, _ service: String, _ facts: ContainerFacts, _ trial: Trial
    ) async throws -> Measurement {
        var copy = ContainerCopy(of: facts)
        copy.environment[name] = nil
        let identifier = try await copy.start(on: trial.stack)
        let begin = SystemClock.steady.now
        var code: Int?
        while SystemClock.steady.now < begin + .seconds(15) {
            if let facts = try await trial.stack.inspect(identifier), !facts.isRunning {
                code = facts.exitCode
                break
            }
            try await SystemClock.steady.sleep(for: .milliseconds(200))
        }
        let lines = try await trial.stack.logs(identifier, last: 60)
        await trial.stack.remove(identifier)
        let isNamed = lines.contains { $0.uppercased().contains(name.uppercased()) }
        let value = code.map { "\(name): ended with exit code \($0)" } ?? "\(name): runs without it"
        return .verdict(
            code.map { $0 != 0 } == true && isNamed, service: service,
            value: value + (isNamed ? ", named" : ", not named"),
            limit: "refused and named",
            evidence: lines.filter { $0.uppercased().contains(name.uppercased()) }.prefix(3).map { trial.redact($0) }
                + lines.suffix(3).map { trial.redact($0) },
            diagnosis: code == nil
                ? "read \(name) without a default when it starts; or write ${\(name):?} in the Compose file"
                : "say which variable is missing; or write ${\(name):?} in the Compose file")
    }
}
