// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayDetect

struct ServerCommandTests {
    @Test(arguments: [
        ("", []), ("  a\tb \n", ["a", "b"]), ("sh -c 'a b' c", ["sh", "-c", "'a b'", "c"]),
        ("a --port ${PORT:-80 80}", ["a", "--port", "${PORT:-80 80}"]), ("a \"b 'c d\" e", ["a", "\"b 'c d\"", "e"]),
        ("é ü", ["é", "ü"]), ("a 'open b", ["a", "'open b"]), ("}a {b", ["}a", "{b"]),
    ])
    func `words are cut at blanks outside quotes and braces`(_ text: String, _ words: [String]) {
        #expect(ServerCommand.split(text) == words)
    }

    @Test func `a long command is read at once`() {
        let text = String(repeating: "web: gunicorn 'a b' ", count: 25_000)
        let start = ContinuousClock.now
        #expect(ServerCommand.split(text).count == 75_000)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
