// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes the head that goes to the client: the upstream's, without what ends at this hop.
struct ResponseWriter {
    let bytes: UnsafeRawBufferPointer
    let head: ResponseHead
    let fields: [HeaderField]
    let delivery: Delivery
    let requestID: [UInt8]
    /// More lines of a final response, each with CR LF.
    var extra: ByteBuffer?

    enum Delivery: Equatable {
        /// 1xx before the real response.
        case interim
        /// 101: afterwards the bytes are no HTTP.
        case tunnel
        case final(connection: Persistence, isChunked: Bool, addsContentTypeOptions: Bool)
    }

    enum Persistence: Equatable {
        case implied
        /// Said aloud for HTTP/1.0 clients.
        case keepAlive
        case close
    }

    func write(into buffer: inout ByteBuffer) {
        buffer.writeHead(reserve: bytes.count + requestID.count + 160 + (extra?.readableBytes ?? 0)) { cursor in
            cursor.append("HTTP/1.1 ")
            cursor.append(bytes.part(head.statusAndReason))
            // A status line without a reason still has the space before it (RFC 9112, section 4).
            cursor.append(head.statusAndReason.count == 3 ? " \r\n" : "\r\n")
            cursor.append(fields, of: bytes, where: passes)
            switch delivery {
            case .interim: break
            case .tunnel: upgrade(&cursor)
            case .final(let connection, let isChunked, let addsContentTypeOptions):
                if isChunked { cursor.append("Transfer-Encoding: chunked\r\n") }
                if addsContentTypeOptions { cursor.append("X-Content-Type-Options: nosniff\r\n") }
                if let extra, !head.hasStrictTransport { extra.withUnsafeReadableBytes { cursor.append($0) } }
                identify(&cursor)
                switch connection {
                case .implied: break
                case .keepAlive: cursor.append("Connection: keep-alive\r\n")
                case .close: cursor.append("Connection: close\r\n")
                }
            }
            cursor.append("\r\n")
        }
    }

    private func passes(_ field: HeaderField) -> Bool {
        switch field.name {
        case .other: !head.options.namesHeaders || !ConnectionOptions.names(field.nameRange, in: fields, bytes)
        case .disguised: true
        default: !field.name.endsAtHop
        }
    }

    private func upgrade(_ cursor: inout HeadCursor) {
        cursor.append("Connection: Upgrade\r\n")
        guard let upgrade = head.upgrade else { return }
        cursor.append("Upgrade: ")
        cursor.append(bytes.part(upgrade))
        cursor.append("\r\n")
    }

    private func identify(_ cursor: inout HeadCursor) {
        guard !head.hasRequestID else { return }
        cursor.append("X-Request-Id: ")
        cursor.append(requestID)
        cursor.append("\r\n")
    }
}
