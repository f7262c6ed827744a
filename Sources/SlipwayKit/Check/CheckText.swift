// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Findings with the line that they speak of and a caret below the place.
struct CheckText {
    let terminal: Terminal

    func render(_ report: CheckReport) -> String {
        var lines: [String: [Substring]] = [:]
        var blocks: [String] = []
        for diagnostic in report.diagnostics {
            var block = [head(of: diagnostic)]
            if let file = diagnostic.file, let number = diagnostic.line {
                let text = lines[file] ?? report.texts[file].map(Self.split) ?? []
                lines[file] = text
                if text.indices.contains(number - 1) {
                    block += excerpt(text[number - 1], number, column: diagnostic.column)
                }
            }
            blocks.append(block.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n")
    }

    private static func split(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    private func head(of diagnostic: Diagnostic) -> String {
        let style: Terminal.Style =
            switch diagnostic.severity {
            case .error: .red
            case .warning: .yellow
            case .info: .cyan
            }
        let place = [diagnostic.file, diagnostic.line.map(String.init), diagnostic.column.map(String.init)]
            .compactMap { $0 }.joined(separator: ":")
        let level = terminal.styled("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style)
        return (place.isEmpty ? "" : terminal.styled(place, .bold) + ": ") + "\(level) \(diagnostic.message)"
    }

    private func excerpt(_ line: Substring, _ number: Int, column: Int?) -> [String] {
        let gutter = String(number)
        let blank = String(repeating: " ", count: gutter.utf8.count)
        // Tabs have the width of the terminal's choice, so the caret's line repeats them.
        let utf8 = Array(line.utf8)
        let start = min(column.map { $0 - 1 } ?? utf8.prefix { $0 == 0x20 || $0 == 0x09 }.count, utf8.count)
        let lead = String(decoding: utf8[..<start], as: UTF8.self).map { $0 == "\t" ? "\t" : " " }
        return [
            terminal.styled(" \(gutter) | ", .dim) + line,
            terminal.styled(" \(blank) | ", .dim) + lead.joined() + terminal.styled("^", .cyan),
        ]
    }
}
