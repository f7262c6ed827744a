// SPDX-License-Identifier: Apache-2.0

/// Values that come the same from the same seed, so that a failure can be had again.
struct RandomValues: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64: https://prng.di.unimi.it/splitmix64.c
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// What environments hold and what breaks them: quotes, dollars, spaces, nothing, much, other scripts.
    mutating func value() -> String {
        let pieces = [
            "a", "Z9", " ", "$HOME", "${x}", "$$", "'", "\"", "\\", "#", "=", "%", "é", "日本", "🚢", ";", "&&", "*", "`",
        ]
        switch Int.random(in: 0..<8, using: &self) {
        case 0: return ""
        case 1: return String(repeating: "x", count: Int.random(in: 1000...8000, using: &self))
        case 2: return "first\nsecond"
        default:
            return (0..<Int.random(in: 1...12, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "a" }
                .joined()
        }
    }

    /// Letters, digits and underscores, as POSIX wants names.
    mutating func name() -> String {
        "TRIAL_"
            + String(
                (0..<Int.random(in: 1...20, using: &self)).map { _ in
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".randomElement(using: &self) ?? "A"
                })
    }

    /// A file that does an application no harm, with a name that has broken builds.
    mutating func file() -> (path: String, text: String) {
        let names = [
            "notes of the trial.md", "UPPER.TXT", "ünïcode-\u{1F6A2}.txt", "it's.txt", "a$b.txt", "[brackets].txt",
            "-dash.txt",
            "deep/er/and/deeper/still.txt", ".hidden-note", "no-extension", "empty.txt", "line\u{2028}separator.txt",
        ]
        let name = names.randomElement(using: &self) ?? "note.txt"
        let text = name == "empty.txt" ? "" : "\(next())\r\n\(value())"
        return ("slipway-trial-files/\(name)", text)
    }
}
