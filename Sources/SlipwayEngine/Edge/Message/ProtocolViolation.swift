// SPDX-License-Identifier: Apache-2.0

/// Why a message is refused. Everything two parsers could read differently is here, because that difference is
/// what request smuggling lives on (RFC 9112, section 11.2).
enum ProtocolViolation: Error, Equatable, CaseIterable {
    case requestLine, statusLine, version, unsupportedVersion, target
    case bareLineFeed, foldedField, fieldName, fieldValue
    case headTooLarge, targetTooLong
    case missingHost, severalHosts, hostValue
    case contentLength, severalContentLengths, lengthAndEncoding
    case transferEncoding, unknownTransferEncoding
    case chunkSize, chunkExtension, chunkEnd, trailer, bodyTooLarge
    case unexpectedUpgrade, severalExpectations

    /// The answer a client gets; a violation by an upstream is always 502.
    var status: UInt16 {
        switch self {
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .headTooLarge: 431
        case .unknownTransferEncoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// Lower case, no full stop; goes into error pages.
    var reason: String {
        switch self {
        case .requestLine: "the request line is malformed"
        case .statusLine: "the status line is malformed"
        case .version: "the protocol version is malformed"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .target: "the request target is malformed"
        case .bareLineFeed: "a line does not end with CR LF"
        case .foldedField: "a header line starts with white space"
        case .fieldName: "a header name holds a character it must not"
        case .fieldValue: "a header value holds a control character"
        case .headTooLarge: "the headers are too large"
        case .targetTooLong: "the request line is too long"
        case .missingHost: "the Host header is missing"
        case .severalHosts: "there is more than one Host header"
        case .hostValue: "the Host header is malformed"
        case .contentLength: "the Content-Length header is not a number"
        case .severalContentLengths: "there is more than one Content-Length"
        case .lengthAndEncoding: "there is both a Content-Length and a Transfer-Encoding"
        case .transferEncoding: "the Transfer-Encoding header is malformed"
        case .unknownTransferEncoding: "only the transfer encoding chunked is understood"
        case .chunkSize: "a chunk size is malformed"
        case .chunkExtension: "a chunk extension is malformed"
        case .chunkEnd: "a chunk does not end where its size says"
        case .trailer: "the trailer section is malformed"
        case .bodyTooLarge: "the body is too large"
        case .severalExpectations: "there is more than one Expect header"
        case .unexpectedUpgrade: "the protocol was switched without being asked for"
        }
    }
}
