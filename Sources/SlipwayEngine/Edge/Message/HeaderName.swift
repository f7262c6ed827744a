// SPDX-License-Identifier: Apache-2.0

/// The header names the edge acts on; everything else is passed on unread.
enum HeaderName: UInt8 {
    case other
    // Framing and connection
    case host, contentLength, transferEncoding, connection, keepAlive, proxyConnection, te, trailer, upgrade
    case http2Settings, expect
    // Added by proxies
    case forwarded, forwardedFor, forwardedProto, forwardedHost, requestID, proxy
    // Conditions and negotiation
    case accept, acceptEncoding, userAgent, ifNoneMatch, ifModifiedSince, ifRange, range, fetchMode
    // Responses
    case contentType, contentTypeOptions, strictTransport
    /// A name that turns into one of the above when `_` is read as `-`, as CGI and WSGI do; never passed on.
    case disguised

    /// - Parameter name: Checked to be a token.
    static func classify(_ name: UnsafeRawBufferPointer) -> HeaderName {
        switch name.count {
        case 2: if name.spells("te") { return .te }
        case 4: if name.spells("host") { return .host }
        case 5:
            if name.spells("range") { return .range }
            if name.spells("proxy") { return .proxy }
        case 6:
            if name.spells("accept") { return .accept }
            if name.spells("expect") { return .expect }
        case 7:
            if name.spells("upgrade") { return .upgrade }
            if name.spells("trailer") { return .trailer }
        case 8: if name.spells("if-range") { return .ifRange }
        case 9: if name.spells("forwarded") { return .forwarded }
        case 10:
            if name.spells("connection") { return .connection }
            if name.spells("user-agent") { return .userAgent }
            if name.spells("keep-alive") { return .keepAlive }
        case 12:
            if name.spells("x-request-id") { return .requestID }
            if name.spells("content-type") { return .contentType }
        case 13: if name.spells("if-none-match") { return .ifNoneMatch }
        case 14:
            if name.spells("content-length") { return .contentLength }
            if name.spells("sec-fetch-mode") { return .fetchMode }
            if name.spells("http2-settings") { return .http2Settings }
        case 15:
            if name.spells("accept-encoding") { return .acceptEncoding }
            if name.spells("x-forwarded-for") { return .forwardedFor }
        case 16:
            if name.spells("x-forwarded-host") { return .forwardedHost }
            if name.spells("proxy-connection") { return .proxyConnection }
        case 17:
            if name.spells("transfer-encoding") { return .transferEncoding }
            if name.spells("if-modified-since") { return .ifModifiedSince }
            if name.spells("x-forwarded-proto") { return .forwardedProto }
        case 25: if name.spells("strict-transport-security") { return .strictTransport }
        case 22: if name.spells("x-content-type-options") { return .contentTypeOptions }
        default: break
        }
        return .other
    }

    /// The class of a name that holds an underscore.
    static func classifyUnderscored(_ name: UnsafeRawBufferPointer) -> HeaderName {
        let dashed = name.map { $0 == 0x5F ? 0x2D : $0 }
        return dashed.withUnsafeBytes { classify($0) } == .other ? .other : .disguised
    }

    /// Meant for one connection only (RFC 9110, section 7.6.1), and what a proxy rewrites.
    @inline(__always) var endsAtHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .te, .upgrade, .http2Settings, .transferEncoding, .proxy,
            .disguised:
            true
        default: false
        }
    }
}
