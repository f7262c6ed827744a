// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The source files of one language below one folder, tests and other code bases inside it left out.
package struct CodeBase: Sendable {
    package struct File: Sendable {
        package let path: String
        package let text: String
    }

    /// Relative to the source tree's root.
    package let directory: String
    package let files: [File]

    /// - Parameters:
    ///   - extensions: Without the dot.
    ///   - nested: Folders below that are code bases of their own.
    package init(_ tree: SourceTree, directory: String, extensions: Set<String>, nested: [String] = []) {
        self.directory = directory
        files = tree.files(under: directory).compactMap { entry -> File? in
            guard let dot = entry.path.lastIndex(of: "."),
                extensions.contains(String(entry.path[entry.path.index(after: dot)...])),
                !Self.isTest(entry.path, below: directory),
                !nested.contains(where: { entry.path.hasPrefix($0 + "/") }),
                let text = tree.text(entry.path)
            else { return nil }
            return File(path: entry.path, text: text)
        }
    }

    private static func isTest(_ path: String, below directory: String) -> Bool {
        let inside = path.relative(to: directory) ?? path
        let name = inside.lastPathComponent
        if Candidate.isAside(inside.parentDirectory) { return true }
        return name.contains("_test.") || name.contains(".test.") || name.contains(".spec.")
            || name.hasPrefix("test_") || name.hasSuffix("Test.java") || name.hasSuffix("Tests.swift")
    }

    /// The first line, in path order, that the closure turns into a value.
    package func first<Value>(_ transform: (CodeLine) -> Value?) -> Value? {
        for file in files {
            for line in CodeLine.lines(of: file) {
                if let value = transform(line) { return value }
            }
        }
        return nil
    }

    /// Every value that the closure makes of a line.
    package func collect<Value>(_ transform: (CodeLine) -> [Value]) -> [Value] {
        files.flatMap { file in CodeLine.lines(of: file).flatMap(transform) }
    }

    /// Whether any file holds the text; cheaper than looking at lines.
    package func contains(_ needle: String) -> Bool { files.contains { $0.text.utf8.contains(needle) } }
}

/// One line of code with its place; whole-line comments are left out.
package struct CodeLine: Sendable {
    package let file: String
    /// One-based.
    package let number: Int
    /// Blanks before the text.
    package let indentation: Int
    package let text: Substring

    static func lines(of file: CodeBase.File) -> [CodeLine] {
        var number = 0
        return file.text.split(omittingEmptySubsequences: false) { $0.isNewline }.compactMap { text in
            number += 1
            let trimmed = text.drop { $0 == " " || $0 == "\t" }
            guard !trimmed.isEmpty, !trimmed.hasPrefix("//"), !trimmed.hasPrefix("#"), !trimmed.hasPrefix("*")
            else { return nil }
            let indentation = text.utf8.count - trimmed.utf8.count
            return CodeLine(file: file.path, number: number, indentation: indentation, text: trimmed)
        }
    }

    /// The string literal that follows `callee(`, in double or single quotes or backticks; first occurrence.
    package func argument(of callee: String) -> String? { arguments(of: callee).first }

    /// The string literals that directly follow each `callee(`.
    package func arguments(of callee: String) -> [String] {
        var result: [String] = []
        var rest = text
        while let range = rest.range(ofText: callee + "(") {
            rest = rest[range.upperBound...]
            if let literal = Self.leadingLiteral(rest) { result.append(literal) }
        }
        return result
    }

    /// The literal that the text begins with.
    package static func leadingLiteral(_ text: Substring) -> String? {
        let text = text.drop { $0 == " " }
        guard let quote = text.first, quote == "\"" || quote == "'" || quote == "`",
            let end = text.dropFirst().firstIndex(of: quote)
        else { return nil }
        return String(text[text.index(after: text.startIndex)..<end])
    }

    /// All string literals of the line.
    package var literals: [String] {
        var result: [String] = []
        var rest = text
        while let start = rest.firstIndex(where: { $0 == "\"" || $0 == "'" || $0 == "`" }) {
            guard let literal = Self.leadingLiteral(rest[start...]) else { break }
            result.append(literal)
            rest = rest[start...].dropFirst(literal.count + 2)
        }
        return result
    }
}

extension Substring {
    /// The first occurrence of a text, found byte by byte.
    func range(ofText needle: String) -> Range<Index>? {
        let pattern = Array(needle.utf8)
        guard !pattern.isEmpty else { return nil }
        var start = utf8.startIndex
        while let first = utf8[start...].firstIndex(of: pattern[0]) {
            if utf8[first...].starts(with: pattern) { return first..<utf8.index(first, offsetBy: pattern.count) }
            start = utf8.index(after: first)
        }
        return nil
    }

    /// Whether the text occurs.
    func has(_ needle: String) -> Bool { range(ofText: needle) != nil }
}

extension String.UTF8View {
    /// Whether these bytes occur.
    func contains(_ needle: String) -> Bool {
        let pattern = Array(needle.utf8)
        return withContiguousStorageIfAvailable { Self.occurs(pattern, in: $0) } ?? false
    }

    private static func occurs(_ pattern: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = pattern.first, bytes.count >= pattern.count else { return false }
        var index = 0
        let last = bytes.count - pattern.count
        while index <= last {
            if bytes[index] == first {
                var offset = 1
                while offset < pattern.count, bytes[index + offset] == pattern[offset] { offset += 1 }
                if offset == pattern.count { return true }
            }
            index += 1
        }
        return false
    }
}
