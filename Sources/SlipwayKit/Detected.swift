// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An app spec, ready to be shown.
public struct Detected: Sendable {
    /// The spec itself.
    public let spec: AppSpec
    /// What it was read from.
    let tree: SourceTree
    /// Values that `slipway.yml` gives to variables.
    var givenVariables: [String: String] { [:] }

    /// One line a service and a resource.
    public var summary: String {
        let services = spec.services.map { service in
            let facts = [service.framework ?? service.language, service.port.map { "port \($0)" }, service.start]
            return (service.name, service.role.rawValue, facts.compactMap { $0 }.joined(separator: ", "))
        }
        let resources = spec.resources.map { ($0.name, $0.kind.rawValue, $0.version ?? "") }
        return Self.table([(spec.name, "", "")] + services + resources)
    }

    /// Pretty-printed, keys sorted, so that two runs compare.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // An app spec holds strings, numbers and booleans only, which always encode.
        return (try? encoder.encode(spec)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// What detection wants to say, one line each.
    public var diagnostics: [String] {
        spec.diagnostics.map { diagnostic in
            let place = diagnostic.file.map { file in diagnostic.line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
            return "\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(place)\(diagnostic.message)"
        }
    }

    private static func table(_ rows: [(String, String, String)]) -> String {
        let first = rows.map(\.0.count).max() ?? 0
        let second = rows.map(\.1.count).max() ?? 0
        return rows.map { row in
            var line = row.0 + String(repeating: " ", count: first - row.0.count + 2)
            line += row.1 + String(repeating: " ", count: second - row.1.count + 2) + row.2
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
