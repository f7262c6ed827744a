// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import SlipwayDetect

/// An app spec, ready to be shown.
public struct Detected: Sendable {
    /// The spec itself.
    public let spec: AppSpec
    /// What it was read from.
    let tree: SourceTree

    /// The spec, when it has something to run.
    /// - Throws: ``SlipwayError`` `nothing-detected`, with what was looked at and how to state a service.
    public func requireServices() throws -> AppSpec {
        guard spec.services.isEmpty else { return spec }
        let manifests = tree.entries.filter { !$0.path.contains("/") }.prefix(12).map(\.path)
        throw SlipwayError(
            .nothingDetected, "no service was found in \(tree.name)",
            hint: "write slipway.yml:  services: {web: {directory: ., start: ./server, port: 8000}}",
            details: [
                "looked at \(tree.entries.count) files for manifests, servers, Procfiles, Dockerfiles and pages",
                "at the top: \(manifests.joined(separator: ", "))",
            ] + tree.remarks.prefix(5) + diagnostics.prefix(5))
    }

    /// Values that `slipway.yml` gives to variables.
    let givenVariables: [String: String]
    /// Commands that print the values of variables.
    let variableCommands: [String: String]

    /// One line a service and a resource.
    public var summary: String {
        let services = spec.services.map { service in
            let facts = [service.framework ?? service.language, service.port.map { "port \($0)" }, service.start]
            return (service.name, service.role.rawValue, facts.compactMap { $0 }.joined(separator: ", "))
        }
        let resources = spec.resources.map { ($0.name, $0.kind.rawValue, $0.version ?? "") }
        return Self.table([(spec.name, "", "")] + services + resources)
    }

    /// Every value with where it comes from.
    public var explanation: String { Explanation.text(of: spec, tree: tree) }

    /// Pretty-printed, keys sorted, so that two runs compare.
    public var json: String {
        // An app spec holds strings, numbers and booleans only, which always encode.
        (try? JSONText.pretty(spec)) ?? "{}"
    }

    /// What detection wants to say, one line each.
    public var diagnostics: [String] {
        spec.diagnostics.map(DiagnosticText.line)
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
