// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A railway.json or railway.toml (docs.railway.com/reference/config-as-code).
public struct RailwayConfig: Equatable, Sendable {
    /// The whole file; `nil` when it cannot be read.
    public let root: DataNode?
    /// Why not.
    public let diagnostics: [Diagnostic]

    /// Reads JSON when the text starts with a brace, TOML otherwise.
    public init(parsing text: String) {
        let first = text.utf8.first { !$0.isSpace && $0 < 0x80 }
        var found: [Diagnostic]
        if first == UInt8(ascii: "{") {
            let document = JSONDocument(parsing: text, dialect: .tolerant)
            (root, found) = (document.root, document.diagnostics)
        } else {
            let document = TOMLDocument(parsing: text)
            (root, found) = (document.root, document.diagnostics)
        }
        for index in found.indices { found[index].code = "RW000" }
        diagnostics = found
    }

    /// `RAILPACK`, `NIXPACKS` or `DOCKERFILE`.
    public var builder: String? { root?.at("build", "builder")?.text }
    /// Shell text.
    public var buildCommand: PlacedText? { PlacedText(root?.at("build", "buildCommand")) }
    /// Relative to the service's root.
    public var dockerfile: PlacedText? { PlacedText(root?.at("build", "dockerfilePath")) }
    /// Shell text.
    public var startCommand: PlacedText? { PlacedText(root?.at("deploy", "startCommand")) }
    /// Runs once per release before the new instances start.
    public var releaseCommand: PlacedText? { PlacedText(root?.at("deploy", "preDeployCommand")) }
    /// Path that answers 200.
    public var healthPath: PlacedText? { PlacedText(root?.at("deploy", "healthcheckPath")) }
    /// Cron expression.
    public var schedule: PlacedText? { PlacedText(root?.at("deploy", "cronSchedule")) }
    /// How many instances run.
    public var replicas: Int? { root?.at("deploy", "numReplicas")?.int }
}
