// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Real files, edited by hand, while the application that they are made from goes on changing.
struct RegenerationTests {
    private let input: EmitterInput

    init() throws { input = try ExampleInput.load("helpdesk") }

    /// What would be written for the application some versions later: other ports, one variable more, another command.
    private func wishes(_ version: Int) -> [WritePlan.Wish] {
        var app = input.app
        for index in app.services.indices {
            app.services[index].port = app.services[index].port.map { $0 + UInt16(version) }
            app.services[index].release = version.isMultiple(of: 3) ? "migrate --to \(version)" : nil
        }
        app.variables.append(
            Variable(name: "ADDED_\(version)", services: app.services.map(\.name), default: "\(version)"))
        let fresh = EmitterInput(app: app, tree: input.tree)
        let targets: Set<FileTarget> = [.common, .docker, .fly, .github, .swarm]
        return EmitterCatalog.all.filter { targets.contains($0.target) }.flatMap { emitter in
            emitter.emit(fresh).map { .init(file: $0, target: emitter.target) }
        }
    }

    @Test func `two hundred edits of real files survive twenty changes of the application or are reported`() {
        var dice = Dice(state: 4)
        var disk: [String: String] = [:]
        var ledger = Ledger()
        func write(_ wishes: [WritePlan.Wish]) -> [FileChange] {
            let plan = WritePlan(wishes: wishes, ledger: ledger, targets: Set(FileTarget.allCases)) {
                disk[$0].map { .text($0) } ?? .nothing
            }
            for change in plan.changes {
                if let written = change.written { disk[change.path] = written }
                switch change.proposal {
                case .written(let text): disk[change.path + FileChange.proposalSuffix] = text
                case .removed: disk[change.path + FileChange.proposalSuffix] = nil
                default: break
                }
                if change.kind == .remove { disk[change.path] = nil }
            }
            ledger = plan.ledger
            return plan.changes
        }

        _ = write(wishes(0))
        let paths = disk.keys.sorted()
        var edits: [(path: String, line: String)] = []
        for number in 0..<200 {
            let path = paths[dice.roll(paths.count)]
            var lines = (disk[path] ?? "").diffLines.map(String.init)
            lines.insert("hand \(number);", at: dice.roll(lines.count + 1))
            disk[path] = lines.joined(separator: "\n")
            edits.append((path, "hand \(number);"))
        }
        var merged = 0
        for version in 1...20 {
            let changes = write(wishes(version))
            merged += changes.count { $0.kind == .merge }
            for edit in edits {
                #expect(disk[edit.path]?.contains(edit.line) == true, "\(edit) is lost in version \(version)")
            }
            for change in changes where change.kind == .conflict {
                #expect(disk[change.path + FileChange.proposalSuffix] == change.generated, "\(change.path)")
            }
        }
        #expect(merged > 20, "files that nobody edited in the same place get both")
        let before = disk
        #expect(write(wishes(20)).allSatisfy { $0.written == nil })
        #expect(disk == before, "nothing changed, so every byte stays")
    }
}
