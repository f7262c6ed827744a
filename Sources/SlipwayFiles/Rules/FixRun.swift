// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Mends what findings say how to mend, and looks again after each round, until nothing is left to mend.
package struct FixRun: Sendable {
    /// One edit that was made.
    package struct Applied: Equatable, Sendable {
        package let code: String
        package let file: String
        /// Of the text before the round that made it.
        package let line: Int
        package let title: String
    }

    /// New texts by path, of the files that changed.
    package private(set) var texts: [String: String] = [:]
    /// In the order in which they were made.
    package private(set) var applied: [Applied] = []

    /// A mended file can show what another finding hid; more rounds than this mean that two fixes undo each other.
    private static let mostRounds = 8

    /// - Parameters:
    ///   - includingUnsafe: Also those that may change what the file means.
    ///   - read: The text of a file as it stands.
    ///   - check: The findings, given the texts that have changed so far.
    package init(
        includingUnsafe: Bool, read: (String) -> String?, check: ([String: String]) throws -> [Diagnostic]
    ) rethrows {
        for _ in 0..<Self.mostRounds {
            let found = try check(texts)
            var byFile: [String: [Diagnostic]] = [:]
            for diagnostic in found {
                guard let file = diagnostic.file, let fix = diagnostic.fix, includingUnsafe || !fix.isUnsafe else {
                    continue
                }
                byFile[file, default: []].append(diagnostic)
            }
            guard !byFile.isEmpty else { return }
            var hasChanged = false
            for (file, diagnostics) in byFile.sorted(by: { $0.key < $1.key }) {
                guard let text = texts[file] ?? read(file) else { continue }
                let chosen = Self.withoutOverlap(diagnostics)
                let mended = Self.apply(chosen.compactMap(\.fix), to: text)
                guard mended != text else { continue }
                hasChanged = true
                texts[file] = mended
                applied += chosen.compactMap { diagnostic in
                    diagnostic.fix.map { Applied(code: diagnostic.code, file: file, line: $0.line, title: $0.title) }
                }
            }
            guard hasChanged else { return }
        }
    }

    /// From the top; of two that touch the same lines, the first.
    private static func withoutOverlap(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var chosen: [Diagnostic] = []
        var end = 0
        for diagnostic in diagnostics.sorted(by: { ($0.fix?.line ?? 0) < ($1.fix?.line ?? 0) }) {
            guard let fix = diagnostic.fix, fix.line > end, fix != chosen.last?.fix else { continue }
            chosen.append(diagnostic)
            end = max(fix.line + fix.count - 1, fix.count == 0 ? fix.line - 1 : 0)
        }
        return chosen
    }

    /// The text with whole lines replaced; line ends stay those of the file.
    package static func apply(_ fixes: [Fix], to text: String) -> String {
        let lines = TextLines(text)
        let lineEnd = text.utf8.contains(UInt8(ascii: "\r")) ? "\r\n" : "\n"
        var result: [UInt8] = []
        var next = 0
        func copy(until line: Int) {
            while next < min(line, lines.ranges.count) {
                result += lines.bytes[lines.ranges[next]]
                next += 1
            }
        }
        for fix in fixes.sorted(by: { $0.line < $1.line }) {
            copy(until: fix.line - 1)
            if let last = result.last, last != UInt8(ascii: "\n") { result += Array(lineEnd.utf8) }
            for (index, line) in fix.replacement.enumerated() {
                result += Array(line.utf8)
                // The last line of a file keeps its missing end.
                let isEnd = index == fix.replacement.count - 1 && fix.line - 1 + fix.count >= lines.ranges.count
                if !isEnd || lines.bytes.last == UInt8(ascii: "\n") { result += Array(lineEnd.utf8) }
            }
            next = max(next, min(fix.line - 1 + fix.count, lines.ranges.count))
        }
        copy(until: lines.ranges.count)
        return String(decoding: result, as: UTF8.self)
    }
}
