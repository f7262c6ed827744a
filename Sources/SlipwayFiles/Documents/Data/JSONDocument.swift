// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A JSON text (RFC 8259), or one of its tolerant kin, as a node with positions.
public struct JSONDocument: Equatable, Sendable {
    /// Which spellings are read.
    public enum Dialect: Sendable {
        /// RFC 8259 and nothing more.
        case strict
        /// What tsconfig.json and JSON5 add: comments, trailing commas, single quotes, bare keys, hexadecimal and
        /// signed numbers.
        case tolerant
    }

    /// `nil` when the text is not JSON.
    public let root: DataNode?
    /// Why not; and keys that stand twice, as warnings.
    public let diagnostics: [Diagnostic]

    /// Reads the text; a failure is a diagnostic.
    public init(parsing text: String, dialect: Dialect = .strict) {
        var reader = JSONReader(text, isTolerant: dialect == .tolerant)
        do throws(JSONReader.Failure) {
            root = try reader.document()
            diagnostics = reader.warnings
        } catch {
            root = nil
            diagnostics = [
                Diagnostic(
                    "AP000", .error, line: error.position.line, column: error.position.column,
                    "not JSON: \(error.message)")
            ]
        }
    }
}
