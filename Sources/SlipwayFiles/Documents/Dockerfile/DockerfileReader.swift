// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Cuts a Dockerfile into instructions and what stands between them, line by line as BuildKit does
/// (frontend/dockerfile/parser/parser.go).
struct DockerfileReader {
    /// Longer lines are refused: Go's bufio.Scanner reads lines into a buffer of 64 KiB.
    private static let longestLineInBytes = 65_535

    private let lines: TextLines
    private var next = 0
    private var directiveReader = DockerfileDirectiveReader()
    private var comments: [String] = []
    private(set) var escape = UInt8(ascii: "\\")
    private(set) var pieces: [Dockerfile.Piece] = []
    private(set) var diagnostics: [Diagnostic] = []

    var directives: [DockerfileDirective] { directiveReader.directives }

    init(_ text: String) { lines = TextLines(text) }

    mutating func read() {
        var fillerStart = 0
        while next < lines.ranges.count {
            let start = next
            guard let instruction = instruction() else { continue }
            addFiller(fillerStart..<start)
            pieces.append(.instruction(instruction))
            fillerStart = next
        }
        addFiller(fillerStart..<next)
        let hasInstruction = pieces.contains { if case .instruction = $0 { true } else { false } }
        if !hasInstruction, diagnostics.isEmpty {
            refuse("file with no instructions", at: SourcePosition(line: max(lines.ranges.count, 1), column: 1))
        }
    }

    private mutating func addFiller(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        pieces.append(.filler(text(of: range)))
    }

    private func text(of range: Range<Int>) -> String {
        guard !range.isEmpty else { return "" }
        let start = lines.ranges[range.lowerBound].lowerBound
        return String(decoding: lines.bytes[start..<lines.ranges[range.upperBound - 1].upperBound], as: UTF8.self)
    }

    private mutating func refuse(_ message: String, at position: SourcePosition) {
        diagnostics.append(Diagnostic("DF000", .error, line: position.line, column: position.column, message))
    }

    /// A line without its line end, all carriage returns at its end included.
    private mutating func takeLine() -> ArraySlice<UInt8> {
        let range = lines.ranges[next]
        next += 1
        var body = lines.bytes[range]
        let hasLineFeed = body.last == 0x0A
        if body.count - (hasLineFeed ? 1 : 0) > Self.longestLineInBytes {
            refuse(
                "dockerfile line greater than max allowed size of \(Self.longestLineInBytes)",
                at: SourcePosition(line: next, column: 1))
        }
        while let last = body.last, last.isLineEnd { body.removeLast() }
        if next == 1, body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        return body
    }

    private func column(of body: ArraySlice<UInt8>) -> Int {
        body.startIndex - lines.ranges[next - 1].lowerBound + 1
    }

    /// The instruction that starts on the next line; `nil` for an empty line, a comment or a line that is refused.
    private mutating func instruction() -> DockerfileInstruction? {
        let whole = takeLine()
        var body = whole
        while case let length = UnicodeSpace.length(body), length > 0 { body = body.dropFirst(length) }
        let startLine = next
        guard !readComment(whole, body, line: startLine) else { return nil }
        var logical = LogicalLine()
        var (part, continues) = trimContinuation(body)
        guard continues || !part.isEmpty else { return nil }
        logical.append(part, at: SourcePosition(line: startLine, column: column(of: body)))
        var emptyLine: Int?
        while continues, next < lines.ranges.count {
            let body = takeLine()
            let content = UnicodeSpace.trim(lines.bytes, body.startIndex..<body.endIndex)
            if content.isEmpty {
                emptyLine = emptyLine ?? next
                continue
            }
            if lines.bytes[content.lowerBound] == UInt8(ascii: "#") { continue }
            (part, continues) = trimContinuation(body)
            logical.append(part, at: SourcePosition(line: next, column: column(of: body)))
        }
        if let emptyLine {
            diagnostics.append(
                Diagnostic(
                    "DF000", .warning, line: emptyLine, column: 1,
                    "an empty line inside an instruction will become an error; remove it"))
        }
        return finish(logical, startLine: startLine)
    }

    /// Notes comments and directives; whether the line is one.
    private mutating func readComment(_ whole: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>, line: Int) -> Bool {
        do throws(DockerfileDirectiveReader.Failure) {
            if let directive = try directiveReader.read(body, number: line) {
                if directive.name == "escape", let byte = directive.value.utf8.first { escape = byte }
                return true
            }
        } catch {
            refuse(error.message, at: SourcePosition(line: line, column: column(of: body)))
            return true
        }
        guard body.first == UInt8(ascii: "#") else { return false }
        let range = UnicodeSpace.trim(lines.bytes, whole.startIndex + 1..<whole.endIndex)
        if range.isEmpty {
            comments = []
        } else {
            comments.append(String(decoding: lines.bytes[range], as: UTF8.self))
        }
        return true
    }

    /// The line without a lone escape at its end, and whether there was one.
    private func trimContinuation(_ body: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, continues: Bool) {
        var end = body.endIndex
        while end > body.startIndex, body[end - 1].isBlank { end -= 1 }
        guard end > body.startIndex, body[end - 1] == escape else { return (body, false) }
        guard end - 1 == body.startIndex || body[end - 2] != escape else { return (body, false) }
        return (body[..<(end - 1)], true)
    }

    private mutating func finish(_ logical: LogicalLine, startLine: Int) -> DockerfileInstruction? {
        let reader = DockerfileInstructionReader(line: logical, escape: escape, startLine: startLine, endLine: next)
        do throws(DockerfileInstructionReader.Failure) {
            var instruction = try reader.read()
            instruction.comments = comments
            comments = []
            instruction.heredocs = try heredocs(of: instruction)
            instruction.endLine = next
            instruction.text = text(of: startLine - 1..<next)
            return instruction
        } catch {
            refuse(error.message, at: error.position)
            return nil
        }
    }

    private mutating func heredocs(
        of instruction: DockerfileInstruction
    ) throws(DockerfileInstructionReader.Failure) -> [DockerfileHeredoc] {
        let target = instruction.keyword == "ONBUILD" ? instruction.trigger ?? instruction : instruction
        guard ["ADD", "COPY", "RUN"].contains(target.keyword), !target.isJSON else { return [] }
        let line = instruction.joinedLine
        guard line.contains("<<") else { return [] }
        var heredocs: [DockerfileHeredoc]
        do throws(DockerfileLexer.Failure) {
            heredocs = try DockerfileHeredoc.announced(in: line)
        } catch {
            throw .init(message: error.message, position: instruction.position)
        }
        for index in heredocs.indices {
            let start = next
            guard let end = end(of: heredocs[index]) else {
                next = lines.ranges.count
                throw .init(message: "unterminated heredoc \(heredocs[index].name)", position: instruction.position)
            }
            heredocs[index].content = text(of: start..<end)
            heredocs[index].line = start + 1
            next = end + 1
        }
        return heredocs
    }

    /// Index of the line that ends a heredoc.
    private mutating func end(of heredoc: DockerfileHeredoc) -> Int? {
        let name = Array(heredoc.name.utf8)
        while next < lines.ranges.count {
            let body = takeLine()
            let word = heredoc.dropsTabs ? body.drop { $0 == 0x09 } : body
            if word.elementsEqual(name) { return next - 1 }
        }
        return nil
    }
}
