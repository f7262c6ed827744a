// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR021. A cached first page names files that the next release has deleted: a white page for days.
    static let cacheHeaders = ProofRule("PR021", .running, "hashed files are cached for long and the page is not") {
        trial in
        guard let unit = trial.frontEnd, let page = try await TrialPage.load(from: unit.name, on: trial.stack) else {
            return [.skip("no front end")]
        }
        let first = page.reply.header("cache-control") ?? "none"
        let isPageFine = first.contains("no-cache") || first.contains("no-store") || (seconds(first) ?? .max) <= 600
        var evidence = ["/: cache-control \(first)"]
        guard let asset = page.hashedAsset else {
            return [
                .verdict(
                    isPageFine, service: unit.name, value: "page \(first)", limit: "no-cache",
                    evidence: evidence + ["no hashed file"],
                    diagnosis: "add_header Cache-Control \"no-cache\" for the page")
            ]
        }
        let reply = try await trial.stack.request("GET", asset, of: unit.name)
        let header = reply?.header("cache-control") ?? "none"
        evidence.append("\(asset): cache-control \(header)")
        let isAssetFine = header.contains("immutable") || (seconds(header) ?? 0) >= 2_592_000
        return [
            .verdict(
                isPageFine && isAssetFine, service: unit.name, value: "page \(first); hashed file \(header)",
                limit: "page no-cache; hashed files at least 30 days", evidence: evidence,
                diagnosis: "Cache-Control no-cache on the page, public, max-age=31536000, immutable on hashed files")
        ]
    }

    private static func seconds(_ header: String) -> Int? {
        header.firstRange(of: "max-age=").flatMap { Int(header[$0.upperBound...].prefix { $0.isNumber }) }
    }
}
