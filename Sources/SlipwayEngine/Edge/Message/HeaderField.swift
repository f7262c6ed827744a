// SPDX-License-Identifier: Apache-2.0

/// One header line as offsets into the head's bytes: reading a header allocates nothing.
struct HeaderField {
    let name: HeaderName
    private let lineStart: Int32
    private let nameEnd: Int32
    private let valueStart: Int32
    private let valueEnd: Int32
    private let lineEnd: Int32

    /// The whole line with its CR LF.
    @inline(__always) var line: Range<Int> { Int(lineStart)..<Int(lineEnd) }
    @inline(__always) var nameRange: Range<Int> { Int(lineStart)..<Int(nameEnd) }
    /// Without white space around it.
    @inline(__always) var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

    /// Whether a tab stands before or behind the value.
    func hasTabs(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.part(Int(nameEnd)..<Int(valueStart)).contains(ByteClass.tab)
            || bytes.part(Int(valueEnd)..<Int(lineEnd)).contains(ByteClass.tab)
    }

    /// - Parameter content: The line without its CR LF, not empty.
    init(_ bytes: UnsafeRawBufferPointer, content: Range<Int>) throws(ProtocolViolation) {
        let first = bytes[content.lowerBound]
        guard first != ByteClass.space, first != ByteClass.tab else { throw .foldedField }
        var position = content.lowerBound
        var underscore = false
        while position < content.upperBound, ByteClass.isToken(bytes[position]) {
            if bytes[position] == 0x5F { underscore = true }
            position += 1
        }
        // White space before the colon ends here too: some parsers drop it, others take it into the name.
        guard position > content.lowerBound, position < content.upperBound, bytes[position] == 0x3A else {
            throw .fieldName
        }
        let value = bytes.trimmed((position + 1)..<content.upperBound)
        var forbidden = false
        for index in value { forbidden = forbidden || ByteClass.isForbiddenInValue(bytes[index]) }
        guard !forbidden else { throw .fieldValue }

        let text = bytes.part(content.lowerBound..<position)
        name = underscore ? HeaderName.classifyUnderscored(text) : HeaderName.classify(text)
        lineStart = Int32(truncatingIfNeeded: content.lowerBound)
        nameEnd = Int32(truncatingIfNeeded: position)
        valueStart = Int32(truncatingIfNeeded: value.lowerBound)
        valueEnd = Int32(truncatingIfNeeded: value.upperBound)
        lineEnd = Int32(truncatingIfNeeded: content.upperBound + 2)
    }
}
