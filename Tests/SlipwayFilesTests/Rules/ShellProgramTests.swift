// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayFiles

/// The commands of a shell text, wherever they hide.
struct ShellProgramTests {
    @Test(
        arguments: zip(
            [
                "a b && c; d | e", "if a; then b; fi", "for i in x; do a $i; done", "A=1 b", "(cd x && a)",
                "echo $(a b) `c`", "case $x in y) a;; z) b;; esac", "a 2>/dev/null >b", "cat <<E\nno\nE\na",
                "f() { a; }; b",
                "while read x; do a; done < y", "! a", "", "'unclosed", "a \\\n b", "[[ $a && b ]] && c", "a & b",
            ],
            [
                ["a", "c", "d", "e"], ["a", "b"], ["a"], ["b"], ["cd", "a"], ["a", "c", "echo"], ["a", "b"], ["a"],
                ["cat", "a"], ["a", "b"], ["read", "a"], ["a"], [], ["unclosed"], ["a"], ["[[", "c"], ["a", "b"],
            ]))
    func `every command is found`(_ text: String, names: [String]) {
        #expect(ShellProgram(parsing: text).commands.map(\.name) == names)
    }

    @Test func `quotes are removed and expansions stand for themselves`() {
        let command = ShellProgram(parsing: #"a "b c" 'd'"e" $f "${g:-h}" i=$(j)"#).commands.last
        #expect(command?.arguments == ["b c", "de", "${VAR}", "${VAR}", "i=${VAR}"])
    }

    @Test func `odd texts of every length end`() {
        for piece in ["$(", "${", "`", "\"", "'", "(", "case x in ", "<<E\n", "[[ ", "$((", "\\"] {
            let program = ShellProgram(parsing: String(repeating: piece, count: 300))
            #expect(program.commands.count <= 301)
        }
    }
}
