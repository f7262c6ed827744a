// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayDeploy

/// Times in tar archives: what is later than a moment gets that moment, and nothing else changes.
struct TarClockTests {
    private static let latest = 1_700_000_000

    private func member(_ name: String, _ content: [UInt8], time: Int, records: String? = nil) -> [UInt8] {
        var all: [UInt8] = []
        if let records {
            var header = TarParts.member("PaxHeaders/\(name)", Array(records.utf8))
            header[156] = UInt8(ascii: "x")
            TarParts.seal(&header, at: 0)
            all += header
        }
        var own = TarParts.member(name, content)
        own.replaceSubrange(136..<147, with: TarParts.octal(time, digits: 11).utf8)
        TarParts.seal(&own, at: 0)
        return all + own
    }

    /// `30 mtime=1700000000.123456789\n`: the length counts itself.
    private func record(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        let length = (1...5).map { rest.utf8.count + $0 }.first { "\($0)".utf8.count + rest.utf8.count == $0 } ?? 0
        return "\(length)\(rest)"
    }

    private func passed(_ archive: [UInt8], pieces: Int) -> [UInt8] {
        var clock = TarClock(latest: Self.latest)
        var output: [UInt8] = []
        var rest = archive[...]
        while !rest.isEmpty {
            output += clock.feed(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        return output
    }

    @Test(arguments: [1, 3, 511, 512, 513, 100_000])
    func `later times become the moment, however the archive is cut`(_ pieces: Int) {
        let end = Array(repeating: UInt8(0), count: 1024)
        let text = Array("print(1)\n".utf8)
        let long = String(repeating: "d/", count: 60) + "m.pyc"
        // 3.11's magic number, held against its source by time, the time, the source's size, then code.
        func compiled(_ time: Int, flags: UInt8 = 0) -> [UInt8] {
            [0xA7, 0x0D, 0x0D, 0x0A, flags, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: time >> (8 * $0)) }
                + [9, 0, 0, 0] + Array(repeating: 7, count: 600)
        }
        func archive(_ time: Int, _ fraction: String) -> [UInt8] {
            member("old.txt", text, time: 1_000_000_000) + member("new.txt", text, time: time)
                + member("empty", [], time: time)
                + member("a.pyc", compiled(time), time: time)
                + member("hashed.pyc", compiled(time, flags: 1), time: 1_000_000_000)
                + member(
                    String(long.prefix(100)), compiled(time), time: time,
                    records: record("path", long) + record("mtime", fraction)
                ) + end
        }
        let first = passed(archive(1_800_000_001, "1800000001.123456789"), pieces: pieces)
        #expect(
            first
                == archive(Self.latest, "\(Self.latest).000000000").replacingHashed(
                    with: compiled(1_800_000_001, flags: 1), of: compiled(Self.latest, flags: 1)))
        #expect(passed(first, pieces: pieces) == first)
    }

    @Test func `what is no archive passes as it is`() {
        for bytes in [[], [0], Array("hello".utf8), Array(repeating: UInt8(0), count: 5000)] as [[UInt8]] {
            #expect(passed(bytes, pieces: 7).count <= bytes.count)
        }
    }

    @Test func `a configuration's times are held back too`() {
        let text =
            #"{"created":"2026-11-21T10:06:11.123456789Z","history":[{"created":"2001-02-03T04:05:06Z"},{"created":"2023-11-14T22:13:20.5Z"}]}"#
        #expect(
            ImageTimes.clamped(text, latest: Self.latest)
                == #"{"created":"2023-11-14T22:13:20Z","history":[{"created":"2001-02-03T04:05:06Z"},{"created":"2023-11-14T22:13:20Z"}]}"#
        )
        #expect(ImageTimes.clamped(#"{"created":"#, latest: 0) == #"{"created":"#)
    }
}

extension [UInt8] {
    /// The expected archive is made with one time for all; the file that is held by its content keeps its own.
    fileprivate func replacingHashed(with new: [UInt8], of old: [UInt8]) -> [UInt8] {
        guard let place = firstRange(of: old) else { return self }
        return Array(self[..<place.lowerBound]) + new + Array(self[place.upperBound...])
    }
}
