// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

@Suite struct DockerfileLexerTests {
    private let values = ["A": "one.two.tar.gz", "E": "", "S": "a b"]

    private func expand(_ text: String, escape: Unicode.Scalar = "\\") throws -> String {
        var lexer = DockerfileLexer(text, options: .init(escape: escape)) { values[$0] }
        return try lexer.read().text
    }

    @Test(arguments: [
        ("$A", "one.two.tar.gz"), ("${A}", "one.two.tar.gz"), ("'$A'", "$A"), ("\"$A\"", "one.two.tar.gz"),
        ("\\$A", "$A"),
        ("$X", ""), ("a$", "a$"), ("${X:-d}", "d"), ("${E:-d}", "d"), ("${E-d}", ""), ("${A:+y}", "y"), ("${E:+y}", ""),
        ("${E+y}", "y"), ("${X:-${A:+z}}", "z"), ("${A#*.}", "two.tar.gz"), ("${A##*.}", "gz"),
        ("${A%.*}", "one.two.tar"),
        ("${A%%.*}", "one"), ("${A/t/T}", "one.Two.tar.gz"), ("${A//t/T}", "one.Two.Tar.gz"), ("${A//t*g/-}", "one.-z"),
        ("${A#o?e}", ".two.tar.gz"), ("${A%\\*}", "one.two.tar.gz"), ("${E//x/y}", ""), ("${A:?e}", "one.two.tar.gz"),
        ("\"a\\\"b\"", "a\"b"), ("a\\b", "ab"), ("\"a\\b\"", "a\\b"), ("$1a", "a"), ("${X:-'a b'}", "a b"),
    ])
    func `variables are replaced as the build replaces them`(_ text: String, result: String) throws {
        #expect(try expand(text) == result)
    }

    @Test(arguments: [
        "${", "${A", "${}", "${:x}", "${A:x}", "${X?}", "${X:?needed}", "${E:?}", "'a", "\"a", "${A/x}", "${A@x}",
    ])
    func `what the build refuses to expand fails`(_ text: String) {
        #expect(throws: DockerfileLexer.Failure.self) { try expand(text) }
    }

    @Test func `the escape character can be the backtick`() throws {
        #expect(try expand("`$A c:\\x", escape: "`") == "$A c:\\x")
    }

    @Test func `words are cut after the replacement, outside quotes`() throws {
        var lexer = DockerfileLexer("x $S \"$S\" 'c  d'") { values[$0] }
        #expect(try lexer.read().words == ["x", "a", "b", "a b", "c  d"])
    }

    @Test func `deep substitutions are refused, not crashed on`() {
        #expect(throws: DockerfileLexer.Failure.self) { try expand(String(repeating: "${X:-", count: 100_000)) }
    }
}
