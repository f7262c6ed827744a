// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same texts in every run (Steele, Lea, Flood, "Fast splittable pseudorandom number generators").
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Texts glued from a format's own tokens, so that most of them get past the first byte.
enum Fuzz {
    static func texts(_ tokens: [String], count: Int, longest: Int = 40, seed: UInt64 = 7) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let all = tokens + ["\r\n", "\n", "\t", " ", "\u{FEFF}", "\0", "é", "\u{2028}", "\r", ""]
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...longest, using: &generator))
                .map { _ in all.randomElement(using: &generator) ?? "" }
                .joined()
        }
    }
}
