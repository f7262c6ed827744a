// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct DataDocumentTests {
    @Test(arguments: ["{\"a\": {\"b\": [1, \"x\"]}}", "a:\n  b:\n    - 1\n    - x\n", "[a]\nb = [1, \"x\"]\n"])
    func `the three formats give the same lookups`(_ text: String) throws {
        let roots = [
            JSONDocument(parsing: text).root, TOMLDocument(parsing: text).root, YAMLDocument(parsing: text).root,
        ]
        let readable = roots.compactMap { $0?["a"] == nil ? nil : $0 }
        let root = try #require(readable.first)
        #expect(root.at("a", "b")?[0]?.int == 1)
        #expect(root["a"]?["b"]?[1]?.string == "x")
        #expect(root["a"]?["b"]?.texts == ["1", "x"])
        #expect(root["c"] == nil)
        #expect(root["a"]?["b"]?[2] == nil)
    }

    @Test(arguments: [
        ("3.10", "3.10"), ("'3.10'", "3.10"), ("18", "18"), ("true", "true"), ("1e3", "1e3"), ("~", nil), ("", nil),
        ("08", "08"), ("0x1F", "0x1F"), ("12:30", "12:30"), ("!!str 5", "5"), ("1.2.3", "1.2.3"), ("null", nil),
    ])
    func `a YAML scalar keeps its spelling`(_ scalar: String, text: String?) {
        #expect(YAMLDocument(parsing: "a: \(scalar)").root?["a"]?.text == text)
    }

    @Test func `YAML anchors and merge keys are resolved`() throws {
        let text = "x: &b\n  k: 1\n  l: 2\ny:\n  <<: *b\n  l: 3\nz:\n  <<: [*b, {m: 4}]\nw: *b\n"
        let root = try #require(YAMLDocument(parsing: text).root)
        #expect(root["y"]?["k"]?.int == 1)
        #expect(root["y"]?["l"]?.int == 3)
        #expect(root["z"]?["m"]?.int == 4)
        #expect(root["w"]?["l"]?.int == 2)
        #expect(root["y"]?.mapping?.keys == ["l", "k"])
    }

    @Test func `YAML nodes and keys know their places`() throws {
        let root = try #require(YAMLDocument(parsing: "# c\na:\n  b: x\n  c: [1, 2]\n").root)
        #expect(root["a"]?.mapping?.entry("b")?.position == SourcePosition(line: 3, column: 3))
        #expect(root["a"]?["b"]?.position == SourcePosition(line: 3, column: 6))
        #expect(root["a"]?["c"]?[1]?.position == SourcePosition(line: 4, column: 10))
    }

    @Test func `several YAML documents are several roots`() {
        #expect(YAMLDocument(parsing: "a: 1\n---\nb: 2\n---\n").roots.count == 3)
        #expect(YAMLDocument(parsing: "").root == nil)
    }

    @Test(arguments: [("a:\n\t- b", 2), ("a: 1\na: 2", 1), ("a: [1", 2), ("a: *b", 1), ("a: b: c", 1), ("a: 'x", 1)])
    func `broken YAML is reported where it breaks`(_ text: String, line: Int) {
        let document = YAMLDocument(parsing: text)
        #expect(document.root == nil)
        #expect(document.diagnostics.map(\.line) == [line])
    }

    @Test func `aliases cannot blow up`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(YAMLDocument(parsing: text).diagnostics.count == 1)
        #expect(YAMLDocument(parsing: text + "? *a12\n: x\n").diagnostics.count == 1)
        #expect(YAMLDocument(parsing: text + "*a12 : x\n").diagnostics.count == 1)
    }

    @Test(arguments: [
        ("{}", true), ("[]", true), ("{\"a\":1,}", false), ("{'a':1}", false), ("// c\n1", false), ("01", false),
        ("-", false), ("1.", false), ("\"\\x\"", false), ("\"a\nb\"", false), ("[1 2]", false), ("", false),
        ("1 2", false),
        ("\"\\ud83d\\ude00\"", true), ("\u{FEFF}{}", true), ("nul", false), ("1e5", true), ("-0.5E-2", true),
        (" null ", true),
    ])
    func `strict JSON is RFC 8259`(_ text: String, isValid: Bool) {
        let document = JSONDocument(parsing: text)
        #expect((document.root != nil) == isValid)
        #expect(document.diagnostics.isEmpty == isValid)
    }

    @Test(arguments: [
        ("{a: 1,}", 1), ("// c\n{'a': 1}", 1), ("{/* c */ \"a\": +1, }", 1), ("{a: 0x10}", 16), ("{$x: 2, a: 3}", 3),
    ])
    func `tolerant JSON reads what tsconfig and JSON5 add`(_ text: String, value: Int) {
        #expect(JSONDocument(parsing: text, dialect: .tolerant).root?["a"]?.int == value)
    }

    @Test func `JSON nodes know their places and twice-used keys are reported`() throws {
        let document = JSONDocument(parsing: "{\n  \"a\": [1,\n 2],\n  \"a\": \"x\\u00e9\"\n}")
        let root = try #require(document.root)
        #expect(root["a"]?.string == "xé")
        #expect(root["a"]?.position == SourcePosition(line: 4, column: 8))
        #expect(document.diagnostics.map(\.line) == [4])
    }

    @Test func `TOML reads every kind of value`() throws {
        let text = """
            title = "a\\tb" # c
            "quoted key" = 'c:\\x'
            n.deep.x = 1_000
            f = 6.5e1
            h = 0xFF
            t = 1979-05-27 07:32:00Z
            long = \"\"\"
            a \\
              b\"\"\"
            arr = [ 1, # one
              2, ]
            inl = { a = 1, b.c = "x" }
            [tool.poetry]
            name = "p"
            [[job]]
            id = 1
            [[job]]
            id = 2
            [job.sub]
            k = true
            """
        let root = try #require(TOMLDocument(parsing: text).root)
        #expect(root["title"]?.string == "a\tb")
        #expect(root["quoted key"]?.string == "c:\\x")
        #expect(root.at("n", "deep", "x")?.int == 1000)
        #expect(root["f"]?.double == 65)
        #expect(root["h"]?.int == 255)
        #expect(root["t"]?.string == "1979-05-27 07:32:00Z")
        #expect(root["long"]?.string == "a b")
        #expect(root["arr"]?.sequence?.count == 2)
        #expect(root.at("inl", "b", "c")?.string == "x")
        #expect(root.at("tool", "poetry", "name")?.position == SourcePosition(line: 14, column: 8))
        #expect(root["job"]?[1]?["sub"]?["k"]?.bool == true)
        #expect(root.mapping?.keys.suffix(2) == ["tool", "job"])
    }

    @Test(arguments: [
        ("a = 1\na = 2", 2), ("[a]\n[a]", 2), ("a = ", 1), ("a", 1), ("a = 1 b = 2", 1), ("[a", 1), ("a = \"x\ny\"", 1),
        ("a = {b = 1}\na.c = 2", 2), ("a = 1\n[a]", 2), ("a = 01", 1), ("[[a]]\n[a]", 2), ("a = [1 2]", 1), ("= 1", 1),
        ("a = 1__0", 1), ("a.b = 1\n[a]", 2), ("x = \"\\q\"", 1),
    ])
    func `broken TOML is reported where it breaks`(_ text: String, line: Int) {
        let document = TOMLDocument(parsing: text)
        #expect(document.root == nil)
        #expect(document.diagnostics.map(\.line) == [line])
    }

    @Test(arguments: [
        "[", "{\"a\":", "a: [", "- ", "{a: ", "a = [", "a = {b=", "a.", "[[", "((", "? ", "&a ", "'", "\"\"\"",
    ])
    func `deep nesting is refused, not crashed on`(_ unit: String) {
        let text = String(repeating: unit, count: 100_000)
        #expect(JSONDocument(parsing: text).root == nil)
        #expect(TOMLDocument(parsing: text).root == nil)
        #expect(YAMLDocument(parsing: String(text.prefix(5_000))).roots.count < 2)
    }

    @Test func `no text crashes a reader`() {
        let tokens = [
            "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "a", "1", "-", "- ", "&a ", "*a", "<<", "#", "|", ">",
            "?", "!!str ", "---", "\"\"\"", "=", ".", "\\", "\\u12", "true", "0x", "_", "e", "%", "@", "~",
        ]
        for text in Fuzz.texts(tokens, count: 300, longest: 25) {
            _ = JSONDocument(parsing: text)
            _ = JSONDocument(parsing: text, dialect: .tolerant)
            _ = TOMLDocument(parsing: text)
            _ = YAMLDocument(parsing: text)
        }
    }
}
