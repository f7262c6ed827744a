// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

extension ProofRule {
    /// PP003. Platforms give any port above 1024.
    static let anyPortAnswers = ProofRule("PP003", .running, "whatever port a server is given, it answers there") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let service = trial.spec(of: unit), let facts = try await trial.stack.container(unit.name) else {
                continue
            }
            guard let variable = service.portVariable, !service.role.isServedFromFiles else {
                measurements.append(.skip("its port is fixed", service: unit.name))
                continue
            }
            let seed = PropertyCatalog.seed()
            var random = RandomValues(seed: seed)
            var (failed, tried) = ([UInt16](), [UInt16]())
            for _ in 0..<(PropertyCatalog.rounds / 2) {
                let port = UInt16.random(in: 1025...65_000, using: &random)
                tried.append(port)
                if try await !answers(on: port, variable, facts, unit, trial) { failed.append(port) }
            }
            measurements.append(
                .verdict(
                    failed.isEmpty, service: unit.name,
                    value: "\(tried.count - failed.count) of \(tried.count) ports", limit: "all",
                    evidence: ["seed \(seed)", "tried \(tried.map(String.init).joined(separator: ", "))"]
                        + failed.map { "no answer on \($0)" },
                    diagnosis: "write the start command with ${\(variable)} in shell form"))
        }
        return measurements.isEmpty ? [.skip("no service has a port")] : measurements
    }

    private static func answers(
        on port: UInt16, _ variable: String, _ facts: ContainerFacts, _ unit: ComposeUnit, _ trial: Trial
    ) async throws -> Bool {
        var copy = ContainerCopy(of: facts)
        copy.environment[variable] = "\(port)"
        copy.port = port
        let identifier = try await copy.start(on: trial.stack)
        let end = SystemClock.steady.now + .seconds(20)
        var hasAnswered = false
        while SystemClock.steady.now < end, !hasAnswered {
            try await SystemClock.steady.sleep(for: .milliseconds(300))
            guard let now = try await trial.stack.inspect(identifier), now.isRunning else { break }
            guard let open = now.published.first(where: { $0.target == port })?.port else { continue }
            let path = trial.healthPath(of: unit) ?? "/"
            hasAnswered = await HTTPCall("GET", path, port: open, deadline: .seconds(2)).perform() != nil
        }
        await trial.stack.remove(identifier)
        return hasAnswered
    }
}
