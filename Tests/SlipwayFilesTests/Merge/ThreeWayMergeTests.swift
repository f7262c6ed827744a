// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Numbers that are the same in every run (xorshift64*).
struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 2_685_821_657_736_338_717) >> 33) % sides
    }
}

struct ThreeWayMergeTests {
    @Test(arguments: [
        ("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n", "a\nB\nc\nd\n"),
        ("a\nb\nc\n", "a\nb\nc\n", "x\n", "x\n"),
        ("a\n", "a\nmine\n", "a\n", "a\nmine\n"),
        ("", "mine\n", "", "mine\n"),
        ("a\nb\n", "", "a\nb\n", ""),
        ("a\nb\nc", "a\nb\nc\n", "A\nb\nc", "A\nb\nc\n"),
        ("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n", "a\nX\nc\n"),
        ("1\n2\n3\n4\n5\n", "0\n1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n", "0\n1\n2\n3\n4\n5\n6\n"),
    ])
    func `changes in different places are joined`(_ base: String, _ edited: String, _ new: String, _ merged: String) {
        #expect(ThreeWayMerge(base: base, edited: edited, generated: new) == .merged(merged))
        #expect(ThreeWayMerge(base: base, edited: new, generated: edited) == .merged(merged))
    }

    @Test(arguments: [
        ("a\nb\nc\n", "a\nB\nc\n", "a\nX\nc\n"), ("a\n", "", "b\n"), ("", "mine\n", "ours\n"),
        ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n"),
    ])
    func `changes of the same lines are a conflict`(_ base: String, _ edited: String, _ new: String) {
        #expect(ThreeWayMerge(base: base, edited: edited, generated: new) == .conflict(1))
    }

    @Test func `the difference of two texts leads from one to the other by the shortest way`() {
        var dice = Dice(state: 7)
        for _ in 0..<300 {
            let old = (0..<dice.roll(12)).map { _ in Substring("abc".dropFirst(dice.roll(3)).prefix(1)) }
            let new = (0..<dice.roll(12)).map { _ in Substring("abc".dropFirst(dice.roll(3)).prefix(1)) }
            let matches = LineDiff(old, new).matches
            for match in matches {
                #expect(old[match.old..<match.old + match.count] == new[match.new..<match.new + match.count])
            }
            for (left, right) in zip(matches, matches.dropFirst()) {
                #expect(left.old + left.count <= right.old && left.new + left.count <= right.new)
            }
            #expect(matches.map(\.count).reduce(0, +) == Self.longestCommon(old, new))
        }
    }

    /// The textbook's table.
    private static func longestCommon(_ left: [Substring], _ right: [Substring]) -> Int {
        var row = [Int](repeating: 0, count: right.count + 1)
        for element in left {
            var diagonal = 0
            for index in right.indices {
                let above = row[index + 1]
                row[index + 1] = element == right[index] ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[right.count]
    }

    /// Lines of a person, in a file that is generated anew again and again: none is ever lost.
    @Test func `two hundred hand edits survive twenty regenerations each or are reported`() {
        var dice = Dice(state: 42)
        var conflicts = 0
        for edit in 0..<200 {
            var disk = Self.generated(version: 0, &dice)
            var ledger = Ledger(entries: ["f": .init(target: "docker", text: disk)])
            var lines = disk.diffLines.map(String.init)
            let hand = "hand \(edit)"
            lines.insert(hand, at: dice.roll(lines.count))
            if dice.roll(3) == 0, lines.count > 4 { lines.removeAll { $0 == "line \(dice.roll(40))" } }
            disk = lines.joined(separator: "\n")
            var proposal: String?
            for version in 1...20 {
                let new = Self.generated(version: version, &dice)
                let plan = WritePlan(
                    wishes: [.init(file: GeneratedFile(path: "f", contents: new), target: .docker)], ledger: ledger,
                    targets: [.docker]
                ) { path in path == "f" ? .text(disk) : proposal.map { .text($0) } ?? .nothing }
                let change = plan.changes[0]
                if change.kind == .conflict {
                    conflicts += 1
                    #expect(change.written == nil, "a conflict leaves the file alone")
                    if case .written(let text) = change.proposal { proposal = text }
                    #expect(proposal == new, "and says beside it what would be new")
                }
                if change.proposal == .removed { proposal = nil }
                if let written = change.written { disk = written }
                #expect(disk.contains(hand), "edit \(edit) is lost in version \(version)")
                ledger = plan.ledger
            }
        }
        #expect(conflicts > 0 && conflicts < 3000)
    }

    private static func generated(version: Int, _ dice: inout Dice) -> String {
        (0..<40).map { line in dice.roll(25) == 0 ? "line \(line) of version \(version)" : "line \(line)" }
            .joined(separator: "\n") + "\n"
    }
}
