// SPDX-License-Identifier: Apache-2.0

/// Reads one joined line as an instruction.
struct DockerfileInstructionReader {
    struct Failure: Error {
        let message: String
        let position: SourcePosition
    }

    /// Real files nest ONBUILD not at all; the build refuses it.
    private static let deepestNesting = 50

    let line: LogicalLine
    let escape: UInt8
    let startLine: Int
    let endLine: Int

    func read() throws(Failure) -> DockerfileInstruction { try read(0..<line.bytes.count, depth: 0) }

    private struct Arguments {
        var texts: [String] = []
        var offsets: [Int] = []
        var isJSON = false
        var triggers: [DockerfileInstruction] = []

        init() {}
        init(_ words: [DockerfileWords.Word]) {
            texts = words.map(\.text)
            offsets = words.map(\.offset)
        }
        init(_ text: String, at offset: Int) {
            texts = [text]
            offsets = [offset]
        }
    }

    private func read(_ range: Range<Int>, depth: Int) throws(Failure) -> DockerfileInstruction {
        let body = line.trimmed(range)
        let keywordEnd = line.bytes[body].firstIndex(where: DockerfileWords.isSeparator) ?? body.upperBound
        let written = line.text(body.lowerBound..<keywordEnd)
        let rest = line.bytes[keywordEnd..<body.upperBound].firstIndex { !DockerfileWords.isSeparator($0) }
        let (flags, end) = DockerfileWords.flags(line, (rest ?? body.upperBound)..<body.upperBound, escape: escape)
        let arguments = try arguments(of: written.uppercased(), line.trimmed(end..<body.upperBound), depth: depth)
        return DockerfileInstruction(
            keyword: written.uppercased(), writtenKeyword: written,
            flags: flags.map { DockerfileFlag($0.text, at: line.position(of: $0.offset)) }, arguments: arguments.texts,
            isJSON: arguments.isJSON, line: startLine, endLine: endLine, argumentOffsets: arguments.offsets,
            keywordOffset: body.lowerBound, logical: line, triggers: arguments.triggers)
    }

    private func arguments(of keyword: String, _ range: Range<Int>, depth: Int) throws(Failure) -> Arguments {
        switch keyword {
        case "RUN", "CMD", "ENTRYPOINT", "SHELL": return try command(range)
        case "ADD", "COPY", "VOLUME": return try json(range) ?? Arguments(DockerfileWords.plain(line, range))
        case "EXPOSE", "FROM": return Arguments(DockerfileWords.plain(line, range))
        case "ARG": return Arguments(DockerfileWords.quoted(line, range, escape: escape))
        case "ENV", "LABEL": return try pairs(of: keyword, range)
        case "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR":
            return range.isEmpty ? Arguments() : Arguments(line.text(range), at: range.lowerBound)
        case "HEALTHCHECK": return try healthcheck(range)
        case "ONBUILD":
            guard !range.isEmpty else { return Arguments() }
            guard depth < Self.deepestNesting else { throw failure("ONBUILD is nested too deep", range) }
            var arguments = Arguments()
            let trigger = try read(range, depth: depth + 1)
            arguments.isJSON = trigger.isJSON
            arguments.triggers = [trigger]
            return arguments
        default: return Arguments()
        }
    }

    private func json(_ range: Range<Int>) throws(Failure) -> Arguments? {
        switch JSONStringArray(line.bytes[range]) {
        case .strings(let strings):
            var arguments = Arguments()
            arguments.texts = strings
            arguments.offsets = strings.map { _ in range.lowerBound }
            arguments.isJSON = true
            return arguments
        case .otherValues:
            throw failure("when using JSON array syntax, arrays must be comprised of strings only", range)
        case .notJSON: return nil
        }
    }

    private func command(_ range: Range<Int>) throws(Failure) -> Arguments {
        guard !range.isEmpty else { return Arguments() }
        return try json(range) ?? Arguments(line.text(range), at: range.lowerBound)
    }

    private func healthcheck(_ range: Range<Int>) throws(Failure) -> Arguments {
        let end = line.bytes[range].firstIndex(where: DockerfileWords.isLatinSpace) ?? range.upperBound
        guard end > range.lowerBound else { return Arguments() }
        let next = line.bytes[end..<range.upperBound].firstIndex { !DockerfileWords.isLatinSpace($0) }
        var arguments = try command((next ?? range.upperBound)..<range.upperBound)
        arguments.texts.insert(line.text(range.lowerBound..<end), at: 0)
        arguments.offsets.insert(range.lowerBound, at: 0)
        return arguments
    }

    private func pairs(of keyword: String, _ range: Range<Int>) throws(Failure) -> Arguments {
        let words = DockerfileWords.quoted(line, range, escape: escape)
        guard let first = words.first else { return Arguments() }
        var arguments = Arguments()
        func add(_ name: String, at offset: Int, _ value: String, at valueOffset: Int, _ separator: String) {
            arguments.texts += [name, value, separator]
            arguments.offsets += [offset, valueOffset, valueOffset]
        }
        guard first.text.utf8.contains(UInt8(ascii: "=")) else {
            guard let end = line.bytes[range].firstIndex(where: DockerfileWords.isSeparator) else {
                throw failure("\(keyword) must have two arguments", range)
            }
            let start = line.bytes[end..<range.upperBound].firstIndex { !DockerfileWords.isSeparator($0) }
            let value = (start ?? range.upperBound)..<range.upperBound
            add(line.text(range.lowerBound..<end), at: range.lowerBound, line.text(value), at: value.lowerBound, "")
            return arguments
        }
        for word in words {
            let bytes = Array(word.text.utf8)
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
                throw Failure(
                    message: "can't find = in \"\(word.text)\"; must be of the form: name=value",
                    position: line.position(of: word.offset))
            }
            add(
                String(decoding: bytes[..<equals], as: UTF8.self), at: word.offset,
                String(decoding: bytes[(equals + 1)...], as: UTF8.self), at: word.offset + equals + 1, "=")
        }
        return arguments
    }

    private func failure(_ message: String, _ range: Range<Int>) -> Failure {
        Failure(message: message, position: line.position(of: range.lowerBound))
    }
}
