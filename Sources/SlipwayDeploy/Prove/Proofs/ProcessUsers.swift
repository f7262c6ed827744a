// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR011. A declared user says nothing when an entry point changes it.
    static let processUsers = ProofRule("PR011", .running, "no process of the application runs as root") { trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else {
                measurements.append(.skip("not running", service: unit.name))
                continue
            }
            let processes = try await trial.stack.processes(of: facts)
            let files = processes.map { "/proc/\($0)/status" }.joined(separator: " ")
            let status = try await trial.stack.observe(
                "for f in \(files); do grep -E '^(Name|Uid|CapEff):' $f 2>/dev/null; done; true")
            let users = status.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("Uid:") }.compactMap {
                $0.split(whereSeparator: \.isWhitespace).dropFirst(2).first.flatMap { Int($0) }
            }
            guard !users.isEmpty else {
                measurements.append(.skip("its processes could not be seen", service: unit.name))
                continue
            }
            let root = users.count { $0 == 0 }
            measurements.append(
                .verdict(
                    root == 0, service: unit.name,
                    value:
                        "\(users.count) processes, uid \(Set(users).sorted().map(String.init).joined(separator: ", "))",
                    limit: "no uid 0",
                    evidence: status.output.split(whereSeparator: \.isNewline).prefix(12).map {
                        $0.split(whereSeparator: \.isWhitespace).prefix(3).joined(separator: " ")
                    }, diagnosis: "add USER to the image; let nothing in the entry point change it back"))
        }
        return measurements
    }
}
