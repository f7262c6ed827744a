// SPDX-License-Identifier: Apache-2.0

/// The command cannot go on. Findings about a user's files are ``Diagnostic``s instead.
public struct SlipwayError: Error, Sendable, CustomStringConvertible {
    /// Stable, in kebab case; `docs/errors.md` has a section of this name for each.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// As printed and documented.
        public let rawValue: String
        /// Of the command that throws it.
        public let exitStatus: ExitStatus

        /// See the type.
        public init(rawValue: String) { self.init(rawValue, .findings) }
        /// See the type.
        public init(_ rawValue: String, _ exitStatus: ExitStatus) {
            self.rawValue = rawValue
            self.exitStatus = exitStatus
        }
        /// By the raw value.
        public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
        /// By the raw value.
        public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    }

    /// Stable; see the error catalog.
    public let code: Code
    /// Lower case, no full stop, with the value found.
    public let message: String
    /// A command to type, or the line to write.
    public let hint: String?
    /// More lines: a log's end, the names that are missing, the candidates.
    public let details: [String]
    /// What was caught underneath, if anything.
    public let cause: (any Error)?

    package init(
        _ code: Code, _ message: String, hint: String? = nil, details: [String] = [], cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details
        self.cause = cause
    }

    /// Never the values.
    public var description: String {
        var lines = ["error[\(code.rawValue)]: \(message)"]
        lines += details.map { "  \($0)" }
        if let cause { lines.append("  cause: \(cause)") }
        if let hint { lines.append("  hint: \(hint)") }
        return lines.joined(separator: "\n")
    }
}
