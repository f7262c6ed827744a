// SPDX-License-Identifier: Apache-2.0

/// What a checked request head says; all ranges are offsets into its bytes.
struct RequestHead {
    let method: HTTPMethod
    let methodRange: Range<Int>
    let target: RequestTarget
    let isHTTP10: Bool
    let body: BodyFraming
    /// The connection may carry another request afterwards.
    let isPersistent: Bool
    /// Value of the Upgrade header when the client asks for an upgrade that may be passed on.
    let upgrade: Range<Int>?
    /// The authority that the request is for; empty for HTTP/1.0 without one.
    let host: Range<Int>
    let options: ConnectionOptions
    /// Some proxy in front has added X-Forwarded-For or Forwarded.
    let wasForwarded: Bool

    init(_ parser: borrowing HeadParser, _ bytes: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        let line = try Self.split(parser.startLine, bytes)
        let method = HTTPMethod(bytes.part(line.method))
        self.method = method
        methodRange = line.method
        isHTTP10 = line.isHTTP10
        // CONNECT's target has a form of its own; it is refused whatever it says.
        let end = line.target.upperBound
        target =
            try method == .connect
            ? RequestTarget(bytes, asterisk: end..<end) : RequestTarget(bytes, line.target, method: method)

        var host: Range<Int>?
        var length: Int?
        var encoding: Range<Int>?
        var upgrade: Range<Int>?
        var options = ConnectionOptions()
        var wasForwarded = false
        var expects = false
        for field in parser.fields {
            switch field.name {
            case .host:
                guard host == nil else { throw .severalHosts }
                host = field.value
            case .contentLength:
                guard length == nil else { throw .severalContentLengths }
                length = try ContentLength.parse(bytes, field.value)
            case .transferEncoding:
                guard encoding == nil else { throw .transferEncoding }
                // Allowed (RFC 9110, section 5.5), but some servers take a tab into the value and so know no chunks.
                guard !field.hasTabs(bytes) else { throw .transferEncoding }
                encoding = field.value
            case .expect:
                guard !expects else { throw .severalExpectations }
                expects = true
            case .connection: options.add(bytes, field.value)
            case .upgrade: upgrade = field.value
            case .forwardedFor, .forwarded: wasForwarded = true
            default: break
            }
        }
        guard let host = host ?? (line.isHTTP10 ? end..<end : nil) else { throw .missingHost }
        if let encoding {
            guard !line.isHTTP10 else { throw .transferEncoding }
            guard length == nil else { throw .lengthAndEncoding }
            guard bytes.part(encoding).spells("chunked") else {
                // A list that repeats or hides `chunked` is an attack or a bug; another coding is just not known.
                throw encoding.isEmpty || encoding.contains { bytes[$0] == 0x2C }
                    ? .transferEncoding : .unknownTransferEncoding
            }
            body = .chunked(ChunkScanner())
        } else {
            body = (length ?? 0) > 0 ? .length(length ?? 0) : .none
        }
        try Self.check(host: host, bytes, mayBeEmpty: line.isHTTP10)
        if let authority = target.authority { try Self.check(host: authority, bytes, mayBeEmpty: false) }
        self.host = target.authority ?? host
        self.options = options
        self.wasForwarded = wasForwarded
        isPersistent = line.isHTTP10 ? options.keepAlive && !options.close : !options.close
        // An h2c tunnel would carry requests past every check made here.
        let mayUpgrade =
            options.upgrade && !line.isHTTP10 && upgrade.map { !$0.isEmpty && !bytes.mentionsH2C($0) } ?? false
        self.upgrade = mayUpgrade ? upgrade : nil
    }

    private static func split(
        _ line: Range<Int>, _ bytes: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> (method: Range<Int>, target: Range<Int>, isHTTP10: Bool) {
        var position = line.lowerBound
        while position < line.upperBound, ByteClass.isToken(bytes[position]) { position += 1 }
        let method = line.lowerBound..<position
        guard !method.isEmpty, position < line.upperBound, bytes[position] == ByteClass.space else {
            throw .requestLine
        }
        let start = position + 1
        position = line.upperBound
        while position > start, bytes[position - 1] != ByteClass.space { position -= 1 }
        guard position > start + 1 else { throw .requestLine }
        let version = bytes.part(position..<line.upperBound)
        let target = start..<(position - 1)
        if version.equals("HTTP/1.1") { return (method, target, false) }
        if version.equals("HTTP/1.0") { return (method, target, true) }
        let isVersion =
            version.count == 8 && version.part(0..<5).equals("HTTP/") && ByteClass.isDigit(version[5])
            && version[6] == 0x2E && ByteClass.isDigit(version[7])
        throw isVersion ? .unsupportedVersion : .version
    }

    private static func check(
        host: Range<Int>, _ bytes: UnsafeRawBufferPointer, mayBeEmpty: Bool
    ) throws(ProtocolViolation) {
        guard !host.isEmpty || mayBeEmpty else { throw .hostValue }
        for index in host {
            switch bytes[index] {
            // Everything uri-host may hold (RFC 3986, section 3.2.2) but nothing of which two parsers could make a
            // different host: no user part, no path, no list, no escape.
            case 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F, 0x7E: continue
            case let byte where ByteClass.isAlphanumeric(byte): continue
            default: throw .hostValue
            }
        }
    }
}

extension RequestTarget {
    /// A target that is not looked at.
    fileprivate init(_ bytes: UnsafeRawBufferPointer, asterisk range: Range<Int>) {
        self.init(isAsterisk: true, authority: nil, path: range, query: range, needsNormalizing: false)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func mentionsH2C(_ value: Range<Int>) -> Bool {
        var found = false
        forEachElement(in: value) { element in found = found || part(element).spells("h2c") }
        return found
    }
}
