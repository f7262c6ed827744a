// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The project's own files, for tests that hold the code against its architecture.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Paths relative to the root, sorted, of the files with this extension below a folder.
    static func files(under directory: String, withExtension wanted: String = "swift") -> [String] {
        let base = root.appendingPathComponent(directory)
        let enumerator = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        let urls = (enumerator?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == wanted }
        return urls.map { String($0.path.dropFirst(root.path.count + 1)) }
            .filter { !$0.contains("/.build/") && !$0.contains("/.slipway/") }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Lines with their one-based numbers, comments and string literals' contents taken out roughly: enough to look
    /// for a word of code.
    static func code(_ path: String) throws -> [(number: Int, text: String)] {
        var isInBlock = false
        return try text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            var text = String(line)
            if text.contains("\"\"\"") { isInBlock.toggle() }
            if isInBlock { return (index + 1, "") }
            if let comment = text.range(of: "//") { text = String(text[..<comment.lowerBound]) }
            var isInString = false
            text.removeAll { character in
                if character == "\"" { isInString.toggle() }
                return isInString && character != "\""
            }
            return (index + 1, text)
        }
    }
}
