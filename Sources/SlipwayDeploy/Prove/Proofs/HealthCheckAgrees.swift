// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR018. Docker's check and a load balancer's probe must see the same thing.
    static let healthCheckAgrees = ProofRule("PR018", .running, "the container's health check and an HTTP probe agree")
    { trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let facts = try await trial.stack.container(unit.name) else { continue }
            guard let health = facts.health else {
                measurements.append(
                    Measurement(
                        .fail, service: unit.name, value: "no health check", limit: "one that agrees",
                        diagnosis: "add HEALTHCHECK to the image or healthcheck to the Compose service"))
                continue
            }
            let path = trial.healthPath(of: unit) ?? "/"
            let reply = try await trial.stack.request("GET", path, of: unit.name)
            let probe = reply?.isSuccess ?? false
            measurements.append(
                .verdict(
                    probe == (health == "healthy"), service: unit.name, value: "check \(health), probe \(reply.shown)",
                    limit: "both good", evidence: ["GET \(path)", facts.healthTest.joined(separator: " ")],
                    diagnosis: "let the check ask \(path) and look at its status"))
        }
        return measurements.isEmpty ? [.skip("no service has a port")] : measurements
    }
}
