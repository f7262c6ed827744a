// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the start line and the header lines of a message, strictly, and goes on where it stopped when more bytes
/// come: a head sent byte by byte costs no more than one sent at once.
struct HeadParser {
    /// Without its CR LF.
    private(set) var startLine = 0..<0
    private(set) var fields: [HeaderField] = []
    private var lineStart = 0
    private var scanned = 0
    private var hasStartLine = false

    /// No line has been read yet.
    var isAtStart: Bool { !hasStartLine }

    /// Ready for the next message; the memory is kept.
    mutating func reset() {
        startLine = 0..<0
        fields.removeAll(keepingCapacity: true)
        lineStart = 0
        scanned = 0
        hasStartLine = false
    }

    /// - Parameters:
    ///   - bytes: From the head's first byte; the same bytes again, and more, after a `nil`.
    ///   - limit: Largest head in bytes.
    /// - Returns: The head's length with its empty line, or `nil` when it is not complete yet.
    mutating func parse(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(ProtocolViolation) -> Int? {
        let window = min(bytes.count, limit)
        while let base = bytes.baseAddress, scanned < window,
            let found = memchr(base + scanned, Int32(ByteClass.lineFeed), window - scanned)
        {
            let lineFeed = UnsafeRawPointer(found) - base
            let start = lineStart
            scanned = lineFeed + 1
            lineStart = scanned
            guard lineFeed > start, bytes[lineFeed - 1] == ByteClass.carriageReturn else { throw .bareLineFeed }
            let content = start..<(lineFeed - 1)
            if !hasStartLine {
                hasStartLine = true
                startLine = content
            } else if content.isEmpty {
                return scanned
            } else {
                fields.append(try HeaderField(bytes, content: content))
            }
        }
        scanned = max(scanned, window)
        guard bytes.count < limit else { throw hasStartLine ? .headTooLarge : .targetTooLong }
        return nil
    }
}
