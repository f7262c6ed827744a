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
        copy.port = trial.stack.webPort(of: service)
        let path = trial.project[service].flatMap { trial.healthPath(of: $0) } ?? "/"
        let identifier = try await copy.start(on: trial.stack)
        let begin = SystemClock.steady.now
        var code: Int?
        var hasAnswered = false
        while SystemClock.steady.now < begin + .seconds(15), code == nil, !hasAnswered {
            try await SystemClock.steady.sleep(for: .milliseconds(200))
            guard let facts = try await trial.stack.inspect(identifier) else { break }
            if !facts.isRunning {
                code = facts.exitCode
            } else if let port = facts.published.first(where: { $0.target == copy.port })?.port {
                let reply = await HTTPCall("GET", path, port: port, deadline: .seconds(2)).perform()
                hasAnswered = reply != nil
            }
        }
        let lines = try await trial.stack.logs(identifier, last: 2000)
        await trial.stack.remove(identifier)
        let isNamed = lines.contains { $0.uppercased().contains(name.uppercased()) }
        // A server of several workers goes on starting them while each refuses; it serves nothing, which is what counts.
        let isRefused = code.map { $0 != 0 } ?? (copy.port != nil && !hasAnswered)
        let value =
            code.map { "\(name): ended with exit code \($0)" }
            ?? (isRefused ? "\(name): serves nothing without it" : "\(name): runs without it")
        return .verdict(
            isRefused && isNamed, service: service,
            value: value + (isNamed ? ", named" : ", not named"),
            limit: "refused and named",
            evidence: lines.filter { $0.uppercased().contains(name.uppercased()) }.prefix(3).map { trial.redact($0) }
                + lines.suffix(3).map { trial.redact($0) },
            diagnosis: !isRefused
                ? "read \(name) without a default when it starts; or write ${\(name):?} in the Compose file"
                : "say which variable is missing; or write ${\(name):?} in the Compose file")
    }
}
