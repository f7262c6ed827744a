// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR025. The front end's own server must hand the API's paths on, with their prefix.
    static let gatewayReachesBackEnd = ProofRule("PR025", .running, "the one address hands requests on to the back end")
    { trial in
        guard let door = trial.frontDoor, !trial.routesBehindDoor.isEmpty else {
            return [.skip("one service answers everything")]
        }
        var measurements: [Measurement] = []
        for (unit, routes) in Dictionary(grouping: trial.routesBehindDoor, by: \.unit.name).sorted(by: {
            $0.key < $1.key
        }) {
            var (bad, evidence) = ([String](), [String]())
            let service = routes.first.flatMap { trial.spec(of: $0.unit) }
            // As visitors ask for it.
            let health = routes.first.flatMap { trial.healthPath(of: $0.unit) }.map { service?.outside($0) ?? $0 }
            let paths = routes.map(\.route) + [health].compactMap(\.self)
            for path in Array(Set(paths)).sorted() {
                let direct = try await trial.stack.request("GET", service?.inside(path) ?? path, of: unit)
                // A path that the back end does not know itself says nothing, unless the door answers it otherwise.
                let through = try await trial.stack.request("GET", path, of: door)
                evidence.append("GET \(path): direct \(direct.shown), through \(door) \(through.shown)")
                let isSame =
                    through?.status == direct?.status
                    && through?.header("content-type") == direct?.header("content-type")
                if !isSame, path != health || routes.contains(where: { path.hasPrefix($0.route) }) { bad.append(path) }
            }
            measurements.append(
                .verdict(
                    bad.isEmpty, service: unit, value: "\(evidence.count - bad.count) of \(evidence.count) paths agree",
                    limit: "all",
                    evidence: evidence,
                    diagnosis: "proxy_pass http://\(unit):PORT; without a path, for each of the routes"))
        }
        return measurements
    }
}
