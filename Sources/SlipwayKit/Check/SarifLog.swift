// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Findings in the Static Analysis Results Interchange Format 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), as code
/// scanning reads them.
struct SarifLog: Encodable {
    struct Text: Encodable { let text: String }
    struct Configuration: Encodable { let level: String }
    struct Properties: Encodable { let aliases: [String] }
    struct Rule: Encodable {
        let id: String
        let shortDescription: Text
        let fullDescription: Text
        let defaultConfiguration: Configuration
        let properties: Properties
    }
    struct Driver: Encodable {
        let name = "slipway"
        let version = Version.current
        let rules: [Rule]
    }
    struct Tool: Encodable { let driver: Driver }
    struct Artifact: Encodable { let uri: String }
    struct Region: Encodable {
        let startLine: Int
        let startColumn: Int?
        var endLine: Int?
    }
    struct PhysicalLocation: Encodable {
        let artifactLocation: Artifact
        let region: Region?
    }
    struct Location: Encodable { let physicalLocation: PhysicalLocation }
    struct Replacement: Encodable {
        let deletedRegion: Region
        let insertedContent: Text
    }
    struct Change: Encodable {
        let artifactLocation: Artifact
        let replacements: [Replacement]
    }
    struct Repair: Encodable {
        let description: Text
        let artifactChanges: [Change]
    }
    struct Result: Encodable {
        let ruleId: String
        let level: String
        let message: Text
        let locations: [Location]
        let fixes: [Repair]?
    }
    struct Run: Encodable {
        let tool: Tool
        let results: [Result]
        /// Our columns are bytes, and this is the nearest that the format knows.
        let columnKind = "unicodeCodePoints"
    }

    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    let version = "2.1.0"
    let runs: [Run]

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    init(_ diagnostics: [Diagnostic]) {
        let found = Set(diagnostics.map(\.code))
        var rules = RuleCatalog.descriptions.filter { found.contains($0.code) }.map { rule in
            Rule(
                id: rule.code, shortDescription: Text(text: rule.title), fullDescription: Text(text: rule.why),
                defaultConfiguration: Configuration(level: Self.level(rule.severity)),
                properties: Properties(aliases: rule.aliases))
        }
        for code in found.subtracting(rules.map(\.id)).sorted() {
            let text = Text(text: "The file cannot be read as what it is.")
            rules.append(
                Rule(
                    id: code, shortDescription: text, fullDescription: text,
                    defaultConfiguration: Configuration(level: "error"), properties: Properties(aliases: [])))
        }
        runs = [Run(tool: Tool(driver: Driver(rules: rules)), results: diagnostics.map(Self.result))]
    }

    private static func level(_ severity: Severity) -> String { severity == .info ? "note" : severity.rawValue }

    private static func result(_ diagnostic: Diagnostic) -> Result {
        let artifact = diagnostic.file.map { Artifact(uri: uri($0)) }
        let region = diagnostic.line.map { Region(startLine: $0, startColumn: diagnostic.column) }
        let location = artifact.map {
            Location(physicalLocation: PhysicalLocation(artifactLocation: $0, region: region))
        }
        return Result(
            ruleId: diagnostic.code, level: level(diagnostic.severity), message: Text(text: diagnostic.message),
            locations: location.map { [$0] } ?? [], fixes: artifact.flatMap { repair(diagnostic.fix, $0) })
    }

    private static func repair(_ fix: Fix?, _ artifact: Artifact) -> [Repair]? {
        guard let fix else { return nil }
        let region = Region(startLine: fix.line, startColumn: 1, endLine: fix.line + fix.count)
        let text = fix.replacement.map { $0 + "\n" }.joined()
        let replacement = Replacement(deletedRegion: region, insertedContent: Text(text: text))
        return [
            Repair(
                description: Text(text: fix.title),
                artifactChanges: [Change(artifactLocation: artifact, replacements: [replacement])])
        ]
    }

    /// A relative reference of RFC 3986.
    private static func uri(_ path: String) -> String {
        path.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.properties.isAlphabetic && byte < 0x80 || "0123456789-._~/".utf8.contains(byte)
            if isPlain { return String(scalar) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
