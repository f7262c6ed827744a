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
        let endings = extensions.map { Array(".\($0)".utf8) }
        files = tree.ownFiles(of: directory, without: nested, asideToo: false).compactMap { entry -> File? in
            guard endings.contains(where: { entry.path.utf8.suffix($0.count).elementsEqual($0) }),
                !Self.isTest(entry.name), let text = tree.text(entry.path)
            else { return nil }
            return File(path: entry.path, text: text)
        }
    }

    private static func isTest(_ name: String) -> Bool {
        name.contains("_test.") || name.contains(".test.") || name.contains(".spec.")
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
        return file.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).compactMap {
            line in
            number += 1
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let trimmed = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            // `#[get("/")]` is an attribute of Rust or PHP.
            guard let first = trimmed.first,
                first != UInt8(ascii: "#") || trimmed.dropFirst().first == UInt8(ascii: "["),
                first != UInt8(ascii: "*"),
                first != UInt8(ascii: "/") || trimmed.dropFirst().first != UInt8(ascii: "/")
            else { return nil }
            return CodeLine(
                file: file.path, number: number, indentation: text.count - trimmed.count, text: Substring(trimmed))
        }
    }

    /// The string literal that follows `callee(`, in double or single quotes or backticks; first occurrence.
    package func argument(of callee: String) -> String? { arguments(of: callee).first }

    /// The string literals that directly follow each `callee(`.
    package func arguments(of callee: String) -> [String] {
        var result: [String] = []
        var rest = text
        while let range = rest.range(ofText: callee) {
            rest = rest[range.upperBound...]
            guard rest.utf8.first == UInt8(ascii: "(") else { continue }
            rest = rest.dropFirst()
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
