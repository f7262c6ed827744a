// SPDX-License-Identifier: Apache-2.0

/// What a checked response head says; all ranges are offsets into its bytes.
struct ResponseHead {
    let status: UInt16
    /// From the status code to the end of the line.
    let statusAndReason: Range<Int>
    let body: BodyFraming
    /// The upstream connection may carry another request afterwards.
    let isPersistent: Bool
    /// Of a 101: the protocol switched to.
    let upgrade: Range<Int>?
    let options: ConnectionOptions
    let hasContentTypeOptions: Bool
    /// `text/event-stream`.
    let isEventStream: Bool
    let hasRequestID: Bool
    let hasStrictTransport: Bool
    /// Of a `Keep-Alive: timeout=N` header, in seconds.
    let keepAliveSeconds: Int?

    /// - Parameter toHEAD: The request was HEAD, so whatever the headers say there is no body.
    init(_ parser: borrowing HeadParser, _ bytes: UnsafeRawBufferPointer, toHEAD: Bool) throws(ProtocolViolation) {
        let line = parser.startLine
        guard line.count >= 12, bytes.part(line.lowerBound..<line.lowerBound + 7).equals("HTTP/1."),
            ByteClass.isDigit(bytes[line.lowerBound + 7]), bytes[line.lowerBound + 8] == ByteClass.space,
            line.count == 12 || bytes[line.lowerBound + 12] == ByteClass.space
        else { throw .statusLine }
        let isHTTP10 = bytes[line.lowerBound + 7] == 0x30
        var status: UInt16 = 0
        for index in (line.lowerBound + 9)..<(line.lowerBound + 12) {
            guard ByteClass.isDigit(bytes[index]) else { throw .statusLine }
            status = status &* 10 &+ UInt16(bytes[index] &- 0x30)
        }
        guard status >= 100 else { throw .statusLine }
        for index in (line.lowerBound + 12)..<line.upperBound {
            guard !ByteClass.isForbiddenInValue(bytes[index]) else { throw .statusLine }
        }

        var length: Int?
        var encoding: Range<Int>?
        var upgrade: Range<Int>?
        var options = ConnectionOptions()
        var hasContentTypeOptions = false
        var isEventStream = false
        var hasRequestID = false
        var hasStrictTransport = false
        var keepAliveSeconds: Int?
        for field in parser.fields {
            switch field.name {
            case .contentLength:
                let value = try ContentLength.parse(bytes, field.value)
                guard length == nil || length == value else { throw .severalContentLengths }
                length = value
            case .transferEncoding:
                guard encoding == nil else { throw .transferEncoding }
                encoding = field.value
            case .connection: options.add(bytes, field.value)
            case .upgrade: upgrade = field.value
            case .contentTypeOptions: hasContentTypeOptions = true
            case .contentType: isEventStream = Self.isEventStream(bytes.part(field.value))
            case .requestID: hasRequestID = true
            case .strictTransport: hasStrictTransport = true
            case .keepAlive: keepAliveSeconds = Self.keepAliveSeconds(bytes, field.value)
            default: break
            }
        }
        let hasNoBody = toHEAD || status < 200 || status == 204 || status == 304
        if let encoding {
            guard length == nil else { throw .lengthAndEncoding }
            guard bytes.part(encoding).spells("chunked"), !isHTTP10 else { throw .unknownTransferEncoding }
            body = hasNoBody ? .none : .chunked(ChunkScanner())
        } else if hasNoBody || length == 0 {
            body = .none
        } else {
            body = length.map { .length($0) } ?? .untilClose
        }
        self.status = status
        statusAndReason = (line.lowerBound + 9)..<line.upperBound
        self.upgrade = upgrade
        self.options = options
        self.hasContentTypeOptions = hasContentTypeOptions
        self.isEventStream = isEventStream
        self.hasRequestID = hasRequestID
        self.hasStrictTransport = hasStrictTransport
        self.keepAliveSeconds = keepAliveSeconds
        isPersistent = (isHTTP10 ? options.keepAlive && !options.close : !options.close) && body != .untilClose
    }

    private static func isEventStream(_ value: UnsafeRawBufferPointer) -> Bool {
        let length = 17
        return value.count >= length && value.part(0..<length).spells("text/event-stream")
    }

    private static func keepAliveSeconds(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>) -> Int? {
        var seconds: Int?
        bytes.forEachElement(in: value) { element in
            let start = element.lowerBound + 8
            guard element.count > 8, bytes.part(element.lowerBound..<start).spells("timeout=") else { return }
            seconds = try? ContentLength.parse(bytes, start..<element.upperBound)
        }
        return seconds
    }
}
