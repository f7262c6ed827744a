// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayHost

struct LineSplitterTests {
    @Test(arguments: [
        ("a\nb\n", ["a", "b"]), ("a\r\nb", ["a", "b"]), ("10%\r20%\r", ["10%", "20%"]), ("", []), ("\n\n", ["", ""]),
        ("no end", ["no end"]), ("caf\u{e9}\n", ["caf\u{e9}"]),
    ])
    func `lines end at LF, CR LF and CR`(_ text: String, expected: [String]) {
        var splitter = LineSplitter()
        let lines = splitter.feed(text.utf8)
        #expect(lines + [splitter.finish()].compactMap(\.self) == expected)
    }

    @Test func `a line that arrives in pieces is one line`() {
        var splitter = LineSplitter()
        let lines = "caf\u{e9}\r\nnext\n".utf8.flatMap { splitter.feed([$0]) }
        #expect(lines == ["caf\u{e9}", "next"])
    }

    @Test func `output without line ends is cut`() {
        var splitter = LineSplitter()
        let lines = splitter.feed(Array(repeating: UInt8(ascii: "x"), count: LineSplitter.longestLineInBytes * 2 + 1))
        #expect(lines.map(\.utf8.count) == [LineSplitter.longestLineInBytes, LineSplitter.longestLineInBytes])
        #expect(splitter.finish() == "x")
    }

    @Test func `the tail keeps the newest lines only`() {
        var tail = OutputTail()
        for number in 0..<1000 { tail.append(OutputLine(.output, "\(number)")) }
        #expect(tail.kept.count == OutputTail.capacity)
        #expect(tail.kept.last?.text == "999")
    }
}
