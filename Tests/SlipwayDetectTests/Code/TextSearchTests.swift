// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

struct TextSearchTests {
    @Test(
        arguments: [
            ("a.b(c)", "b(", "a.", "c)"), ("aab", "ab", "a", ""), ("straße: 1", ": ", "straße", "1"),
        ] as [(String, String, String, String)])
    func `a text is found where it stands`(_ text: String, _ needle: String, _ before: String, _ after: String) {
        let whole = text[...]
        let range = whole.range(ofText: needle)
        #expect(range.map { String(whole[..<$0.lowerBound]) } == before)
        #expect(range.map { String(whole[$0.upperBound...]) } == after)
        #expect(text.contains(needle))
    }

    @Test(arguments: [("", "a"), ("ab", "abc"), ("a-b", "ab")])
    func `a text that is not there is not found`(_ text: String, _ needle: String) {
        #expect(text[...].range(ofText: needle) == nil)
        #expect(!text.contains(needle))
    }

    @Test func `lines keep their numbers and lose comments and carriage returns`() {
        let file = CodeBase.File(path: "a.go", text: "x\r\n\n\t// no\n  y(\"z\")\r\n# no\n* no\n/ 2")
        let lines = CodeLine.lines(of: file)
        #expect(lines.map(\.number) == [1, 4, 7])
        #expect(lines.map { String($0.text) } == ["x", "y(\"z\")", "/ 2"])
        #expect(lines.map(\.indentation) == [0, 2, 0])
        #expect(lines[1].argument(of: "y") == "z")
    }

    @Test(
        arguments: [
            (".", ["b"], ["a/x", "bb/x", "c"]), ("b", ["b/d"], ["b/x"]),
            (".", [], ["a/x", "b/d/x", "b/x", "bb/x", "c"]),
            ("b", ["a", "bb"], ["b/d/x", "b/x"]), (".", ["b", "b/d"], ["a/x", "bb/x", "c"]),
        ] as [(String, [String], [String])])
    func `a code base has the files that no inner one has`(_ folder: String, _ inner: [String], _ expected: [String]) {
        let names = ["a/x", "b/x", "b/d/x", "bb/x", "c", "tests/t"]
        let tree = SourceTree(files: Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        #expect(tree.ownFiles(of: folder, without: inner, asideToo: false).map(\.path) == expected)
        #expect(tree.ownFiles(of: ".", without: [], asideToo: true).count == names.count)
    }
}
