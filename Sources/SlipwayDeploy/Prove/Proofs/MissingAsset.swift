// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR024. A page in place of a script is a syntax error in the browser and hides every broken release.
    static let missingAsset = ProofRule("PR024", .running, "a missing script is 404 and not the page") { trial in
        guard let unit = trial.frontEnd, let page = try await TrialPage.load(from: unit.name, on: trial.stack) else {
            return [.skip("no front end")]
        }
        let folder = page.hashedAsset.map { $0.split(separator: "/").dropLast().joined(separator: "/") } ?? "assets"
        let path = "/\(folder.isEmpty ? "" : folder + "/")missing-\(RandomToken.hex(bytes: 4)).js"
        let reply = try await trial.stack.request("GET", path, of: unit.name)
        return [
            .verdict(
                reply?.status == 404, service: unit.name, value: "\(reply.shown)", limit: "404",
                evidence: ["GET \(path)"],
                diagnosis: "location /assets/ { try_files $uri =404; }")
        ]
    }
}
