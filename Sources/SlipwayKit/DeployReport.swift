// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy

/// What a command that changes releases did, ready to be shown.
public struct DeployReport: Sendable {
    private struct Body: Encodable {
        var address: String
        var changed: Bool
        var release: Int?
        var previous: Int?
        var outcome: String?
        var strategy: String?
        var reason: String?
        var pauseSeconds: Double?
        var steps: [Step]?
        var seconds: Double?
        var phases: [String: Double]?
        var verdict: WatchVerdict?
        var remarks: [String]
        var migrations: [MigrationFinding]
    }

    private struct Step: Encodable {
        var phase: String
        var action: String
        var undo: [String]
    }

    private let result: Deployment.Result

    init(_ result: Deployment.Result) { self.result = result }

    /// Whether anything was to be done.
    public var hasChanges: Bool { result.plan != nil || result.record != nil }

    /// The number of the release that was put in front; `nil` when nothing was done.
    public var release: Int? { result.record?.number }
    /// Seconds by phase; empty when nothing was done.
    public var phases: [String: Double] { result.record?.phases ?? [:] }
    /// `http://localhost:8080`.
    public var address: String { result.address }

    /// For a plan: its steps; for what was done: one line, or JSON.
    public func rendered(asJSON: Bool) throws -> String {
        if asJSON { return try JSONText.pretty(body) }
        guard let record = result.record else {
            if let plan = result.plan { return ([Self.text(of: plan)] + migrations).joined(separator: "\n") }
            let remarks = result.remarks.isEmpty ? ["nothing to deploy: this is what runs"] : result.remarks
            return remarks.joined(separator: "\n")
        }
        var lines = ["release \(record.number) is \(record.outcome.rawValue) at \(result.address)"]
        if record.outcome != .live { lines = ["release \(record.number) was taken back: \(record.reason ?? "")"] }
        if let verdict = record.verdict { lines.append("watched: \(WatchText(verdict).line)") }
        return (lines + result.remarks).joined(separator: "\n")
    }

    private var migrations: [String] {
        guard !result.findings.isEmpty else { return [] }
        return ["migrations of this release:"]
            + result.findings.map {
                "  \($0.file):\($0.line) [\($0.risk.rawValue)] \($0.message)\n    better: \($0.advice)"
            }
    }

    private static func text(of plan: DeployPlan) -> String {
        let pause =
            plan.pauseSeconds == 0
            ? "no downtime" : "requests wait for about \(Int(plan.pauseSeconds.rounded(.up))) s, none is refused"
        var lines = ["release \(plan.release), \(plan.strategy.rawValue): \(plan.reason)", "expected: \(pause)"]
        var phase: DeployPhase?
        for step in plan.steps {
            if step.phase != phase { lines.append(step.phase.rawValue) }
            phase = step.phase
            let undo = step.undo.map(\.description).joined(separator: ", ")
            lines.append("  \(step.action)" + (undo.isEmpty ? "" : "   (undo: \(undo))"))
        }
        return lines.joined(separator: "\n")
    }

    private var body: Body {
        let (plan, record) = (result.plan, result.record)
        return Body(
            address: result.address, changed: hasChanges, release: record?.number ?? plan?.release,
            previous: record?.previous ?? plan?.previous, outcome: record?.outcome.rawValue,
            strategy: plan?.strategy.rawValue, reason: record?.reason ?? plan?.reason,
            pauseSeconds: plan?.pauseSeconds,
            steps: plan?.steps.map {
                Step(phase: $0.phase.rawValue, action: $0.action.description, undo: $0.undo.map(\.description))
            }, seconds: record?.seconds, phases: record?.phases, verdict: record?.verdict, remarks: result.remarks,
            migrations: result.findings)
    }
}
