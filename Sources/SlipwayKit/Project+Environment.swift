// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayHost

extension Project {
    /// The environment contract beside what the repository's files give.
    public func environmentContract() throws -> ContractReport {
        let detected = try detect()
        return ContractReport(report: EnvironmentReport(tree: detected.tree, services: detected.spec.services))
    }

    /// Compares one dotenv file with the contract.
    /// - Parameter path: Relative to the working directory, or absolute.
    /// - Returns: One line a finding, and whether one of them is an error.
    public func checkEnvironment(file path: String) throws -> (lines: [String], hasErrors: Bool) {
        guard let absolute = FileStore.canonical(path), let slash = absolute.lastIndex(of: "/") else {
            throw SlipwayError(.unreadable, "there is no file \(path)", hint: "slipway env --check .env")
        }
        let name = String(absolute[absolute.index(after: slash)...])
        let text = try FileStore(root: String(absolute[..<slash])).text(name)
        let findings = try environmentContract().report.check(dotenv: text, path: path)
        return (findings.map(DiagnosticText.line), findings.contains { $0.severity == .error })
    }
}

/// The environment contract, ready to be shown.
public struct ContractReport: Sendable {
    let report: EnvironmentReport

    /// An aligned table.
    public var table: String { report.rendered() }
    /// Pretty-printed.
    public func json() throws -> String { try JSONText.pretty(report) }
    /// One line a finding.
    public var findings: [String] { report.diagnostics.map(DiagnosticText.line) }
}
