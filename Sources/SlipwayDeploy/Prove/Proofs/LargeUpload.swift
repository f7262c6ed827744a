// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR027. nginx refuses more than one megabyte by default, and only users notice.
    static let largeUpload = ProofRule("PR027", .running, "an upload of 50 MB passes the one address") { trial in
        guard let door = trial.frontDoor else { return [.skip("no address")] }
        var measurements: [Measurement] = []
        let (size, type) = (trial.limits.uploadInBytes, ["Content-Type": "application/octet-stream"])
        for unit in trial.backEnds where unit.name != door {
            guard let (route, direct) = try await taker(unit, trial) else { continue }
            let through = try await trial.stack.request(
                "POST", route, of: door, headers: type, body: .zeros(size), deadline: .seconds(60))
            // Where the back end reads it all, all of it must have passed the door, and its answer must be the same.
            let isWhole = direct.bodySent < size || through?.bodySent == size
            // Where it refuses and hangs up in the middle, a door that was still sending can only say that (502).
            let hangsUp = direct.bodySent < size && direct.status >= 400
            let isSame = through?.status == direct.status || hangsUp && through?.status == 502
            measurements.append(
                .verdict(
                    isWhole && isSame, service: unit.name,
                    value: "\(Figure.bytes(through?.bodySent ?? 0)) taken, \(through.shown)"
                        + "\(through.map { " after \(Figure.seconds($0.duration))" } ?? "")",
                    limit: "\(Figure.bytes(direct.bodySent)) and \(direct.status), as the back end itself",
                    evidence: [
                        "POST \(route), \(Figure.bytes(size)): direct \(direct.shown), through \(door) \(through.shown)"
                    ],
                    diagnosis: "client_max_body_size 50m; and proxy_request_buffering off;"))
        }
        return measurements.isEmpty ? [.skip("no gateway before a back end")] : measurements
    }

    /// A path of the back end that reads a whole body; the first that answers at all when none does. Only its routes are
    /// asked: what takes a small document would keep all of this one in memory.
    private static func taker(_ unit: ComposeUnit, _ trial: Trial) async throws -> (String, HTTPReply)? {
        let size = trial.limits.uploadInBytes
        var first: (String, HTTPReply)?
        for route in (trial.spec(of: unit)?.routes ?? []).filter({ $0 != "/" }).prefix(4) {
            let reply = try await trial.stack.request(
                "POST", route, of: unit.name, headers: ["Content-Type": "application/octet-stream"],
                body: .zeros(size), deadline: .seconds(60))
            guard let reply else { continue }
            if reply.bodySent == size { return (route, reply) }
            if first == nil { first = (route, reply) }
        }
        return first
    }
}
