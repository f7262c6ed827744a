// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What our own parsers read back is what went in.
struct TextTests {
    /// Values that some reader takes for something else unless they are quoted.
    static let odd = [
        "", " ", "a", "yes", "No", "on", "null", "~", "true", "1", "1.0", "0x1F", "0o7", "1e3", ".5", ".inf",
        "12:30:45",
        "2020-01-01", "8000:8000", "a: b", "a #b", "#a", "- a", "-", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`",
        "'a'", "\"a\"", "a\"b", "a'b", "a\\b", "a\tb", "a\nb", "a\nb\n", "\na", " a\nb", "a \nb", "a\n\nb", "a\n\n",
        "$HOME",
        "${A:-b}", "$$", "{a}", "[a]", "{a: b}", "a, b", "é", "🚢", "\u{85}", "\u{2028}", "\u{7F}", "\u{1}",
        "a:", ":a", "=", "<<", "?", "? a", "---", "...", "a b c", "trailing ", "café: ☕ # no", "1_000", "010", "+1",
        "${PORT:-8000}:80", "/a/b", "./a", "~/a", "a=b", "key: [1, 2", "%ZZ", "\r", "a\rb",
    ]

    private static func value(_ dice: inout Dice, depth: Int) -> FileValue {
        switch dice.roll(depth > 2 ? 3 : 6) {
        case 0: .integer(dice.roll(1000) - 500)
        case 1: .boolean(dice.roll(2) == 0)
        case 2: .string(odd[dice.roll(odd.count)])
        case 3: .list((0..<dice.roll(4)).map { _ in value(&dice, depth: depth + 1) })
        case 4: .words((0..<dice.roll(4)).map { _ in odd[dice.roll(odd.count)] })
        default: .map(map(&dice, depth: depth + 1))
        }
    }

    private static func map(_ dice: inout Dice, depth: Int) -> FileMap {
        FileMap(
            (0..<dice.roll(5)).map { index in
                .init(
                    odd[dice.roll(odd.count)] + "\(index)", value(&dice, depth: depth),
                    comment: dice.roll(5) == 0 ? "why # \"it\" is: so" : nil)
            })
    }

    private static func matches(_ value: FileValue, _ node: DataNode?) -> Bool {
        switch value {
        case .null: return node?.isNull ?? true
        case .boolean(let flag): return node?.value == .boolean(flag)
        case .integer(let number): return node?.value == .integer(number)
        case .number(let number): return node?.double == number
        case .string(let text): return node?.value == .string(text)
        case .words(let words): return node?.sequence?.map(\.string) == words
        case .list(let items):
            guard let found = node?.sequence else { return false }
            return found.count == items.count && zip(items, found).allSatisfy { matches($0, $1) }
        case .map(let map):
            guard let found = node?.mapping else { return false }
            return found.keys == map.entries.map(\.key)
                && map.entries.allSatisfy { matches($0.value, found[$0.key]) }
        }
    }

    @Test func `YAML reads back every value`() {
        for text in Self.odd {
            let printed = YAMLText.print([text.isEmpty ? "k" : text: .string(text), "list": .texts([text])])
            let root = YAMLDocument(parsing: printed).root
            #expect(root?[text.isEmpty ? "k" : text]?.value == .string(text), "\(printed)")
            #expect(root?["list"]?[0]?.value == .string(text), "\(printed)")
        }
        var dice = Dice(state: 3)
        for _ in 0..<400 {
            let map = Self.map(&dice, depth: 0)
            let printed = YAMLText.print(map, comment: "top\n\nof it")
            #expect(Self.matches(.map(map), YAMLDocument(parsing: printed).root), "\(printed)")
        }
    }

    @Test func `JSON reads back every value`() {
        var dice = Dice(state: 5)
        for _ in 0..<400 {
            let map = Self.map(&dice, depth: 0)
            let document = JSONDocument(parsing: JSONText.print(map))
            #expect(document.diagnostics.isEmpty)
            #expect(Self.matches(.map(map), document.root))
        }
    }

    @Test func `TOML reads back every text, and tables inside tables`() {
        for text in Self.odd {
            let printed = TOMLText.print(
                [
                    text: .string(text), "t": ["inner": ["k": .string(text)], "n": 1],
                    "rows": [["a": .string(text)], ["a": 2, "b": ["c": true]]], "words": .words([text, "x"]),
                ], comment: "about")
            let root = TOMLDocument(parsing: printed).root
            #expect(root?[text]?.value == .string(text), "\(printed)")
            #expect(root?.at("t", "inner", "k")?.value == .string(text), "\(printed)")
            #expect(root?["rows"]?[0]?["a"]?.value == .string(text))
            #expect(root?["rows"]?[1]?.at("b", "c")?.value == .boolean(true))
            #expect(root?["words"]?[0]?.value == .string(text))
        }
    }

    @Test(arguments: odd)
    func `dotenv and the shell's words read back every value`(_ text: String) {
        #expect(Dotenv(parsing: "A=\(DotenvAssignment.quote(text))\n")["A"] == text)
        #expect(ShellWord.split("x " + ShellWord.quote(text)) == ["x", text])
    }

    @Test(arguments: odd)
    func `nginx and systemd read back every value`(_ text: String) {
        let statement = NginxStatement.block(
            "location", [text.isEmpty ? "/" : text], [.directive("return", ["200", text])])
        let location = NginxFile(parsing: NginxStatement.print([.block("http", [], [statement])])).all("location").first
        #expect(location?.parameters == [text.isEmpty ? "/" : text])
        #expect(location?.value("return") == "200")
        #expect(location?.first("return")?.parameters == ["200", text])
        #expect(Self.systemdWords("/bin/echo " + SystemdText.word(text), dollar: true) == ["/bin/echo", text])
        #expect(Self.systemdWords(SystemdText.assignment("A", text), dollar: false) == ["A=\(text)"])
    }

    @Test func `nginx and systemd read back what chance puts together`() {
        var dice = Dice(state: 7)
        for _ in 0..<400 {
            let words = (0...dice.roll(4)).map { _ in
                (0...dice.roll(3)).map { _ in Self.odd[dice.roll(Self.odd.count)] }.joined()
            }
            let printed = NginxStatement.print([.directive("a", words), .block("b", words, [.directive("c", words)])])
            let file = NginxFile(parsing: printed)
            #expect(file.diagnostics.isEmpty && file.directives.map(\.parameters) == [words, words], "\(printed)")
            #expect(file.all("c").first?.parameters == words)
            let line = words.map(SystemdText.word).joined(separator: " ")
            #expect(Self.systemdWords(line, dollar: true) == words, "\(line)")
        }
    }

    /// The words of a line as systemd.syntax(7), "Quoting", and systemd.service(5), "Command lines", describe them.
    private static func systemdWords(_ line: String, dollar: Bool) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var isQuoted = false
        var rest = line.unicodeScalars[...]
        let escapes: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "r": "\r", "t": "\t", "\\": "\\", "\"": "\""]
        while let sign = rest.popFirst() {
            if sign == "\"" {
                isQuoted.toggle()
                word = word ?? .init()
            } else if !isQuoted, sign == " " {
                if let found = word { words.append(String(found)) }
                word = nil
            } else {
                let isDoubled = sign == "%" || dollar && sign == "$"
                if isDoubled, rest.popFirst() != sign { return [] }
                let next = sign == "\\" ? rest.popFirst().flatMap { escapes[$0] } ?? "?" : sign
                word = (word ?? .init()) + [next]
            }
        }
        return words + (word.map { [String($0)] } ?? [])
    }

    @Test(arguments: odd.filter { !$0.contains("\n") && !$0.contains("\r") })
    func `a Dockerfile reads back values, commands and paths`(_ text: String) {
        var stage = DockerStage("scratch", name: "a")
        stage.environment([("A", text)])
        stage.command(["run", text])
        stage.run(["echo \(ShellWord.quote(text))", "true"])
        if !text.isEmpty, text != "<<", !"*?[".contains(where: text.contains) { stage.copy([text], to: "/x") }
        let file = Dockerfile(parsing: DockerStage.print([stage], comment: "about"))
        #expect(!file.isRefused, "\(file.diagnostics) \(file.text)")
        #expect(file.instructions.first { $0.keyword == "CMD" }?.arguments == ["run", text])
    }

    @Test(arguments: [
        ("uvicorn main:app --port ${PORT:-8000}", ["sh", "-c", "exec uvicorn main:app --port ${PORT:-8000}"]),
        ("node server.js", ["node", "server.js"]), ("npx next start", ["next", "start"]),
        ("npx -y serve", ["npx", "-y", "serve"]),
        ("cd a && node b.js", ["sh", "-c", "cd a && exec node b.js"]),
        ("A=1 python x.py", ["sh", "-c", "exec env A=1 python x.py"]),
        ("exec gunicorn a", ["sh", "-c", "exec gunicorn a"]),
        ("a; b", ["sh", "-c", "a; b"]), ("a | b", ["sh", "-c", "a | b"]),
        ("sh -c 'a && b'", ["sh", "-c", "a && b"]), ("echo 'a && b' && c", ["sh", "-c", "echo 'a && b' && c"]),
        ("python -c 'print(1)'", ["python", "-c", "print(1)"]),
    ])
    func `a container's process is the program itself wherever a shell can step aside`(
        _ text: String, _ words: [String]
    ) {
        #expect(ContainerCommand.words(text) == words)
    }
}
