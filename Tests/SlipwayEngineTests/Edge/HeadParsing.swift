// SPDX-License-Identifier: Apache-2.0

import NIOCore

@testable import SlipwayEngine

/// Parses whole heads given as text.
enum HeadParsing {
    static func request(_ text: String) throws -> RequestHead? {
        var parser = HeadParser()
        return try Array(text.utf8).withUnsafeBytes { bytes in
            guard let length = try parser.parse(bytes, limit: 32 << 10) else { return nil }
            return try RequestHead(parser, bytes.part(0..<length))
        }
    }

    static func violation(_ text: String) -> ProtocolViolation? {
        do {
            _ = try request(text)
            return nil
        } catch {
            return error as? ProtocolViolation
        }
    }

    static func response(_ text: String, toHEAD: Bool = false) throws -> ResponseHead? {
        var parser = HeadParser()
        return try Array(text.utf8).withUnsafeBytes { bytes in
            guard let length = try parser.parse(bytes, limit: 64 << 10) else { return nil }
            return try ResponseHead(parser, bytes.part(0..<length), toHEAD: toHEAD)
        }
    }

    /// What an upstream gets for this request.
    static func forwarded(_ text: String, from client: String, path: String? = nil) throws -> String {
        var parser = HeadParser()
        let bytes = Array(text.utf8)
        var buffer = ByteBuffer()
        try bytes.withUnsafeBytes { bytes in
            guard let length = try parser.parse(bytes, limit: 32 << 10) else { return }
            let head = try RequestHead(parser, bytes.part(0..<length))
            RequestWriter(
                bytes: bytes.part(0..<length), head: head, fields: parser.fields,
                client: ClientIdentity(try SocketAddress(ipAddress: client, port: 1)), requestID: Array("id".utf8),
                path: path.map { Array($0.utf8) }
            ).write(into: &buffer)
        }
        return String(buffer: buffer)
    }
}
