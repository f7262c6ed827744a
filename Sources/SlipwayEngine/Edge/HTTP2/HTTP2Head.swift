// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHPACK

/// Heads between HTTP/2 and the HTTP/1.1 that the rest of the edge speaks. Pure.
///
/// A request is written down as HTTP/1.1 and read by the same parser as every other one, so there is one place that
/// decides what is let through. What could not be told apart there any more (a line end in a value, a second length)
/// is refused here (RFC 9113, section 8.2).
enum HTTP2Head {
    enum Framing: Equatable { case none, counted, chunked }

    /// - Parameter endsStream: No body follows.
    static func request(
        _ headers: HPACKHeaders, endsStream: Bool
    ) throws(ProtocolViolation) -> (bytes: ByteBuffer, framing: Framing) {
        let pseudo = try Pseudo(headers)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(512)
        bytes.writeString("\(pseudo.method) \(pseudo.path) HTTP/1.1\r\nhost: \(pseudo.authority)\r\n")
        var cookies: [String] = []
        var hasLength = false
        for (name, value, _) in headers where !name.hasPrefix(":") && name != "host" {
            try check(name, value)
            switch name {
            // Browsers send each cookie by itself; HTTP/1.1 knows one line (RFC 9113, section 8.2.3).
            case "cookie": cookies.append(value)
            case "content-length":
                guard !hasLength else { throw .severalContentLengths }
                hasLength = true
                bytes.writeString("\(name): \(value)\r\n")
            default: bytes.writeString("\(name): \(value)\r\n")
            }
        }
        if !cookies.isEmpty { bytes.writeString("cookie: \(cookies.joined(separator: "; "))\r\n") }
        let framing: Framing = endsStream ? .none : hasLength ? .counted : .chunked
        if framing == .chunked { bytes.writeStaticString("transfer-encoding: chunked\r\n") }
        bytes.writeStaticString("\r\n")
        return (bytes, framing)
    }

    /// The fields that say what HTTP/1.1 has in its first line.
    private struct Pseudo {
        var method = ""
        var path = ""
        var authority = ""

        init(_ headers: HPACKHeaders) throws(ProtocolViolation) {
            var scheme: String?
            var named: String?
            var host: String?
            for (name, value, _) in headers {
                switch name {
                case ":method" where method.isEmpty: method = value
                case ":path" where path.isEmpty: path = value
                case ":scheme" where scheme == nil: scheme = value
                case ":authority" where named == nil: named = value
                case "host" where host == nil: host = value
                case "host": throw .severalHosts
                default: guard !name.hasPrefix(":") else { throw .requestLine }
                }
            }
            guard !method.isEmpty, method.utf8.allSatisfy(ByteClass.isToken), scheme == "https" || scheme == "http"
            else { throw .requestLine }
            guard path.hasPrefix("/") || (path == "*" && method == "OPTIONS"),
                path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
            else { throw .target }
            // Two names that differ are two servers' views of one request.
            guard named == nil || host == nil || named == host else { throw .severalHosts }
            guard let authority = named ?? host else { throw .missingHost }
            guard authority.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw .hostValue }
            self.authority = authority
        }
    }

    private static func check(_ name: String, _ value: String) throws(ProtocolViolation) {
        guard !name.isEmpty, name.utf8.allSatisfy({ ByteClass.isToken($0) && !(0x41...0x5A).contains($0) }) else {
            throw .fieldName
        }
        guard !value.utf8.contains(where: ByteClass.isForbiddenInValue) else { throw .fieldValue }
        switch name {
        // They speak of a connection, and this is none.
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings":
            throw .transferEncoding
        case "te" where value != "trailers": throw .transferEncoding
        default: break
        }
    }

    /// - Parameter fields: Of an HTTP/1.1 response that the edge has written.
    static func response(
        _ head: ResponseHead, _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer
    ) -> HPACKHeaders {
        var headers = HPACKHeaders()
        headers.reserveCapacity(fields.count + 1)
        headers.add(name: ":status", value: String(head.status))
        for field in fields where !field.name.endsAtHop {
            headers.add(name: bytes.text(field.nameRange).lowercased(), value: bytes.text(field.value))
        }
        return headers
    }
}
