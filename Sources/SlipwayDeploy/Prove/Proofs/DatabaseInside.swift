// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR019. A published database is found within hours; Docker's rules bypass the host's firewall.
    static let databaseInside = ProofRule("PR019", .running, "databases are reached from inside only") { trial in
        var measurements: [Measurement] = []
        for unit in trial.project.services where unit.resource != nil {
            let open = unit.ports.filter { $0.published != nil }
            var outside = open.filter { $0.address == nil || !["127.0.0.1", "::1"].contains($0.address ?? "") }
                .map { "\($0.address ?? "0.0.0.0"):\($0.published ?? 0)" }
            if unit.node["network_mode"]?.text == "host" { outside.append("the host's own network") }
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            // What listens on its own loopback only is safe and of no use.
            let inside = try await ListeningSocket.all(of: facts, on: trial.stack).filter { !$0.isLoopback }
            let users = trial.project.services.filter { user in
                user.name != unit.name && !Set(user.networks).isDisjoint(with: unit.networks)
            }
            let ports = Set(inside.map(\.port)).sorted().map(String.init).joined(separator: ", ")
            measurements.append(
                .verdict(
                    outside.isEmpty && !inside.isEmpty, service: unit.name,
                    value: (inside.isEmpty ? "listens on its loopback only" : "listens on \(ports) inside")
                        + (outside.isEmpty
                            ? ", publishes nothing outside" : ", open on \(outside.joined(separator: ", "))"),
                    limit: "reached by its users, by nobody outside this machine",
                    evidence: ["on one network with it: \(users.map(\.name).joined(separator: ", "))"]
                        + open.map { "publishes \($0.address ?? "0.0.0.0"):\($0.published ?? 0)" },
                    diagnosis: inside.isEmpty
                        ? "let it listen on all addresses of its container"
                        : "remove ports of \(unit.name), or publish 127.0.0.1:PORT:PORT"))
        }
        return measurements.isEmpty ? [.skip("no database or cache in the Compose file")] : measurements
    }
}
