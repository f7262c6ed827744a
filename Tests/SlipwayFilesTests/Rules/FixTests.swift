// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// A fix mends its finding and nothing else changes.
struct FixTests {
    @Test func `after a fix its finding is gone and nothing new has appeared`() {
        for group in RuleCatalog.groups {
            for rule in group.descriptions {
                for example in rule.catches {
                    let repository = example.repository(defaultPath: group.examplePath)
                    let before = Checker(groups: [group]).check(repository)
                    guard before.contains(where: { $0.code == rule.code && $0.fix != nil }) else { continue }
                    let run = FixRun(includingUnsafe: true, read: repository.tree.text) { texts in
                        Checker(groups: [group]).check(CheckedRepository(tree: repository.tree.replacing(texts)))
                            .filter { $0.code == rule.code }
                    }
                    let after = Checker(groups: [group])
                        .check(CheckedRepository(tree: repository.tree.replacing(run.texts)))
                    #expect(!after.contains { $0.code == rule.code && $0.fix != nil }, "\(rule.code)")
                    #expect(
                        Set(after.map(\.code)).subtracting(before.map(\.code)).isEmpty, "\(rule.code): \(run.texts)")
                }
            }
        }
    }

    @Test(arguments: [
        ("a\nb\nc\n", "a\nX\nc\n"), ("a\r\nb\r\nc\r\n", "a\r\nX\r\nc\r\n"), ("a\nb", "a\nX"), ("a\nb\n", "a\nX\n"),
    ])
    func `an edit replaces whole lines and keeps line ends`(_ text: String, expected: String) {
        #expect(FixRun.apply([Fix("x", line: 2, count: 1, replacement: ["X"])], to: text) == expected)
    }

    @Test func `an edit without lines to replace inserts`() {
        #expect(FixRun.apply([Fix("x", line: 2, count: 0, replacement: ["X"])], to: "a\nb\n") == "a\nX\nb\n")
        #expect(FixRun.apply([Fix("x", line: 3, count: 0, replacement: ["X"])], to: "a\nb\n") == "a\nb\nX\n")
    }

    @Test func `unsafe edits are made only when asked for`() {
        let tree = SourceTree(files: [
            "Dockerfile": "FROM node:22\nRUN npm install\n", "package.json": "{}", "package-lock.json": "{}",
        ])
        func text(includingUnsafe: Bool) -> String? {
            FixRun(includingUnsafe: includingUnsafe, read: tree.text) { texts in
                Checker().check(CheckedRepository(tree: tree.replacing(texts)))
            }.texts["Dockerfile"]
        }
        #expect(text(includingUnsafe: false) == nil)
        #expect(text(includingUnsafe: true) == "FROM node:22\nRUN npm ci\n")
    }
}
