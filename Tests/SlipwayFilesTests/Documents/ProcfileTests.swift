// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct ProcfileTests {
    @Test(arguments: [
        ("web: run", "web", "run", 1, 1, 6), ("web:run", "web", "run", 1, 1, 5),
        (
            "# c\n\n  web:\t gunicorn app:app --bind 0.0.0.0:$PORT  \r\n", "web",
            "gunicorn app:app --bind 0.0.0.0:$PORT", 3, 3, 9
        ),
        ("\u{FEFF}web: a", "web", "a", 1, 4, 9), ("a-b_1: c: d # e", "a-b_1", "c: d # e", 1, 1, 8),
    ])
    func `a process has its name, command and place`(
        _ text: String, name: String, command: String, line: Int, column: Int, commandColumn: Int
    ) throws {
        let file = Procfile(parsing: text)
        let process = try #require(file.processes.first)
        #expect(process.name == name)
        #expect(process.command == command)
        #expect(process.position == SourcePosition(line: line, column: column))
        #expect(process.commandPosition == SourcePosition(line: line, column: commandColumn))
        #expect(file.diagnostics.isEmpty)
    }

    @Test(arguments: [("web", 1), ("web:", 1), ("a: b\nweb run", 2), ("we b: c", 1), (": x", 1), ("a: 1\na: 2", 2)])
    func `a line that is no process is reported`(_ text: String, line: Int) {
        #expect(Procfile(parsing: text).diagnostics.map(\.line) == [line])
    }

    @Test func `the last of two equal names counts`() {
        #expect(Procfile(parsing: "web: a\nweb: b\n")["web"]?.command == "b")
    }

    @Test func `any text is printed as it was`() {
        for text in Fuzz.texts(["web", ":", "#", "run", "-"], count: 500) {
            #expect(Array(Procfile(parsing: text).text.utf8) == Array(text.utf8))
        }
    }
}
