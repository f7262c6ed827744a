// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

struct ValueTests {
    @Test func `a secret never describes itself`() {
        let secret = Secret("hunter2hunter2")
        var dumped = ""
        dump(["password": secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\(SecretValues([secret]))"] {
            #expect(!text.contains("hunter2"))
        }
        let environment = ProcessEnvironment(["TOKEN": "hunter2hunter2"])
        #expect("\(environment)" == "[TOKEN]")
        #expect("\(Command("run", secrets: ["TOKEN": secret]))" == "TOKEN=[redacted] run")
    }

    @Test func `known secrets are taken out of text, the longer first`() {
        let redactor = Redactor([Secret("abcdef"), Secret("abcdefgh"), Secret("yes")])
        #expect(redactor.redact("x abcdefgh y abcdef z yes") == "x [redacted] y [redacted] z yes")
    }

    @Test(
        arguments: zip(
            ["plain", "", "two words", "it's", "a=b", "$HOME", "né", "x;y"],
            ["plain", "''", "'two words'", "'it'\\''s'", "a=b", "'$HOME'", "'né'", "'x;y'"]))
    func `a word is quoted only when the shell would read it otherwise`(_ word: String, _ quoted: String) {
        #expect(ShellWord.quote(word) == quoted)
    }

    @Test(
        arguments: [
            ("uvicorn main:app --port 80", ["uvicorn", "main:app", "--port", "80"]),
            ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
            ("a\\ b", ["a b"]), ("a \"\"", ["a", ""]), ("a $B", nil), ("a | b", nil), ("a && b", nil), ("X=1 a", nil),
            ("a 'b", nil), ("a > b", nil), ("a *", nil), ("", nil), ("a \"$B\"", nil), ("a \"b\\\"c\"", ["a", "b\"c"]),
        ] as [(String, [String]?)])
    func `a simple command is split without a shell, anything else is left to one`(_ text: String, _ words: [String]?) {
        #expect(ShellWord.split(text) == words)
    }

    @Test(arguments: zip([1, 2, 3, 10, 100], [0.2, 0.4, 0.8, 30, 30]))
    func `the pause before a restart doubles up to its limit`(_ runs: Int, _ seconds: Double) {
        #expect(RestartPolicy().delay(afterShortRuns: runs) == .seconds(seconds))
    }

    @Test func `an absent field of a service is written as null`() throws {
        let data = try JSONEncoder().encode(Service(name: "a", directory: ".", role: .backend))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["port"] is NSNull)
        #expect(object["start"] is NSNull)
        #expect(try JSONDecoder().decode(Service.self, from: data).name == "a")
    }

    @Test func `a tree finds files by folder and by name, and reads text only`() {
        let tree = SourceTree(files: ["b/c.py": "x", "b.py": "", "b/d/e.py": "\u{FEFF}y", "bc/f.py": "a\0b"])
        #expect(tree.files(under: "b").map(\.path) == ["b/c.py", "b/d/e.py"])
        #expect(tree.files(named: "e.py").map(\.directory) == ["b/d"])
        #expect(tree.text("b/d/e.py") == "y")
        #expect(tree.text("bc/f.py") == nil)
        #expect(!tree.hasDirectory("c"))
    }
}
