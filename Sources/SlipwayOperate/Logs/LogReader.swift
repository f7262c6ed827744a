// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// The logs of several processes as one stream in the order of time.
package struct LogReader: Sendable {
    private struct Source: Sendable {
        let service: String
        var tail: FileTail
        /// Bytes after the last line end.
        var rest: [UInt8] = []
    }

    private var sources: [Source]

    /// - Parameter files: The path of each process's log by the process's name.
    package init(files: [String: String]) {
        sources = files.sorted { $0.key < $1.key }.map { Source(service: $0.key, tail: FileTail(path: $0.value)) }
    }

    /// The complete lines that came since the last call, in the order of their times.
    package mutating func readNew() -> [LogLine] {
        var lines: [LogLine] = []
        for index in sources.indices {
            while true {
                let bytes = sources[index].tail.readNew()
                if bytes.isEmpty { break }
                lines += Self.lines(of: &sources[index], adding: bytes)
            }
        }
        // A stable order for equal times: by process, then as written.
        return lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    private static func lines(of source: inout Source, adding bytes: [UInt8]) -> [LogLine] {
        source.rest += bytes
        guard let end = source.rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let text = String(decoding: source.rest[..<end], as: UTF8.self)
        source.rest.removeSubrange(...end)
        return text.split(separator: "\n").compactMap { LogLine(service: source.service, stored: $0) }
    }

    /// Calls back with everything there is, at most `last` lines of it, then with what comes, until cancelled.
    /// - Parameter follow: Whether to wait for more.
    package mutating func stream(
        last: Int?, follow: Bool, clock: ContinuousClock, onLines: ([LogLine]) -> Void
    ) async throws {
        let stored = readNew()
        onLines(last.map { Array(stored.suffix($0)) } ?? stored)
        while follow {
            // Ten looks a second are as good as instant for a person and cost nothing measurable.
            try await clock.sleep(for: .milliseconds(100))
            let fresh = readNew()
            if !fresh.isEmpty { onLines(fresh) }
        }
    }
}
