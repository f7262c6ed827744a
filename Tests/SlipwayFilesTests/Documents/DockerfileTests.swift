// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct DockerfileTests {
    private func only(_ text: String) throws -> DockerfileInstruction {
        try #require(Dockerfile(parsing: text).instructions.first)
    }

    @Test(arguments: [
        ("RUN echo hi", ["echo hi"], false), ("run echo  'a b'", ["echo  'a b'"], false),
        ("CMD [\"a\", \"b c\"]", ["a", "b c"], true), ("CMD [ ]", [], true), ("CMD ['a']", ["['a']"], false),
        ("CMD [\"a\"", ["[\"a\""], false), ("CMD [\"a\"] x", ["[\"a\"] x"], false), ("CMD", [], false),
        ("COPY a  b\tc", ["a", "b", "c"], false), ("COPY [\"a b\", \"/\"]", ["a b", "/"], true),
        ("ENV A b c", ["A", "b c", ""], false), ("ENV A=b C='d e'", ["A", "b", "=", "C", "'d e'", "="], false),
        ("LABEL a.b=\"c d\"", ["a.b", "\"c d\"", "="], false), ("ARG A B=c", ["A", "B=c"], false),
        ("EXPOSE 80 443/tcp", ["80", "443/tcp"], false), ("USER a b", ["a b"], false),
        ("FROM a AS b", ["a", "AS", "b"], false), ("HEALTHCHECK  CMD  curl x", ["CMD", "curl x"], false),
        ("HEALTHCHECK CMD [\"c\"]", ["CMD", "c"], true), ("HEALTHCHECK NONE", ["NONE"], false),
        ("RUN a \\\n  # note\n\n  b", ["a   b"], false), ("RUN a \\  \r\n b\r\n", ["a  b"], false),
        ("RUN a \\\\\nRUN b", ["a \\\\"], false), ("# escape=`\nRUN a `\nb", ["a b"], false),
        ("#\n# escape=`\nRUN a `\nRUN b", ["a `"], false), ("\u{FEFF}RUN a", ["a"], false), ("RUN a \\", ["a"], false),
        ("ENV A=b\\ c D=\"e\\\"f\"", ["A", "b\\ c", "=", "D", "\"e\\\"f\"", "="], false),
    ])
    func `arguments are cut as the build cuts them`(_ text: String, arguments: [String], isJSON: Bool) throws {
        let file = Dockerfile(parsing: text)
        #expect(!file.isRefused)
        #expect(file.instructions.first?.arguments == arguments)
        #expect(file.instructions.first?.isJSON == isJSON)
    }

    @Test(arguments: [
        ("", 1), ("# only\n\n", 2), ("FROM a\nENV A", 2), ("FROM a\nENV A=b C", 2), ("FROM a\nCMD [[\"a\"]]", 2),
        ("FROM a\n\nRUN [1]", 3), ("FROM a\nRUN <<EOF\nx", 2), ("# escape=x\nFROM a", 1), ("FROM a\nLABEL a", 2),
        ("# escape=`\n# escape=`\nFROM a", 2), ("FROM a\nRUN <<A <<B\nx\nA\n", 2), ("FROM a\nCOPY [null]", 2),
        ("FROM a\nONBUILD ENV A", 2),
    ])
    func `what the parser refuses is refused on its line`(_ text: String, line: Int) {
        let file = Dockerfile(parsing: text)
        #expect(file.isRefused)
        #expect(file.diagnostics.map(\.line) == [line])
        #expect(file.text == text)
    }

    @Test(arguments: [
        ("RUN <<EOF\nx\nEOF", ["EOF"], ["x\n"], [true]), ("RUN <<-'E F'\n\tx\n\tE F\n", ["E F"], ["\tx\n"], [false]),
        ("COPY <<a <<b /\n1\na\n2\nb\n", ["a", "b"], ["1\n", "2\n"], [true, true]),
        ("RUN python3 <<\"E\" > x\nE\n", ["E"], [""], [false]), ("ONBUILD RUN <<E\nx\nE\n", ["E"], ["x\n"], [true]),
        ("RUN \"<<E\"", [], [], []), ("RUN [\"<<E\"]", [], [], []), ("RUN a <<< b", [], [], []),
        ("USER <<E", [], [], []),
        ("RUN a \\\n <<E\n# kept\nE\r\nFROM b", ["E"], ["# kept\n"], [true]), ("RUN cat <<E'", [], [], []),
    ])
    func `heredocs are read after their instruction`(
        _ text: String, names: [String], contents: [String], expands: [Bool]
    ) throws {
        let heredocs = try only(text).heredocs
        #expect(heredocs.map(\.name) == names)
        #expect(heredocs.map(\.content) == contents)
        #expect(heredocs.map(\.expands) == expands)
        #expect(!Dockerfile(parsing: text).isRefused)
    }

    @Test func `a heredoc with a dash drops leading tabs`() throws {
        let heredoc = try #require(try only("RUN <<-E\n\t\ta\n\tb\t\n\tE\n").heredocs.first)
        #expect(heredoc.effectiveContent == "a\nb\t\n")
        #expect(heredoc.line == 2)
    }

    @Test func `flags are names and values with places`() throws {
        let run = try only("RUN --mount=type=cache,target=/a --network=none \\\n  --x=\"b c\" -- --y")
        #expect(run.flags.map(\.name) == ["mount", "network", "x"])
        #expect(run.flags.map(\.value) == ["type=cache,target=/a", "none", "b c"])
        #expect(run.flag("mount")?.field("target") == "/a")
        #expect(run.flags[2].position == SourcePosition(line: 2, column: 3))
        #expect(run.arguments == ["--y"])
    }

    @Test func `places lead through continuations back to the file`() throws {
        let run = try only("\n  RUN apt-get \\\n# note\n    install x")
        #expect(run.position == SourcePosition(line: 2, column: 3))
        #expect(run.position(ofArgument: 0) == SourcePosition(line: 2, column: 7))
        #expect(run.position(ofArgument: 0, offset: 12) == SourcePosition(line: 4, column: 5))
        #expect(run.endLine == 4)
    }

    @Test func `directives and comments are kept apart`() throws {
        let file = Dockerfile(parsing: "# syntax=docker/dockerfile:1\n# check = skip=all\n\n# base is old\nFROM a\n")
        #expect(file.directives.map(\.name) == ["syntax", "check"])
        #expect(file.directives.map(\.value) == ["docker/dockerfile:1", "skip=all"])
        #expect(file.instructions.first?.comments == ["base is old"])
    }

    @Test func `an empty line inside an instruction is warned about`() {
        let file = Dockerfile(parsing: "FROM a\nRUN b \\\n\n c\n")
        #expect(file.diagnostics.map(\.line) == [3])
        #expect(!file.isRefused)
    }

    @Test func `an instruction inside ONBUILD is an instruction`() throws {
        let onbuild = try only("ONBUILD COPY --from=b [\"a\", \"/\"]")
        #expect(onbuild.arguments.isEmpty)
        #expect(onbuild.trigger?.keyword == "COPY")
        #expect(onbuild.trigger?.flag("from")?.value == "b")
        #expect(onbuild.trigger?.arguments == ["a", "/"])
    }

    @Test func `lines over 64 KiB are refused`() {
        let label = String(repeating: "a", count: 65_535 - 10)
        #expect(!Dockerfile(parsing: "FROM a\nLABEL abc=\(label)\n").isRefused)
        #expect(Dockerfile(parsing: "FROM a\nLABEL abcd=\(label)\n").isRefused)
    }

    @Test(arguments: ["ONBUILD ", "RUN <<A ${a:-", "RUN a \\\n", "CMD [\"a\", ", "CMD [", "ENV a=", "RUN <<A\nA\n"])
    func `long and deep files are read in linear time`(_ unit: String) {
        let text = String(repeating: unit, count: 8_000 / unit.utf8.count)
        #expect(Dockerfile(parsing: text).text == text)
    }

    @Test func `any text is printed as it was`() {
        let tokens = [
            "FROM a", "RUN ", "COPY ", "ENV ", "ONBUILD ", "HEALTHCHECK ", "CMD ", "a=b", "\"", "'", "\\", "\\\n", "`",
            "# c", "# escape=`\n", "[", "[\"a\"]", "<<EOF", "<<-'E'", "EOF\n", "--x=y ", "-- ", "$", "${A:-b}", "{",
            "1",
        ]
        for text in Fuzz.texts(tokens, count: 800, longest: 20) {
            #expect(Array(Dockerfile(parsing: text).text.utf8) == Array(text.utf8))
        }
    }
}
