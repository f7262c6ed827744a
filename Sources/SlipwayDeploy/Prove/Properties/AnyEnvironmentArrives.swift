// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PP002. A start script that expands, trims or splits what it is given works with simple values only.
    static let anyEnvironmentArrives = ProofRule(
        "PP002", .running, "whatever value a variable has, the process gets it unchanged"
    ) { trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            if trial.spec(of: unit)?.role.isServedFromFiles == true {
                measurements.append(.skip("it is served from files and reads no variable", service: unit.name))
                continue
            }
            let seed = PropertyCatalog.seed()
            var random = RandomValues(seed: seed)
            var given: [String: String] = [:]
            for _ in 0..<(PropertyCatalog.rounds * 4) { given[random.name()] = random.value() }
            var copy = ContainerCopy(of: facts)
            copy.environment.merge(given) { $1 }
            let identifier = try await copy.start(on: trial.stack)
            try await SystemClock.steady.sleep(for: .seconds(2))
            var seen: Set<String> = []
            if let now = try await trial.stack.inspect(identifier), now.isRunning {
                // The first may be a shell that hands on, the last a check that began just now.
                for process in try await trial.stack.processes(of: now) {
                    let answer = try await trial.stack.observe("cat /proc/\(process)/environ 2>/dev/null; true")
                    seen.formUnion(answer.output.split(separator: "\0").map(String.init))
                }
            }
            let lines = try await trial.stack.logs(identifier, last: 5)
            await trial.stack.remove(identifier)
            let lost = given.filter { !seen.contains("\($0.key)=\($0.value)") }.sorted { $0.key < $1.key }
            measurements.append(
                .verdict(
                    lost.isEmpty, service: unit.name, value: "\(given.count - lost.count) of \(given.count) values",
                    limit: "all",
                    evidence: ["seed \(seed)"]
                        + lost.prefix(3).map { "lost: \($0.key)=\($0.value.debugDescription.prefix(80))" }
                        + (lost.isEmpty ? [] : lines.map { trial.redact($0) }),
                    diagnosis: "start the process with exec, and write \"$NAME\" with its quotes in start scripts"))
        }
        return measurements
    }
}
