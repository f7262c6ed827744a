// SPDX-License-Identifier: Apache-2.0

/// One instruction of a Dockerfile with everything that BuildKit reads from it.
public struct DockerfileInstruction: Equatable, Sendable {
    /// In upper case; empty for a lone continuation at the end of the file.
    public let keyword: String
    /// As written.
    public let writtenKeyword: String
    /// `--name=value` between the keyword and the arguments.
    public let flags: [DockerfileFlag]
    /// The elements of a JSON array; the raw text of a shell command and of other one-text instructions; the words of
    /// ADD, COPY, EXPOSE, FROM, VOLUME and ARG; name, value and `=` (or an empty text in the old form) of each pair of
    /// ENV and LABEL; `CMD` or `NONE` and then the command of HEALTHCHECK. An ONBUILD has none but a ``trigger``.
    public let arguments: [String]
    /// Whether the arguments (of an ONBUILD: its trigger's) stand in a JSON array.
    public let isJSON: Bool
    /// What follows the instruction's lines, in order.
    public internal(set) var heredocs: [DockerfileHeredoc] = []
    /// Comment lines right before it, without `#`.
    public internal(set) var comments: [String] = []
    /// One-based.
    public let line: Int
    /// One-based; the line of the last heredoc's end, or of the last continuation.
    public internal(set) var endLine: Int
    /// The bytes of all its lines, with line ends.
    public internal(set) var text: String = ""
    /// UTF-8 offsets of the arguments in the joined line; all of a JSON array's are its bracket's.
    let argumentOffsets: [Int]
    let keywordOffset: Int
    let logical: LogicalLine
    /// At most one: an array, because a struct cannot hold itself.
    let triggers: [DockerfileInstruction]

    /// The instruction inside an ONBUILD.
    public var trigger: DockerfileInstruction? { triggers.first }

    /// Where the keyword stands.
    public var position: SourcePosition { logical.position(of: keywordOffset) }

    /// Where an argument starts, or a byte within it: for a shell command, the place of an offset in its text.
    public func position(ofArgument index: Int, offset: Int = 0) -> SourcePosition {
        guard argumentOffsets.indices.contains(index) else { return position }
        return logical.position(of: argumentOffsets[index] + offset)
    }

    /// The joined line, comments and continuations removed.
    public var joinedLine: String { logical.text(0..<logical.bytes.count) }

    /// The last flag of a name, in lower case without dashes.
    public func flag(_ name: String) -> DockerfileFlag? { flags.last { $0.name == name } }

    /// The names and values of an ENV, LABEL or ARG; an ARG without a default has none.
    public var pairs: [(name: String, value: String?)] {
        switch keyword {
        case "ENV", "LABEL":
            return stride(from: 0, to: arguments.count - 1, by: 3).map { (arguments[$0], arguments[$0 + 1]) }
        case "ARG":
            return arguments.map { word in
                guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
                return (String(word[..<equals]), String(word[word.index(after: equals)...]))
            }
        default: return []
        }
    }

    /// The command of a RUN, CMD, ENTRYPOINT, SHELL or HEALTHCHECK CMD: one text in shell form, the words in JSON form.
    public var command: [String] { keyword == "HEALTHCHECK" ? Array(arguments.dropFirst()) : arguments }
}
