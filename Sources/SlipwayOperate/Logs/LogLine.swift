// SPDX-License-Identifier: Apache-2.0

/// One line that a process wrote, as the engine stored it: `2026-11-21T00:00:00.123Z out text`.
public struct LogLine: Codable, Equatable, Sendable {
    /// The process's name.
    public var service: String
    /// ISO 8601 in UTC with milliseconds, so that comparing text compares time.
    public var time: String
    /// `out` or `err`.
    public var stream: String
    /// Without the line end.
    public var text: String

    /// Reads one stored line; `nil` for what the engine did not write so, such as the rest of a line cut by a crash.
    public init?(service: String, stored line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].utf8.count == 24, fields[0].utf8.last == UInt8(ascii: "Z"),
            fields[1] == "out" || fields[1] == "err"
        else { return nil }
        self.service = service
        time = String(fields[0])
        stream = String(fields[1])
        text = String(fields[2])
    }
}
