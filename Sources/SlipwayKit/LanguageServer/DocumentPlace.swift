// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Places of a text as editors count them: lines from zero, columns in UTF-16 code units.
struct DocumentPlace {
    private let lines: [Substring]
    private let lineEnd: String

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        lineEnd = text.contains("\r\n") ? "\r\n" : "\n"
    }

    /// From the finding's column, or the line's first letter, to the end of the line.
    func range(of diagnostic: Diagnostic) -> FileValue {
        let number = max(0, min((diagnostic.line ?? 1) - 1, lines.count - 1))
        let line = lines[number]
        let start = diagnostic.column.map { column in
            String(decoding: line.utf8.prefix(column - 1), as: UTF8.self).utf16.count
        }
        let end = line.utf16.count
        let blank = line.prefix { $0 == " " || $0 == "\t" }.utf16.count
        return range((number, min(start ?? blank, end)), (number, end))
    }

    /// The edit that a fix means.
    func edit(of fix: Fix) -> FileValue {
        let text = fix.replacement.map { $0 + lineEnd }.joined()
        let start = fix.line - 1
        guard start >= lines.count else {
            return ["range": range((start, 0), (start + fix.count, 0)), "newText": .string(text)]
        }
        let end = (lines.count - 1, lines.last?.utf16.count ?? 0)
        return ["range": range(end, end), "newText": .string(lineEnd + text)]
    }

    private func range(_ start: (Int, Int), _ end: (Int, Int)) -> FileValue {
        [
            "start": ["line": .integer(start.0), "character": .integer(start.1)],
            "end": ["line": .integer(end.0), "character": .integer(end.1)],
        ]
    }
}
