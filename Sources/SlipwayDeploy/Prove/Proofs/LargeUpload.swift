// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR027. nginx refuses more than one megabyte by default, and only users notice.
    static let largeUpload = ProofRule("PR027", .running, "an upload of 50 MB passes the one address") { trial in
        guard let door = trial.frontDoor else { return [.skip("no address")] }
        var measurements: [Measurement] = []
        let size = trial.limits.uploadInBytes
        for unit in trial.backEnds where unit.name != door {
            guard let route = (trial.spec(of: unit)?.routes ?? []).first(where: { $0 != "/" }) else { continue }
            let type = ["Content-Type": "application/octet-stream"]
            let direct = try await trial.stack.request(
                "POST", route, of: unit.name, headers: type, body: .zeros(size), deadline: .seconds(60))
            let through = try await trial.stack.request(
                "POST", route, of: door, headers: type, body: .zeros(size), deadline: .seconds(60))
            let isRefused = through == nil || through?.status == 413 || (through?.status ?? 0) >= 500
            let isOwn = direct != nil && direct?.status == through?.status
            measurements.append(
                .verdict(
                    !isRefused || isOwn, service: unit.name,
                    value: "\(through.shown)\(through.map { " after \(Figure.seconds($0.duration))" } ?? "")",
                    limit: "what the back end itself answers",
                    evidence: [
                        "POST \(route), \(Figure.bytes(size)): direct \(direct.shown), through \(door) \(through.shown)"
                    ],
                    diagnosis: "client_max_body_size 50m; and proxy_request_buffering off;"))
        }
        return measurements.isEmpty ? [.skip("no gateway before a back end")] : measurements
    }
}
