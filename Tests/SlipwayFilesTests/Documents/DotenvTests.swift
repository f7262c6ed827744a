// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct DotenvTests {
    @Test(arguments: [
        ("A=1", "1"), ("A=1\n", "1"), ("A=", ""), ("A=''", ""), ("A=\"\"", ""), ("export A=1", "1"),
        ("  A  =  1  ", "1"), ("A=a b c", "a b c"), ("A=a # note", "a"), ("A=a#b", "a#b"), ("A= # note", ""),
        ("A='a # b'", "a # b"), ("A=\"a # b\" # note", "a # b"), ("A='$B'", "$B"), ("A=${B:-x}", "${B:-x}"),
        ("A=\"a\\nb\"", "a\nb"), ("A='a\\nb'", "a\\nb"), ("A=a\\nb", "a\\nb"), ("A=\"a\nb\"", "a\nb"),
        ("A=\"\\$5\"", "$5"), ("A=\"say \\\"hi\\\"\"", "say \"hi\""), ("A='it\\'s'", "it's"), ("A=x=y", "x=y"),
        ("A=1\r\n", "1"), ("A=\"x\"\r\nB=2", "x"), ("\u{FEFF}A=1", "1"), ("A: 1", "1"), ("A=1\nA=2", "2"),
        ("A=\"{\\\"k\\\": 1}\"", "{\"k\": 1}"), ("A={\"k\": 1}", "{\"k\": 1}"), ("A=\"\\q\"", "\\q"), ("A=é", "é"),
    ])
    func `a value is read as the runtimes read it`(_ text: String, value: String) {
        #expect(Dotenv(parsing: text)["A"] == value)
    }

    @Test func `a name without an equals sign has no value`() throws {
        let file = Dotenv(parsing: "A\nexport B # from the shell\nexport=1\n")
        #expect(file.assignments.map(\.name) == ["A", "B", "export"])
        #expect(file["A"] == nil)
        #expect(try #require(file.assignment("B")).comment == "from the shell")
    }

    @Test(arguments: [("1A=1", 1), ("A=1\n=2", 2), ("A=1\n\nB C=1", 3), ("A=\"x", 1), ("A='x' y", 1), ("# a\nA: 1", 2)])
    func `a line that the readers refuse is reported`(_ text: String, line: Int) {
        #expect(Dotenv(parsing: text).diagnostics.map(\.line) == [line])
    }

    @Test func `places are those of the text`() throws {
        let file = Dotenv(parsing: "# a\n\nexport KEY = \"a\nb\" # c\nB=1")
        let key = try #require(file.assignment("KEY"))
        #expect(key.position == SourcePosition(line: 3, column: 8))
        #expect(key.valuePosition == SourcePosition(line: 3, column: 14))
        #expect(key.endLine == 4)
        #expect(file.assignment("B")?.line == 5)
    }

    @Test(arguments: [
        ("A=1\nB=$A", "1"), ("A=1\nB=${A}2", "12"), ("B=${A:-d}", "d"), ("A=\nB=${A:-d}", "d"), ("A=\nB=${A-d}", ""),
        ("A=1\nB=${A:+y}", "y"), ("B=${A:+y}", ""), ("A=1\nB='$A'", "$A"), ("A=1\nB=\"\\$A\"", "$A"), ("B=$$A", "$A"),
        ("B=${A:-${C:-z}}", "z"), ("B=a$", "a$"), ("B=${", "${"), ("B=${A:-x", "${A:-x"), ("B=\"$E\"", "outer"),
        ("E=inner\nB=$E", "outer"),
    ])
    func `references are replaced on demand`(_ text: String, value: String) {
        #expect(Dotenv(parsing: text).expanded(with: ["E": "outer"])["B"] == value)
    }

    @Test func `setting a value keeps every other byte`() {
        var file = Dotenv(parsing: "# head\r\nexport A = 'x' # why\r\nB\r\nC=1")
        file.set("A", to: "y z")
        file.set("B", to: "2")
        file.set("D", to: "it's $5\n")
        #expect(file.text == "# head\r\nexport A = 'y z' # why\r\nB=2\r\nC=1\r\nD=\"it's \\$5\\n\"\r\n")
        #expect(file.expanded()["D"] == "it's $5\n")
        file.remove("A")
        #expect(file.text.hasPrefix("# head\r\nB=2"))
    }

    @Test func `any value that is set reads back, expanded or not`() {
        for value in Fuzz.texts(["a", "'", "\"", "\\", "$", "${A}", "#", " #", "=", "\\n", "`"], count: 300) {
            var file = Dotenv(parsing: "B=1\nA=x # note\n")
            file.set("A", to: value)
            #expect(file["A"] == value)
            #expect(file.expanded()["A"] == value)
            #expect(file["B"] == "1")
        }
    }

    @Test func `any text is printed as it was`() {
        let tokens = ["A", "=", "'", "\"", "#", " # ", "export ", "\\", "$", "${", "}", "B=1", ": ", "."]
        for text in Fuzz.texts(tokens, count: 1500) {
            #expect(Array(Dotenv(parsing: text).text.utf8) == Array(text.utf8))
        }
    }
}
