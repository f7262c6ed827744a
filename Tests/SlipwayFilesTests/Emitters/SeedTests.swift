// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayFiles

/// `docs/seeds.md` says of each bullet of the four seed systems where it is met; only what is true says "met".
struct SeedTests {
    private static let file = ExampleInput.root.appendingPathComponent("docs/seeds.md")

    private static func table() throws -> String {
        var texts: [String: [String: String]] = [:]
        for name in Set(SeedRows.all.map(\.example)) {
            texts[name] = ExampleInput.files(try ExampleInput.load(name)).mapValues(\.contents)
        }
        var document = """
            # The four seed systems, bullet by bullet

            Made by a test from the files that are written for the examples: a row says "met" when each of its files is
            written and says what the bullet asks for. To make it anew: `SLIPWAY_RECORD=1 swift test --filter SeedTests`.

            """
        var system = ""
        for row in SeedRows.all {
            if row.system != system {
                system = row.system
                document +=
                    "\n## \(system) (`Examples/\(row.example)`)\n\n| bullet | where | state |\n| --- | --- | --- |\n"
            }
            let missing = row.missing(in: texts[row.example] ?? [:])
            let places = row.places.map { "`\($0.path)`" }.joined(separator: ", ")
            document += "| \(row.bullet) | \(places) | \(missing.map { "missing: \($0)" } ?? "met") |\n"
        }
        return document
    }

    @Test func `a bullet that the table calls met is met, and none is left out`() throws {
        let found = try Self.table()
        if ProcessInfo.processInfo.environment["SLIPWAY_RECORD"] != nil {
            try Data(found.utf8).write(to: Self.file)
        }
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        let now = Set(found.split(separator: "\n"))
        for line in written.split(separator: "\n") where line.hasSuffix("| met |") {
            #expect(now.contains(line), "no longer true: \(line)")
        }
        for row in SeedRows.all { #expect(written.contains("| \(row.bullet) |"), "left out: \(row.bullet)") }
    }
}
