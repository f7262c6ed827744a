// SPDX-License-Identifier: Apache-2.0

/// A place in a text.
public struct SourcePosition: Codable, Comparable, Hashable, Sendable {
    /// One-based.
    public var line: Int
    /// One-based, in UTF-8 code units.
    public var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Earlier lines come first, then earlier columns.
    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
