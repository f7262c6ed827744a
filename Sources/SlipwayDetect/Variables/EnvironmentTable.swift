// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension EnvironmentReport {
    private static let widestValue = 32

    /// The contract as an aligned table, then the findings; ends with a line end.
    public func rendered() -> String {
        guard !rows.isEmpty else { return "no variables are read\n" }
        let header = ["NAME", "NEEDED", "WHEN", "SECRET", "DEFAULT", "SERVICES", "READ AT", "TROUBLE"]
        let cells = rows.map { row -> [String] in
            let variable = row.variable
            let isRead = !variable.origins.isEmpty
            let more = variable.origins.count > 1 ? " +\(variable.origins.count - 1)" : ""
            return [
                variable.name, isRead ? (variable.required ? "required" : "optional") : "-",
                isRead ? variable.phase.rawValue : "-", variable.secret ? "secret" : "",
                Self.short(variable.default ?? ""), variable.services.joined(separator: ","),
                (variable.origins.first.map { $0 + more } ?? "given at \(row.given.first ?? "")"), Self.trouble(row),
            ]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        let lines = ([header] + cells).map { cells -> String in
            var line = ""
            for (cell, width) in zip(cells, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        return lines.joined()
    }

    private static func trouble(_ row: Row) -> String {
        let near = row.nearest.map { " (\($0)?)" } ?? ""
        return row.troubles.map { trouble in
            switch trouble {
            case .neverGiven: "read, never given" + near
            case .neverRead: "given, never read" + near
            case .differentDefaults: "different defaults: " + row.defaults.joined(separator: ", ")
            }
        }.joined(separator: "; ")
    }

    private static func short(_ value: String) -> String {
        let line = value.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? value
        return line.count > widestValue ? line.prefix(widestValue - 1) + "…" : line
    }
}
