// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy
public import SlipwayHost
import SlipwayOperate

/// The releases of an application, ready to be shown.
public struct HistoryReport: Sendable {
    private struct Body: Encodable {
        var releases: [ReleaseRecord]
        var kept: [Int]
        var unfinished: Int?
    }

    private let records: [ReleaseRecord]
    private let kept: Set<Int>
    /// The release whose deploy was killed and not settled yet.
    public let unfinished: Int?

    init(records: [ReleaseRecord], kept: Set<Int>, unfinished: Int?) {
        self.records = records
        self.kept = kept
        self.unfinished = unfinished
    }

    /// As a table, newest first, or as JSON.
    public func rendered(asJSON: Bool, on terminal: Terminal) throws -> String {
        if asJSON {
            return try JSONText.pretty(Body(releases: records, kept: kept.sorted(), unfinished: unfinished))
        }
        // The record keeps how a release ended its deploy; only the last of them has the requests now.
        let live = records.lastIndex { $0.outcome == .live }
        var lines = records.indices.reversed().map { index -> String in
            let record = records[index]
            let outcome = record.outcome == .live && index != live ? "replaced" : record.outcome.rawValue
            let commit = record.commit.map { String($0.prefix(9)) + (record.isDirty ? "+" : "") } ?? "-"
            let age = StatusTable.age(SystemClock.secondsSinceEpoch() - record.startedAt)
            let number = String(repeating: " ", count: max(0, 4 - "\(record.number)".count)) + "\(record.number)"
            let fields = [
                number, Self.padded(record.kind.rawValue, 8), Self.padded(outcome, 8),
                Self.padded(commit, 10), Self.padded(age, 5), record.by,
                record.reason ?? record.verdict.map { WatchText($0).line } ?? "", Self.line(record.proofs),
            ]
            return fields.filter { !$0.isEmpty }.joined(separator: "  ")
        }
        if lines.isEmpty { lines = ["no release has been made; slipway deploy makes the first"] }
        if let unfinished {
            lines.insert("release \(unfinished) was interrupted: slipway resume, or slipway abort", at: 0)
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ proofs: ReleaseProofs?) -> String {
        guard let proofs else { return "" }
        return "proofs: \(proofs.passed) passed, \(proofs.failed) failed"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
