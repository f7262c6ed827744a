// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR023. Uncompressed scripts triple the time to the first picture on a phone.
    static let compression = ProofRule("PR023", .running, "scripts and styles are sent compressed") { trial in
        guard let unit = trial.frontEnd, let page = try await TrialPage.load(from: unit.name, on: trial.stack) else {
            return [.skip("no front end")]
        }
        let texts = page.assets.filter { path in [".js", ".css", ".mjs", ".svg"].contains { path.hasSuffix($0) } }
        var (plain, evidence, measured) = ([String](), [String](), 0)
        for path in texts.prefix(6) {
            guard let full = try await trial.stack.request("GET", path, of: unit.name), full.bodyLength > 1400,
                let small = try await trial.stack.request(
                    "GET", path, of: unit.name, headers: ["Accept-Encoding": "gzip"])
            else { continue }
            measured += 1
            evidence.append(
                "\(path): \(full.bodyLength) to \(small.bodyLength) bytes, \(small.header("content-encoding") ?? "not encoded")"
            )
            if small.header("content-encoding") == nil { plain.append(path) }
        }
        guard measured > 0 else { return [.skip("no script or style of more than 1.4 kB", service: unit.name)] }
        return [
            .verdict(
                plain.isEmpty, service: unit.name, value: "\(measured - plain.count) of \(measured) files",
                limit: "all",
                evidence: evidence,
                diagnosis: "gzip on; gzip_types text/css text/javascript application/javascript ...;")
        ]
    }
}
