// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Findings as JUnit's XML: a test suite for each file, a failed case for each finding.
enum JUnitText {
    static func render(_ diagnostics: [Diagnostic]) -> String {
        var files: [String] = []
        var byFile: [String: [Diagnostic]] = [:]
        for diagnostic in diagnostics {
            let file = diagnostic.file ?? "."
            if byFile[file] == nil { files.append(file) }
            byFile[file, default: []].append(diagnostic)
        }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="slipway check" tests="\#(diagnostics.count)" failures="\#(diagnostics.count)">"#,
        ]
        for file in files {
            let found = byFile[file] ?? []
            lines.append(
                #"  <testsuite name="\#(escape(file))" tests="\#(found.count)" failures="\#(found.count)">"#)
            for diagnostic in found {
                let place = [diagnostic.line, diagnostic.column].compactMap { $0.map(String.init) }
                    .joined(separator: ":")
                lines.append(
                    #"    <testcase classname="\#(escape(file))" name="\#(diagnostic.code) \#(place)">"#)
                lines.append(
                    #"      <failure type="\#(diagnostic.severity.rawValue)" message="\#(escape(diagnostic.message))"/>"#
                )
                lines.append("    </testcase>")
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result += "&#\(scalar.value);"
            // XML 1.0 has no way to write the other control characters.
            case "\0"..<" ": result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
