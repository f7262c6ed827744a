// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDetect

@Suite struct ExampleTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: root.path + "/Examples")) ?? []).sorted()

    private func json(_ name: String) throws -> String {
        let tree = try TreeReader.read(Self.root.path + "/Examples/" + name)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let spec = try Detection.detect(tree, configuration: Configuration.read(from: tree))
        return String(decoding: try encoder.encode(spec), as: UTF8.self) + "\n"
    }

    /// To accept a change, run the tests with `SLIPWAY_RECORD=1` and read the difference.
    @Test(arguments: names)
    func `each example is detected as it is written down`(_ name: String) throws {
        let folder = Self.root.appending(path: "Examples/\(name)/expected")
        let file = folder.appending(path: "detect.json")
        let text = try json(name)
        if ProcessInfo.processInfo.environment["SLIPWAY_RECORD"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let difference = zip(text.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
        #expect(text == expected, "found \(difference?.0 ?? "another length"), expected \(difference?.1 ?? "")")
    }

    @Test(arguments: names)
    func `what is printed is valid against the schema`(_ name: String) throws {
        let schema = try SchemaCheck(Self.root.appending(path: "Schemas/app-spec.schema.json"))
        #expect(try schema.complaints(about: json(name)) == [])
    }
}
