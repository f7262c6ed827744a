// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes the head that goes to an upstream: the client's, without what ends at this hop, with what a proxy adds.
struct RequestWriter {
    let bytes: UnsafeRawBufferPointer
    let head: RequestHead
    let fields: [HeaderField]
    let client: ClientIdentity
    let requestID: [UInt8]
    /// What replaces the path; `nil` keeps the client's bytes.
    let path: [UInt8]?

    func write(into buffer: inout ByteBuffer) {
        // Everything of the client's head can appear twice (the host three times), the rest is ours.
        let reserve =
            bytes.count + 3 * head.host.count + (path?.count ?? 0) + 3 * client.forwardedNode.count
            + requestID.count + 256
        buffer.writeHead(reserve: reserve) { cursor in
            startLine(&cursor)
            cursor.append("Host: ")
            cursor.append(bytes.part(head.host))
            cursor.append("\r\n")
            cursor.append(fields, of: bytes, where: passes)
            framing(&cursor)
            forwarding(&cursor)
            cursor.append("X-Request-Id: ")
            cursor.append(requestID)
            cursor.append("\r\n\r\n")
        }
    }

    private func startLine(_ cursor: inout HeadCursor) {
        cursor.append(bytes.part(head.methodRange))
        cursor.append(" ")
        if let path {
            cursor.append(path)
        } else if head.target.path.isEmpty {
            cursor.append("/")
        } else {
            cursor.append(bytes.part(head.target.path))
        }
        cursor.append(bytes.part(head.target.query))
        cursor.append(" HTTP/1.1\r\n")
    }

    private func passes(_ field: HeaderField) -> Bool {
        switch field.name {
        case .other: !head.options.namesHeaders || !ConnectionOptions.names(field.nameRange, in: fields, bytes)
        // Written anew, or (Trailer) about a section that is dropped.
        case .host, .contentLength, .requestID, .forwarded, .forwardedFor, .forwardedHost, .forwardedProto, .trailer:
            false
        default: !field.name.endsAtHop
        }
    }

    private func framing(_ cursor: inout HeadCursor) {
        for field in fields where field.name == .contentLength {
            cursor.append("Content-Length: ")
            cursor.append(bytes.part(field.value))
            cursor.append("\r\n")
        }
        if case .chunked = head.body { cursor.append("Transfer-Encoding: chunked\r\n") }
        if let upgrade = head.upgrade {
            cursor.append("Connection: Upgrade\r\nUpgrade: ")
            cursor.append(bytes.part(upgrade))
            cursor.append("\r\n")
        }
    }

    private func forwarding(_ cursor: inout HeadCursor) {
        // Anyone can write these headers; only what comes from this machine is another proxy's word.
        let trusted = client.isLoopback
        cursor.append("X-Forwarded-For: ")
        if trusted { earlier(.forwardedFor, &cursor) }
        cursor.append(client.address)
        cursor.append("\r\n")
        if !trusted || !only(.forwardedProto, &cursor) {
            cursor.append(client.isSecure ? "X-Forwarded-Proto: https\r\n" : "X-Forwarded-Proto: http\r\n")
        }
        if !trusted || !only(.forwardedHost, &cursor) {
            cursor.append("X-Forwarded-Host: ")
            cursor.append(bytes.part(head.host))
            cursor.append("\r\n")
        }
        cursor.append("Forwarded: ")
        if trusted { earlier(.forwarded, &cursor) }
        cursor.append("for=")
        cursor.append(client.forwardedNode)
        cursor.append(";host=\"")
        cursor.append(bytes.part(head.host))
        cursor.append(client.isSecure ? "\";proto=https\r\n" : "\";proto=http\r\n")
    }

    /// All values of a list header that came in, joined: many frameworks read one line only.
    private func earlier(_ name: HeaderName, _ cursor: inout HeadCursor) {
        guard head.wasForwarded else { return }
        for field in fields where field.name == name && !field.value.isEmpty {
            cursor.append(bytes.part(field.value))
            cursor.append(", ")
        }
    }

    /// Copies the one line of this name; several contradict each other, so none is believed.
    private func only(_ name: HeaderName, _ cursor: inout HeadCursor) -> Bool {
        var line: Range<Int>?
        for field in fields where field.name == name {
            guard line == nil else { return false }
            line = field.line
        }
        guard let line else { return false }
        cursor.append(bytes.part(line))
        return true
    }
}
