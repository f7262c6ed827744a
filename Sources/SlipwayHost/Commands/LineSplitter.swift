// SPDX-License-Identifier: Apache-2.0

/// Splits a byte stream into lines: LF and CR LF end one, and so does CR alone, because progress bars redraw with it.
struct LineSplitter {
    /// A longer line is cut here, so that output without line ends cannot fill the memory.
    static let longestLineInBytes = 16 << 10

    private var pending: [UInt8] = []
    private var sawCarriageReturn = false

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            let followsCarriageReturn = sawCarriageReturn
            sawCarriageReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), followsCarriageReturn { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                lines.append(takePending())
                continue
            }
            pending.append(byte)
            if pending.count >= Self.longestLineInBytes { lines.append(takePending()) }
        }
        return lines
    }

    /// The unfinished last line, if there is one.
    mutating func finish() -> String? { pending.isEmpty ? nil : takePending() }

    private mutating func takePending() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
