// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What an edit does not name stays as it was: the same instructions, keys, directives and variables.
struct FixMeaningTests {
    /// One thing that a file says, and the lines on which it says it.
    private struct Statement: Hashable {
        let text: String
        let lines: ClosedRange<Int>
    }

    @Test(arguments: RuleCatalog.groups.map(\.title))
    func `an edit changes nothing but what it mends`(_ title: String) throws {
        let group = try #require(RuleCatalog.groups.first { $0.title == title })
        for rule in group.descriptions {
            for example in rule.catches {
                let repository = example.repository(defaultPath: group.examplePath)
                for finding in Checker(groups: [group]).check(repository) where finding.code == rule.code {
                    guard let fix = finding.fix, let file = finding.file, let text = repository.tree.text(file) else {
                        continue
                    }
                    let after = FixRun.apply([fix], to: text)
                    let edited = fix.line..<(fix.line + max(fix.count, 0))
                    // Of lines that went, the statement around them is left: it is the one that was mended.
                    let written =
                        fix.replacement.isEmpty
                        ? fix.line - 1..<fix.line + 1 : fix.line..<fix.line + fix.replacement.count
                    #expect(
                        Self.statements(of: file, text, besides: edited, isWhole: false)
                            == Self.statements(of: file, after, besides: written, isWhole: fix.replacement.isEmpty),
                        "\(rule.code) in \(text)")
                }
            }
        }
    }

    @Test func `one run leaves nothing to mend in any example, and finds nothing that was not there`() {
        for group in RuleCatalog.groups {
            for rule in group.descriptions {
                for example in rule.catches {
                    let repository = example.repository(defaultPath: group.examplePath)
                    let before = Checker().check(repository)
                    guard before.contains(where: { $0.fix != nil }) else { continue }
                    let run = FixRun(includingUnsafe: true, read: repository.tree.text) { texts in
                        Checker().check(CheckedRepository(tree: repository.tree.replacing(texts)))
                    }
                    let after = Checker().check(CheckedRepository(tree: repository.tree.replacing(run.texts)))
                    #expect(!after.contains { $0.fix != nil }, "\(rule.code): \(run.texts)")
                    #expect(
                        Set(after.filter { $0.severity == .error }.map(\.code)).subtracting(before.map(\.code)).isEmpty,
                        "\(rule.code): \(run.texts)")
                }
            }
        }
    }

    /// - Parameter isWhole: Whether only what holds all of the lines is left out.
    private static func statements(
        of path: String, _ text: String, besides lines: Range<Int>, isWhole: Bool
    ) -> [String] {
        all(path, text).filter { statement in
            let touched = lines.filter { statement.lines.contains($0) }
            return isWhole ? touched.count < lines.count : touched.isEmpty
        }.map(\.text)
    }

    private static func all(_ path: String, _ text: String) -> [Statement] {
        switch FileFormat(path: path) {
        case .dockerfile:
            return Dockerfile(parsing: text).instructions.map { instruction in
                let words = instruction.flags.map(\.text) + instruction.arguments + instruction.heredocs.map(\.content)
                return Statement(
                    text: ([instruction.keyword] + words).joined(separator: "\u{1}"),
                    lines: instruction.line...instruction.endLine)
            }
        case .nginx:
            return NginxFile(parsing: text).directives.flatMap(directives)
        case .dotenv:
            return Dotenv(parsing: text).assignments.map {
                Statement(text: "\($0.name)=\($0.value ?? "")", lines: $0.line...$0.line)
            }
        case .compose, .workflow, .yaml, .render, .gitlab:
            return YAMLDocument(parsing: text).roots.flatMap { scalars($0, at: "") }
        default:
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
                Statement(text: String($1), lines: ($0 + 1)...($0 + 1))
            }
        }
    }

    private static func directives(_ directive: NginxDirective) -> [Statement] {
        let head = Statement(
            text: ([directive.name] + directive.parameters).joined(separator: " "),
            lines: directive.line...(directive.block == nil ? directive.endLine : directive.line))
        return [head] + (directive.block ?? []).flatMap(directives)
    }

    /// Values with their own keys; a mended key further out must not count for each of them.
    private static func scalars(_ node: DataNode, at key: String) -> [Statement] {
        switch node.value {
        case .mapping(let mapping): mapping.entries.flatMap { scalars($0.value, at: $0.key) }
        case .sequence(let items): items.flatMap { scalars($0, at: "[]") }
        default: [Statement(text: key + "=" + (node.text ?? ""), lines: node.line...node.line)]
        }
    }
}
