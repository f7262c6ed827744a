// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR019. A published database is found within hours; Docker's rules bypass the host's firewall.
    static let databaseInside = ProofRule("PR019", .running, "databases are reached from inside only") { trial in
        let resources = trial.project.services.filter { $0.resource != nil }
        return resources.isEmpty
            ? [.skip("no database or cache in the Compose file")]
            : resources.map { unit in
                let open = unit.ports.filter { $0.published != nil }
                let outside = open.filter { $0.address == nil || !["127.0.0.1", "::1"].contains($0.address ?? "") }
                return .verdict(
                    outside.isEmpty, service: unit.name,
                    value: open.isEmpty
                        ? "publishes nothing"
                        : open.map { "\($0.address ?? "0.0.0.0"):\($0.published ?? 0)" }.joined(separator: ", "),
                    limit: "nothing outside this machine",
                    diagnosis: "remove ports of \(unit.name), or publish 127.0.0.1:PORT:PORT")
            }
    }
}
