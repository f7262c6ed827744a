// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR022. nginx drops every inherited header in a location that adds one of its own.
    static let securityHeaders = ProofRule("PR022", .running, "security headers are on every answer") { trial in
        guard let unit = trial.frontEnd, let page = try await TrialPage.load(from: unit.name, on: trial.stack) else {
            return [.skip("no front end")]
        }
        var lost: [String] = []
        let paths =
            ["/", "/trial/deep/route", "/trial-missing-\(RandomToken.hex(bytes: 3)).js"] + page.assets.prefix(2)
        for path in paths {
            guard let reply = try await trial.stack.request("GET", path, of: unit.name) else { continue }
            let policy = reply.header("content-security-policy") ?? ""
            var missing: [String] = []
            if reply.header("x-content-type-options")?.lowercased() != "nosniff" {
                missing.append("X-Content-Type-Options")
            }
            if !reply.hasHeader("x-frame-options"), !policy.contains("frame-ancestors") {
                missing.append("X-Frame-Options")
            }
            if !reply.hasHeader("referrer-policy") { missing.append("Referrer-Policy") }
            if !missing.isEmpty { lost.append("\(path) (\(reply.status)): no \(missing.joined(separator: ", "))") }
        }
        return [
            .verdict(
                lost.isEmpty, service: unit.name, value: "\(paths.count - lost.count) of \(paths.count) paths",
                limit: "all paths",
                evidence: lost.isEmpty ? ["looked at \(paths.joined(separator: " "))"] : lost,
                diagnosis: "repeat the add_header lines, with always, in each location that adds a header")
        ]
    }
}
