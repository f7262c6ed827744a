// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A .dockerignore: every byte of the text, and its rules as Docker reads them
/// (github.com/moby/patternmatcher, ignorefile).
public struct DockerIgnore: Equatable, Sendable {
    /// One line that is neither empty nor a comment.
    public struct Rule: Equatable, Sendable {
        /// Cleaned, without `!`, relative to the context's root.
        public let pattern: String
        /// Whether matching files come back into the context.
        public let isException: Bool
        /// Where the line's text starts.
        public let position: SourcePosition
        let glob: IgnoreGlob
    }

    /// The file's text.
    public let text: String
    /// In file order; the last one that matches decides.
    public let rules: [Rule]
    /// Lines that make the build fail.
    public let diagnostics: [Diagnostic]

    /// Reads any text; a malformed pattern is reported and matches nothing.
    public init(parsing text: String) {
        let lines = TextLines(text)
        var rules: [Rule] = []
        var diagnostics: [Diagnostic] = []
        for index in lines.ranges.indices {
            var body = lines.body(index)
            let start = body.startIndex
            if index == 0, body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
            guard body.first != UInt8(ascii: "#") else { continue }
            let range = UnicodeSpace.trim(lines.bytes, body.startIndex..<body.endIndex)
            guard !range.isEmpty else { continue }
            let position = SourcePosition(line: index + 1, column: range.lowerBound - start + 1)
            let line = String(decoding: lines.bytes[range], as: UTF8.self)
            if let rule = Self.rule(line, at: position) {
                rules.append(rule)
            } else {
                diagnostics.append(
                    Diagnostic(
                        "DI000", .error, line: position.line, column: position.column,
                        "\(line) is not a pattern; the build fails on it"))
            }
        }
        self.text = text
        self.rules = rules
        self.diagnostics = diagnostics
    }

    private static func rule(_ line: String, at position: SourcePosition) -> Rule? {
        let isInverted = line.hasPrefix("!")
        var pattern = isInverted ? GoPath.trimSpace(String(line.dropFirst())) : line
        if !pattern.isEmpty {
            pattern = GoPath.clean(pattern)
            if pattern.utf8.count > 1, pattern.hasPrefix("/") { pattern.removeFirst() }
        }
        // Docker trims and cleans a second time, with the exclamation mark in front.
        let whole = GoPath.clean(GoPath.trimSpace((isInverted ? "!" : "") + pattern))
        let isException = whole.hasPrefix("!")
        guard whole != "!", let glob = IgnoreGlob(isException ? String(whole.dropFirst()) : whole) else { return nil }
        return Rule(pattern: glob.pattern, isException: isException, position: position, glob: glob)
    }

    /// Whether the file of a path relative to the context's root stays out of the context.
    public func excludes(_ path: String) -> Bool {
        var matcher = DockerIgnoreMatcher(self)
        return matcher.decidingRule(for: path).map { !$0.isException } ?? false
    }

    /// The rule that decides about a path, when any matches.
    public func decidingRule(for path: String) -> Rule? {
        var matcher = DockerIgnoreMatcher(self)
        return matcher.decidingRule(for: path)
    }
}
