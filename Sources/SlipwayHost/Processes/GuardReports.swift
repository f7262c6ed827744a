// SPDX-License-Identifier: Apache-2.0

/// Puts report lines together from pieces.
struct GuardReports {
    private(set) var pending: [UInt8]
    private(set) var isComplete = false

    init(pending: [UInt8]) { self.pending = pending }

    mutating func feed(_ bytes: [UInt8]) -> [GuardReport] {
        pending += bytes
        let lines = pending.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        pending = Array(lines.last ?? [])
        let reports = lines.dropLast().compactMap { GuardReport(line: String(decoding: $0, as: UTF8.self)) }
        if reports.contains(.gone) { isComplete = true }
        return reports
    }
}
