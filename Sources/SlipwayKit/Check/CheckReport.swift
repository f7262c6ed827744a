// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
public import SlipwayHost

/// What a check found, ready to be shown.
public struct CheckReport: Sendable {
    /// How a report is printed.
    public enum Format: String, CaseIterable, Sendable {
        case text, json, sarif, junit, github
    }

    /// Sorted by file, line and column within each path that was checked.
    public let diagnostics: [Diagnostic]
    /// Texts of the files with findings.
    let texts: [String: String]

    /// Whether any finding weighs at least this much.
    public func hasFindings(atLeast severity: Severity) -> Bool { diagnostics.contains { $0.severity >= severity } }

    /// The whole report; the text form has colour where the terminal shows it. Empty when there is nothing to say.
    public func rendered(as format: Format, for terminal: Terminal) throws -> String {
        switch format {
        case .text: CheckText(terminal: terminal).render(self)
        case .json: try JSONText.pretty(diagnostics)
        case .sarif: try JSONText.pretty(SarifLog(diagnostics))
        case .junit: JUnitText.render(diagnostics)
        case .github: GitHubAnnotations.render(diagnostics)
        }
    }

    /// `2 errors, 1 warning, 3 infos`, and what can be mended.
    public var summary: String {
        guard !diagnostics.isEmpty else { return "no findings" }
        let counts = [Severity.error, .warning, .info].map { severity in
            let count = diagnostics.count { $0.severity == severity }
            return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let mendable = diagnostics.count { $0.fix?.isUnsafe == false }
        return counts.joined(separator: ", ")
            + (mendable > 0 ? "; \(mendable) can be mended: slipway check --fix" : "")
    }
}
