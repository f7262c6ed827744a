// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

struct WritePlanTests {
    private func plan(
        _ generated: String?, ledger base: String?, disk: String?, proposal: String? = nil, proposed: String? = nil,
        adopt: Bool = false, interrupted: Bool = false, targets: Set<FileTarget> = [.docker]
    ) -> (change: FileChange?, ledger: Ledger) {
        let plan = WritePlan(
            wishes: generated.map { [.init(file: GeneratedFile(path: "f", contents: $0), target: .docker)] } ?? [],
            ledger: Ledger(
                entries: base.map { ["f": .init(target: "docker", text: $0, proposal: proposed)] } ?? [:]),
            targets: targets, interrupted: interrupted ? ["f"] : [], adopted: adopt ? ["f"] : []
        ) { path in (path == "f" ? disk : proposal).map { .text($0) } ?? .nothing }
        return (plan.changes.first, plan.ledger)
    }

    @Test(
        arguments: [
            ("n", nil, nil, .create), ("n", "n", "n", .unchanged), ("n", "b", "b", .update),
            ("n", "b", "n", .unchanged),
            ("b", "b", "mine", .edited), ("n", "b", nil, .deleted), ("b", "b", nil, .deleted),
            ("n", nil, "mine", .handwritten), ("n", "b", "mine", .conflict), (nil, "b", "b", .remove),
            (nil, "b", "mine", .released),
        ] as [(String?, String?, String?, FileChange.Kind)])
    func `each state of a file has one outcome`(
        _ generated: String?, _ base: String?, _ disk: String?, _ kind: FileChange.Kind
    ) {
        #expect(plan(generated, ledger: base, disk: disk).change?.kind == kind)
    }

    @Test func `a file that its author wrote like ours stays theirs, unless a run was cut short`() {
        #expect(plan("n", ledger: nil, disk: "n").ledger.entries.isEmpty)
        #expect(plan("n", ledger: nil, disk: "n", interrupted: true).ledger.entries["f"]?.text == "n")
    }

    @Test func `taking over a hand-written file keeps the old text`() {
        let result = plan("n", ledger: nil, disk: "mine", adopt: true)
        #expect(result.change?.kind == .update)
        #expect(result.change?.keepsOld == true)
        #expect(result.change?.written == "n")
        #expect(plan("n", ledger: "n", disk: nil, adopt: true).change?.kind == .create)
    }

    @Test func `a conflict ends when somebody removes what stands beside the file`() {
        let first = plan("n", ledger: "b", disk: "mine")
        #expect(first.change?.proposal == .written("n"))
        #expect(first.ledger.entries["f"]?.text == "b")
        let waiting = plan("n", ledger: "b", disk: "mine", proposal: "n", proposed: "n")
        #expect(waiting.change?.kind == .conflict)
        #expect(waiting.change?.proposal == .left)
        let settled = plan("n", ledger: "b", disk: "mine", proposed: "n")
        #expect(settled.change?.kind == .edited)
        #expect(settled.ledger.entries["f"] == .init(target: "docker", text: "n"))
    }

    @Test func `what a person wrote into the file beside is not replaced`() {
        let result = plan("n2", ledger: "b", disk: "mine", proposal: "half merged", proposed: "n")
        #expect(result.change?.proposal == .left)
        let taken = plan("n", ledger: "b", disk: "n", proposal: "n", proposed: "n")
        #expect(taken.change?.proposal == .removed)
    }

    @Test func `files of targets that were not asked for are left alone`() {
        let result = plan(nil, ledger: "b", disk: "b", targets: [.fly])
        #expect(result.change == nil)
        #expect(result.ledger.entries.count == 1)
    }

    @Test func `line ends of a checkout are no edits, and stay`() {
        #expect(plan("a\nb\n", ledger: "a\nb\n", disk: "a\r\nb\r\n").change?.kind == .unchanged)
        #expect(plan("a\nc\n", ledger: "a\nb\n", disk: "a\r\nb\r\n").change?.written == "a\r\nc\r\n")
    }

    @Test func `a ledger is read back as it was written, and half of one is none`() {
        let odd = "line \"one\"\n\ttwo \\ $HOME é 🚢\u{1}\n"
        let ledger = Ledger(entries: [
            "a b/Dockerfile": .init(target: "docker", text: odd, proposal: "x"), "é": .init(target: "common", text: ""),
        ])
        #expect(Ledger(parsing: ledger.text) == ledger)
        #expect(Ledger(parsing: Ledger().text) == Ledger())
        #expect(Ledger(parsing: String(ledger.text.dropLast(9))) == nil)
        #expect(Ledger(parsing: "<<<<<<< HEAD\n" + ledger.text) == nil)
    }

    @Test func `a difference is shown as diff shows it`() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
        let diff = UnifiedDiff(path: "f", old: old, new: "1\n2\n3\n4\nfive\n6\n7\n8\n9\n")
        #expect(
            diff.lines.map(\.text) == [
                "--- a/f", "+++ b/f", "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8",
            ])
        #expect(UnifiedDiff(path: "f", old: nil, new: "a\n").lines.map(\.text).last == "+a")
        #expect(UnifiedDiff(path: "f", old: nil, new: "a\n").lines.map(\.text)[2] == "@@ -0,0 +1,1 @@")
        #expect(UnifiedDiff(path: "f", old: "a", new: "a").lines.isEmpty)
    }
}
