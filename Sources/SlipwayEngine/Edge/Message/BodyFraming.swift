// SPDX-License-Identifier: Apache-2.0

/// Where a message's body ends (RFC 9112, section 6), and how far it has come.
enum BodyFraming: Equatable {
    /// No body, or all of it has passed.
    case none
    /// Bytes still to come, at least 1.
    case length(Int)
    case chunked(ChunkScanner)
    /// Only responses: the connection's end is the body's end.
    case untilClose

    struct Progress: Equatable {
        /// Bytes that belong to this body.
        var consumed = 0
        /// Of them, the first so many are passed on as they are.
        var passed = 0
        /// Of them, payload.
        var data = 0
        var isComplete = false
        /// `passed` ends before the empty line that ends the body.
        var dropsFinalLine = false
    }

    var isComplete: Bool { self == .none }

    /// Reads on in the body.
    /// - Parameter dropsTrailers: The trailer section is checked, but `passed` ends before it.
    mutating func advance(
        _ bytes: UnsafeRawBufferPointer, dropsTrailers: Bool = false
    ) throws(ProtocolViolation) -> Progress {
        switch self {
        case .none: return Progress(isComplete: true)
        case .untilClose: return Progress(consumed: bytes.count, passed: bytes.count, data: bytes.count)
        case .length(let remaining):
            let taken = min(remaining, bytes.count)
            self = taken == remaining ? .none : .length(remaining - taken)
            return Progress(consumed: taken, passed: taken, data: taken, isComplete: taken == remaining)
        case .chunked(var scanner):
            var progress = Progress()
            var trailers: Int? = dropsTrailers && scanner.isInTrailers ? 0 : nil
            while let piece = try scanner.next(bytes, &progress.consumed) {
                switch piece {
                case .data(let range): progress.data += range.count
                case .trailers(let offset): if dropsTrailers { trailers = offset }
                case .end: progress.isComplete = true
                }
            }
            progress.passed = trailers ?? progress.consumed
            progress.dropsFinalLine = dropsTrailers && progress.isComplete
            self = progress.isComplete ? .none : .chunked(scanner)
            return progress
        }
    }

    /// Reads on in the body like ``advance(_:dropsTrailers:)`` and hands each piece of payload to `visit`.
    mutating func extract(
        _ bytes: UnsafeRawBufferPointer, _ visit: (UnsafeRawBufferPointer) -> Void
    ) throws(ProtocolViolation) -> Progress {
        guard case .chunked(var scanner) = self else {
            let progress = try advance(bytes)
            visit(bytes.part(0..<progress.data))
            return progress
        }
        var progress = Progress()
        while let piece = try scanner.next(bytes, &progress.consumed) {
            switch piece {
            case .data(let range):
                progress.data += range.count
                visit(bytes.part(range))
            case .trailers: break
            case .end: progress.isComplete = true
            }
        }
        progress.passed = progress.consumed
        self = progress.isComplete ? .none : .chunked(scanner)
        return progress
    }
}
