// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// A request that a server keeps open until its body has come.
struct SlowRequest: Sendable {
    let path: String
    let call: HTTPCall
    /// What it is answered with when nothing stops.
    let status: Int

    /// - Returns: nil where the server answers every request that is tried before its body has come.
    static func find(for unit: ComposeUnit, port: UInt16, _ trial: Trial) async throws -> SlowRequest? {
        var tries = await trial.bodyPaths(of: unit).map { ($0, Body.json) }
        // Many frameworks read a body before they look where it goes: then any path will do, even one that takes none.
        for path in [trial.healthPath(of: unit), "/"].compactMap({ $0 }) { tries += [(path, .json), (path, .form)] }
        for (path, body) in tries {
            var call = HTTPCall(
                "POST", path, port: port, headers: ["Content-Type": body.rawValue],
                body: .halves(body.bytes, pause: .milliseconds(700)), deadline: .seconds(10))
            guard let reply = await call.perform(), reply.duration > .milliseconds(650) else { continue }
            call.body = .halves(body.bytes, pause: .seconds(2))
            return SlowRequest(path: path, call: call, status: reply.status)
        }
        return nil
    }

    /// What is sent, named by its media type.
    private enum Body: String {
        case json = "application/json"
        case form = "application/x-www-form-urlencoded"

        var bytes: [UInt8] {
            let filler = String(repeating: "x", count: 200)
            return Array((self == .json ? "{\"trial\": \"\(filler)\"}" : "trial=\(filler)").utf8)
        }
    }
}
