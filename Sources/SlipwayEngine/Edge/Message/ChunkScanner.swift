// SPDX-License-Identifier: Apache-2.0

/// Checks a chunked body as it passes (RFC 9112, section 7.1) and says where its data is.
struct ChunkScanner: Equatable {
    enum Piece: Equatable {
        case data(Range<Int>)
        /// The size line of the last chunk ended just before this offset; trailers follow.
        case trailers(at: Int)
        /// The body's last byte was just before this offset.
        case end(at: Int)
    }

    private enum State: UInt8 {
        case size, sizeDigits, extensions, sizeLineFeed, data, dataReturn, dataLineFeed
        case trailerStart, trailerLine, trailerLineFeed, finalLineFeed, done
    }

    /// Trailers and one line of chunk extensions together; nginx bounds neither, 8 KiB is Node's limit for headers.
    private static let largestOverhead = 8 << 10
    private var state = State.size
    private var size = 0
    private var overhead = 0

    /// Everything so far is whole chunks: the body could end here.
    var isBetweenChunks: Bool { state == .size }

    /// The last chunk's size line has passed, the end has not.
    var isInTrailers: Bool {
        switch state {
        case .trailerStart, .trailerLine, .trailerLineFeed, .finalLineFeed: true
        default: false
        }
    }

    /// - Parameter position: Where to go on in `bytes`; moved past what was read.
    /// - Returns: `nil` when all bytes were read.
    mutating func next(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(ProtocolViolation) -> Piece? {
        while position < bytes.count, state != .done {
            if state == .data {
                let start = position
                position += min(size, bytes.count - position)
                size -= position - start
                if size == 0 { state = .dataReturn }
                return .data(start..<position)
            }
            let byte = bytes[position]
            position += 1
            switch state {
            case .size, .sizeDigits: try readSize(byte)
            case .extensions:
                if byte == ByteClass.carriageReturn {
                    state = .sizeLineFeed
                } else {
                    guard !ByteClass.isForbiddenInValue(byte) else { throw .chunkExtension }
                    try count()
                }
            case .sizeLineFeed:
                guard byte == ByteClass.lineFeed else { throw .chunkSize }
                guard size == 0 else {
                    state = .data
                    continue
                }
                (state, overhead) = (.trailerStart, 0)
                return .trailers(at: position)
            case .dataReturn:
                guard byte == ByteClass.carriageReturn else { throw .chunkEnd }
                state = .dataLineFeed
            case .dataLineFeed:
                guard byte == ByteClass.lineFeed else { throw .chunkEnd }
                (state, overhead) = (.size, 0)
            case .finalLineFeed:
                guard byte == ByteClass.lineFeed else { throw .trailer }
                state = .done
                return .end(at: position)
            case .trailerStart, .trailerLine, .trailerLineFeed: try readTrailer(byte)
            case .data, .done: return nil
            }
        }
        return nil
    }

    private mutating func readSize(_ byte: UInt8) throws(ProtocolViolation) {
        if let digit = ByteClass.hexValue(byte) {
            // 15 digits fit an Int with room to spare; leading zeros count, so that a size line stays short.
            guard overhead < 15 else { throw .chunkSize }
            size = (state == .size ? 0 : size << 4) | Int(digit)
            overhead += 1
            state = .sizeDigits
            return
        }
        guard state == .sizeDigits else { throw .chunkSize }
        switch byte {
        case ByteClass.carriageReturn: state = .sizeLineFeed
        case 0x3B: state = .extensions
        default: throw .chunkSize
        }
    }

    private mutating func readTrailer(_ byte: UInt8) throws(ProtocolViolation) {
        try count()
        switch state {
        case .trailerStart where byte == ByteClass.carriageReturn: state = .finalLineFeed
        case .trailerStart:
            guard ByteClass.isToken(byte) else { throw .trailer }
            state = .trailerLine
        case .trailerLine where byte == ByteClass.carriageReturn: state = .trailerLineFeed
        case .trailerLine:
            guard !ByteClass.isForbiddenInValue(byte) else { throw .trailer }
        default:
            guard byte == ByteClass.lineFeed else { throw .trailer }
            state = .trailerStart
        }
    }

    private mutating func count() throws(ProtocolViolation) {
        overhead += 1
        guard overhead <= Self.largestOverhead else { throw .trailer }
    }
}
