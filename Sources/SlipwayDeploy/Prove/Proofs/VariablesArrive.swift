// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR014. A variable that is set somewhere and reaches no process is the most frequent defect of all.
    static let variablesArrive = ProofRule("PR014", .running, "every variable of the contract reaches the process") {
        trial in
        let salt = RandomToken.hex(bytes: 8)
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning,
                let service = trial.spec(of: unit)
            else { continue }
            let contract = trial.application.variables.filter {
                $0.services.contains(service.name) && $0.phase != .build
            }
            let processes = try await trial.stack.processes(of: facts).prefix(8)
            let files = processes.map { "/proc/\($0)/environ" }.joined(separator: " ")
            let answer = try await trial.stack.observe("cat \(files) 2>/dev/null; true")
            var inside: [String: Set<String>] = [:]
            for pair in answer.output.split(separator: "\0") {
                guard let equals = pair.firstIndex(of: "=") else { continue }
                inside[String(pair[..<equals]), default: []].insert(
                    Digest.sha256(salt + pair[pair.index(after: equals)...]))
            }
            let wanted = unit.environment
            var (lost, missing, shown) = ([String](), [String](), [String]())
            for variable in contract {
                if let value = wanted[variable.name] {
                    let digest = Digest.sha256(salt + value)
                    if inside[variable.name]?.contains(digest) == true {
                        shown.append("\(variable.name) \(digest.prefix(12))")
                    } else {
                        lost.append(variable.name)
                    }
                } else if variable.required, inside[variable.name] == nil {
                    missing.append(variable.name)
                }
            }
            if service.role.isServedFromFiles, contract.isEmpty || shown.isEmpty {
                measurements.append(.skip("it is served from files and reads no variable", service: unit.name))
                continue
            }
            measurements.append(
                .verdict(
                    lost.isEmpty && missing.isEmpty, service: unit.name,
                    value: "\(shown.count) arrived, \(lost.count + missing.count) did not",
                    limit: "all that are set or required",
                    evidence: lost.map { "set and not there: \($0)" } + missing.map { "required and not set: \($0)" }
                        + shown.prefix(12).map { "\($0) (salted SHA-256)" },
                    diagnosis: "name it under environment of \(unit.name) in the Compose file"))
        }
        return measurements
    }
}
