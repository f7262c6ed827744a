// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One dotenv file against the contract.
struct DotenvCheck {
    let report: EnvironmentReport

    func diagnostics(_ text: String, path: String) -> [Diagnostic] {
        let assignments = Dotenv(parsing: text).assignments
        let given = Set(assignments.map(\.name))
        let known = Set(report.rows.filter { !$0.variable.origins.isEmpty }.map(\.variable.name))
        var result: [Diagnostic] = []
        for row in report.rows where row.variable.required && !given.contains(row.variable.name) {
            let name = row.variable.name
            let near = NearestName.among(given.subtracting(known), to: name)
            let hint = near.map { "; \($0) is set: rename it" } ?? "; add: \(name)="
            result.append(
                Diagnostic(
                    "EN211", .error, file: path, "\(name) is required by \(row.variable.origins[0]) and not set\(hint)")
            )
        }
        for assignment in assignments {
            let name = assignment.name
            if known.contains(name) {
                let isRequired = report.rows.contains { $0.variable.name == name && $0.variable.required }
                if isRequired, assignment.value?.isEmpty ?? true {
                    result.append(
                        Diagnostic(
                            "EN211", .warning, file: path, line: assignment.line, "\(name) is required and empty here"))
                }
                continue
            }
            guard !ForeignVariables.contains(name) else { continue }
            let hint = NearestName.among(known, to: name).map { "; did you mean \($0)?" } ?? ""
            result.append(
                Diagnostic("EN212", .warning, file: path, line: assignment.line, "nothing reads \(name)\(hint)"))
        }
        return result
    }
}
