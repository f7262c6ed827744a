// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A TOML 1.0 text as a node with positions and keys in file order.
///
/// Read by hand: the library at hand gives neither positions nor the order of keys, and a rule or an origin needs both.
public struct TOMLDocument: Equatable, Sendable {
    /// A mapping; `nil` when the text is not TOML.
    public let root: DataNode?
    /// Why not.
    public let diagnostics: [Diagnostic]

    /// Reads the text; a failure is a diagnostic.
    public init(parsing text: String) {
        var reader = TOMLReader(text)
        do throws(TOMLFailure) {
            root = try reader.document()
            diagnostics = []
        } catch {
            root = nil
            diagnostics = [
                Diagnostic(
                    "AP000", .error, line: error.position.line, column: error.position.column,
                    "not TOML: \(error.message)")
            ]
        }
    }
}

/// Why a text is not TOML.
struct TOMLFailure: Error {
    let message: String
    let position: SourcePosition
}
