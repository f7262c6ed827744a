// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A Dockerfile: every byte of the text, and the instructions in it as BuildKit reads them.
public struct Dockerfile: Equatable, Sendable {
    /// A stretch of whole lines.
    public enum Piece: Equatable, Sendable {
        /// Comments, directives, empty lines and lines that are refused.
        case filler(String)
        case instruction(DockerfileInstruction)

        /// The bytes as they stand in the file.
        public var text: String {
            switch self {
            case .filler(let text): text
            case .instruction(let instruction): instruction.text
            }
        }
    }

    /// The whole file in order.
    public let pieces: [Piece]
    /// In file order.
    public let instructions: [DockerfileInstruction]
    /// The parser directives at the top.
    public let directives: [DockerfileDirective]
    /// `\`, or what the escape directive says.
    public let escape: Unicode.Scalar
    /// What BuildKit's parser refuses, as errors of code DF000, and warns about. With an error the build does not
    /// start; the other instructions are read all the same.
    public let diagnostics: [Diagnostic]

    /// Reads any text; what cannot be read is kept and reported.
    public init(parsing text: String) {
        var reader = DockerfileReader(text)
        reader.read()
        pieces = reader.pieces
        instructions = reader.pieces.compactMap {
            if case .instruction(let instruction) = $0 { instruction } else { nil }
        }
        directives = reader.directives
        escape = Unicode.Scalar(reader.escape)
        diagnostics = reader.diagnostics
    }

    /// The file's text.
    public var text: String { pieces.lazy.map(\.text).joined() }

    /// Whether BuildKit's parser refuses the file.
    public var isRefused: Bool { diagnostics.contains { $0.severity == .error } }
}
