// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Findings as workflow commands, which GitHub shows beside the lines
/// (docs.github.com/actions/reference/workflow-commands).
enum GitHubAnnotations {
    static func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { diagnostic in
            let command = diagnostic.severity == .info ? "notice" : diagnostic.severity.rawValue
            let properties = [
                diagnostic.file.map { "file=\(escape($0, inProperty: true))" }, diagnostic.line.map { "line=\($0)" },
                diagnostic.column.map { "col=\($0)" }, "title=\(diagnostic.code)",
            ]
            return "::\(command) \(properties.compactMap { $0 }.joined(separator: ","))::"
                + escape(diagnostic.message, inProperty: false)
        }.joined(separator: "\n")
    }

    private static func escape(_ text: String, inProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where inProperty: result += "%3A"
            case "," where inProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
