// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayCore

/// The index may only say faster what reading every file says.
struct WordIndexTests {
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the same files are found as by reading each of them`(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let letters = Array("abcde.(\n")
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in letters.randomElement(using: &dice) ?? "a" })
        }
        var files: [String: String] = [:]
        for number in 0..<400 {
            let ending = ["py", "js", "d.ts", "py.txt"].randomElement(using: &dice) ?? "py"
            files["d\(number % 7)/f\(number).\(ending)"] = text(Int.random(in: 0...900, using: &dice))
        }
        let tree = SourceTree(files: files)
        for length in 0...6 {
            let words = [text(length), text(length + 1)]
            let found = tree.files(ending: [".py", ".ts"], holding: words, smallerThan: 600).map(\.path)
            let wanted = tree.entries.map(\.path).filter { path in
                let text = files[path] ?? ""
                return (path.hasSuffix(".py") || path.hasSuffix(".ts")) && text.utf8.count < 600
                    && words.contains { $0.isEmpty || text.contains($0) }
            }
            #expect(found == wanted, "\(words)")
        }
    }

    @Test func `an ending may be longer than what stands after the last dot`() {
        let tree = SourceTree(files: [
            "a/Program.cs": "Run(", "a/Other.cs": "Run(", "x.module.ts": "Run(", "x.ts": "Run(",
        ])
        #expect(
            tree.files(ending: ["Program.cs"], holding: ["Run("], smallerThan: .max).map(\.path) == ["a/Program.cs"])
        #expect(tree.files(ending: [".module.ts"], holding: ["Run("], smallerThan: .max).map(\.path) == ["x.module.ts"])
        #expect(tree.files(ending: [".cs", "Program.cs"], holding: ["Run("], smallerThan: .max).count == 2)
    }
}
