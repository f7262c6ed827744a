// SPDX-License-Identifier: Apache-2.0

/// How much a finding matters.
public enum Severity: String, Codable, CaseIterable, Comparable, Sendable {
    case error, warning, info

    private var weight: Int { self == .error ? 2 : self == .warning ? 1 : 0 }
    /// Orders by weight: info, warning, error.
    public static func < (left: Self, right: Self) -> Bool { left.weight < right.weight }
}

/// A finding about a user's file: collected, never thrown.
public struct Diagnostic: Codable, Equatable, Hashable, Sendable {
    /// Stable: two letters and three digits, `DF014`.
    public var code: String
    /// How much it matters.
    public var severity: Severity
    /// Relative to the source tree's root.
    public var file: String?
    /// One-based.
    public var line: Int?
    /// One-based, in UTF-8 code units.
    public var column: Int?
    /// What is wrong and what to type, in one sentence.
    public var message: String
    /// The edit that mends it, when it is safe.
    public var fix: Fix?

    package init(
        _ code: String, _ severity: Severity, file: String? = nil, line: Int? = nil, column: Int? = nil,
        _ message: String, fix: Fix? = nil
    ) {
        self.code = code
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.fix = fix
    }

    private enum CodingKeys: String, CodingKey { case code, severity, file, line, column, message, fix }

    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(severity, forKey: .severity)
        try container.encode(file, forKey: .file)
        try container.encode(line, forKey: .line)
        try container.encode(column, forKey: .column)
        try container.encode(message, forKey: .message)
        try container.encode(fix, forKey: .fix)
    }
}

/// A minimal text edit: whole lines are replaced, everything else keeps its bytes.
public struct Fix: Codable, Equatable, Hashable, Sendable {
    /// What the edit does, as an imperative.
    public var title: String
    /// One-based first line that is replaced.
    public var line: Int
    /// How many lines are replaced; 0 inserts before ``line``.
    public var count: Int
    /// The lines that stand there afterwards, without line ends.
    public var replacement: [String]
    /// Whether it can change what the file means otherwise; applied only when asked for.
    public var isUnsafe: Bool

    package init(_ title: String, line: Int, count: Int, replacement: [String], isUnsafe: Bool = false) {
        self.title = title
        self.line = line
        self.count = count
        self.replacement = replacement
        self.isUnsafe = isUnsafe
    }
}
