// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Cuts one output stream into lines that are safe to store: redacted, bounded, valid UTF-8. Pure.
package struct LogLines: Sendable {
    /// A longer line is split here, in bytes, so that output without line ends cannot fill the memory.
    package static let longestLine = 16 << 10

    private let redactor: Redactor
    private var pending: [UInt8] = []
    /// The beginning of a line that has no end yet.
    package var unfinished: [UInt8] { pending }

    package init(redactor: Redactor) { self.redactor = redactor }

    package mutating func feed(_ bytes: [UInt8], emit: (ArraySlice<UInt8>) -> Void) {
        pending += bytes
        redactor.redact(&pending)
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            Self.emit(pending[start..<end], emit)
            start = end + 1
        }
        // What may be the beginning of a secret stays here until the rest has come.
        let withheld = min(redactor.longestValue, Self.longestLine / 2)
        while pending.count - start - withheld >= Self.longestLine {
            emit(pending[start..<(start + Self.longestLine)])
            start += Self.longestLine
        }
        pending.removeFirst(start)
    }

    /// Emits the unfinished last line, if there is one.
    package mutating func finish(emit: (ArraySlice<UInt8>) -> Void) {
        if !pending.isEmpty { Self.emit(pending[...], emit) }
        pending = []
    }

    private static func emit(_ line: ArraySlice<UInt8>, _ emit: (ArraySlice<UInt8>) -> Void) {
        var rest = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        while rest.count > longestLine {
            emit(rest.prefix(longestLine))
            rest = rest.dropFirst(longestLine)
        }
        emit(rest)
    }
}
