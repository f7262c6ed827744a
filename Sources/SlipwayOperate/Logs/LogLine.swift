// SPDX-License-Identifier: Apache-2.0

/// One line that a process wrote, as the engine stored it: `2026-11-21T00:00:00.123Z out text`.
public struct LogLine: Codable, Equatable, Sendable {
    /// The process's name.
    public var service: String
    /// ISO 8601 in UTC with milliseconds, so that comparing text compares time.
    public var time: String
    /// `out` or `err`; `out` for all lines of a Compose project, which does not tell them apart.
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

    /// Reads one line of `docker compose logs --timestamps`: `web-1  | 2026-03-10T10:26:33.564595127Z text`. Compose
    /// does not say to which stream it was written; `nil` for what is not such a line.
    public init?(compose line: String) {
        guard let bar = line.firstIndex(of: "|") else { return nil }
        let name = line[..<bar].filter { !$0.isWhitespace }
        let rest = line[line.index(after: bar)...].drop { $0 == " " }
        let time = rest.prefix { $0 != " " }
        guard time.utf8.count > 20, time.dropFirst(19).first == ".", time.utf8.last == UInt8(ascii: "Z"),
            let dash = name.lastIndex(of: "-")
        else { return nil }
        service = String(name[..<dash])
        self.time = Self.milliseconds(time)
        stream = "out"
        text = String(rest.dropFirst(time.count + 1))
    }

    /// - Parameter time: With any number of digits after the seconds' point.
    private static func milliseconds(_ time: Substring) -> String {
        let digits = time.dropFirst(20).prefix(3).filter(\.isNumber)
        return "\(time.prefix(19)).\(digits)\(String(repeating: "0", count: 3 - digits.count))Z"
    }
}
