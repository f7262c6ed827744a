// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A dotenv file: every byte of the text, and the assignments in it.
///
/// Reads what Docker Compose, python-dotenv and dotenv for Node read alike; where they differ, Docker Compose wins and
/// a diagnostic says so.
public struct Dotenv: Equatable, Sendable {
    /// A stretch of the text: an assignment, or what stands between two.
    public enum Piece: Equatable, Sendable {
        /// Comments, empty lines and lines that assign nothing, with their line ends.
        case filler(String)
        case assignment(DotenvAssignment)

        /// The bytes as they stand in the file.
        public var text: String {
            switch self {
            case .filler(let text): text
            case .assignment(let assignment): assignment.text
            }
        }
    }

    package private(set) var pieces: [Piece]
    /// Lines that the readers above refuse or read differently.
    public private(set) var diagnostics: [Diagnostic]

    /// Reads any text; what cannot be read is kept and reported.
    public init(parsing text: String) {
        var reader = DotenvReader(text)
        pieces = reader.pieces()
        diagnostics = reader.diagnostics
    }

    /// The file's text.
    public var text: String { pieces.lazy.map(\.text).joined() }

    /// All assignments in file order; of a name that stands twice, the last one counts.
    public var assignments: [DotenvAssignment] {
        pieces.compactMap { if case .assignment(let assignment) = $0 { assignment } else { nil } }
    }

    /// The assignment that counts for a name.
    public func assignment(_ name: String) -> DotenvAssignment? { assignments.last { $0.name == name } }

    /// The value that counts for a name, escapes decoded, `$` references as written; `nil` when the name stands alone
    /// or nowhere.
    public subscript(name: String) -> String? { assignment(name)?.value }

    /// Gives a name a value: the assignment that counts is replaced in its place, or a line is added at the end.
    /// Comments, order and every other byte stay.
    public mutating func set(_ name: String, to value: String) {
        let last = pieces.lastIndex {
            if case .assignment(let assignment) = $0 { assignment.name == name } else { false }
        }
        var text = self.text
        if let last, case .assignment(let assignment) = pieces[last] {
            text = pieces.enumerated()
                .map { $0 == last ? assignment.replacingValue(with: value) : $1.text }
                .joined()
        } else {
            let lineEnd = text.utf8.contains(UInt8(ascii: "\r")) ? "\r\n" : "\n"
            if let end = text.utf8.last, end != UInt8(ascii: "\n") { text += lineEnd }
            text += "\(name)=\(DotenvAssignment.quote(value))\(lineEnd)"
        }
        self = Dotenv(parsing: text)
    }

    /// Removes every assignment of a name with its line.
    public mutating func remove(_ name: String) {
        let kept = pieces.filter {
            if case .assignment(let assignment) = $0 { assignment.name != name } else { true }
        }
        self = Dotenv(parsing: kept.lazy.map(\.text).joined())
    }

    /// The values as a process sees them, `$NAME` and `${NAME:-default}` replaced; names without a value are left out.
    /// - Parameter environment: Stronger than the file for references, as in Docker Compose.
    public func expanded(with environment: [String: String] = [:]) -> [String: String] {
        var values: [String: String] = [:]
        for assignment in assignments {
            guard assignment.value != nil else { continue }
            values[assignment.name] = assignment.expanded { environment[$0] ?? values[$0] }
        }
        return values
    }
}
