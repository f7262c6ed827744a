// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR020. A reload on any page but the first is the first thing users do and nobody tests.
    static let clientRoutes = ProofRule(
        "PR020", .running, "a route of the browser application is answered with its page"
    ) { trial in
        guard let unit = trial.frontEnd, trial.spec(of: unit)?.role == .spa else {
            return [.skip("no single-page application")]
        }
        var (bad, evidence) = ([String](), [String]())
        let page = try await trial.stack.request("GET", "/", of: unit.name, headers: ["Accept": "text/html"])
        for path in ["/", "/trial", "/trial/deep/route", "/trial/42?tab=x"] {
            let reply = try await trial.stack.request("GET", path, of: unit.name, headers: ["Accept": "text/html"])
            evidence.append("GET \(path): \(reply.shown)")
            if reply?.status != 200 || reply?.body != page?.body { bad.append(path) }
        }
        return [
            .verdict(
                bad.isEmpty, service: unit.name, value: "\(4 - bad.count) of 4 routes", limit: "the page on all",
                evidence: evidence, diagnosis: "try_files $uri $uri/ /index.html;")
        ]
    }
}
