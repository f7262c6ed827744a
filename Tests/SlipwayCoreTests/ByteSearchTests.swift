// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayCore

struct ByteSearchTests {
    @Test(
        arguments: [
            ("", "", 0), ("", "a", 0), ("a", "", nil), ("a", "a", 0), ("ab", "a", nil), ("ab", "aab", 1),
            ("aab", "aaab", 1),
            ("x=1", "y=1 x=2 x=1", 8), ("@app.", "app.get @app", nil), ("@app.", "app @@app.get", 5), ("=", "a=", 1),
            ("é", "cafe café", 8), ("b=", "=b=", 1),
        ] as [(String, String, Int?)])
    func `the first place is found, and none where there is none`(word: String, text: String, offset: Int?) {
        #expect(ByteSearch.offset(of: word.utf8, in: text.utf8) == offset)
        #expect(ByteSearch.offset(of: Array(word.utf8), in: Array(text.utf8)) == offset)
    }

    @Test func `any word is found where a plain comparison finds it`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                "ab=.".utf8.randomElement(using: &random)!
            }
            let word = (0..<Int.random(in: 0..<4, using: &random)).map { _ in "ab=.".utf8.randomElement(using: &random)!
            }
            let plain = (0...max(0, text.count - word.count)).first { text[$0...].starts(with: word) }
            #expect(
                ByteSearch.offset(of: word, in: text) == (word.count > text.count ? nil : plain), "\(word) in \(text)")
        }
    }
}
