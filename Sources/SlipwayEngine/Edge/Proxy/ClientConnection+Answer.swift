// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore
internal import SlipwayHost

/// Answers that the edge gives itself: files and error pages.
extension ClientConnection {
    func refuse(_ failure: EdgeFailure) {
        guard phase != .closed, phase != .lingering else { return }
        let isUnread = exchange.map { !$0.isRequestComplete } ?? !current.persists
        var failure = failure
        failure.service = failure.service ?? current.route?.service
        exchange = nil
        generation += 1
        releaseUpstream(.close)
        phase = .answering
        if current.id.isEmpty { loop.requestIDs.next(into: &current.id) }
        let page = ErrorPage(
            failure: failure, requestID: String(decoding: current.id, as: UTF8.self),
            format: current.acceptsHTML ? .html : .json,
            isDetailed: identity.isLoopback && !current.wasForwarded)
        let body = ByteBuffer(string: page.body)
        let persists = current.persists && !isUnread
        loop.output.clear()
        startAnswer(failure.status, contentLength: body.readableBytes, persists: persists)
        loop.output.writeString("Content-Type: \(page.contentType)\r\n\(page.fields)\r\n")
        if !current.isHEAD { loop.output.writeImmutableBuffer(body) }
        write(loop.output)
        finishAnswer(status: failure.status, persists: persists, lingers: isUnread)
    }

    /// Status line and the fields that every answer has.
    private func startAnswer(_ status: UInt16, contentLength: Int?, persists: Bool) {
        loop.output.writeString("HTTP/1.1 \(status) \(StatusText.reason(status))\r\n")
        loop.output.writeImmutableBuffer(loop.date.line)
        loop.output.writeStaticString("X-Request-Id: ")
        loop.output.writeBytes(current.id)
        loop.output.writeStaticString("\r\n")
        if let contentLength { loop.output.writeString("Content-Length: \(contentLength)\r\n") }
        if !persists {
            loop.output.writeStaticString("Connection: close\r\n")
        } else if current.isHTTP10 {
            loop.output.writeStaticString("Connection: keep-alive\r\n")
        }
        if identity.isSecure, let line = loop.strictTransport { loop.output.writeImmutableBuffer(line) }
    }

    /// To the same address on the encrypted port; 308 keeps the method and the body.
    func redirect(toEncrypted location: String) {
        phase = .answering
        let persists = current.persists && exchange == nil
        loop.output.clear()
        startAnswer(308, contentLength: 0, persists: persists)
        loop.output.writeString("Location: \(location)\r\n\r\n")
        write(loop.output)
        finishAnswer(status: 308, persists: persists, lingers: !persists)
    }

    /// What somebody asks the edge itself.
    func answer(text: String) {
        phase = .answering
        let persists = current.persists && exchange == nil
        loop.output.clear()
        startAnswer(200, contentLength: text.utf8.count, persists: persists)
        loop.output.writeStaticString("Content-Type: application/octet-stream\r\n\r\n")
        if !current.isHEAD { loop.output.writeString(text) }
        write(loop.output)
        finishAnswer(status: 200, persists: persists, lingers: !persists)
    }

    private func finishAnswer(status: UInt16, persists: Bool, lingers: Bool = false) {
        finishRequest(status: status)
        guard persists, !loop.isDraining || loop.isRetiring else { return closeAfterWrites(lingers: lingers) }
        flush()
        becomeReady()
    }

    // MARK: Files

    func serve(_ request: StaticRequest, from site: StaticSite) {
        guard let query = site.query(request) else { return refuse(.fileNotFound(service: service)) }
        if let file = loop.files.cached(query) { return send(file, request) }
        generation += 1
        let asked = generation
        loop.files.load(query) { answer in
            guard self.generation == asked, self.phase == .answering else { return }
            switch answer {
            case .file(let file): self.send(file, request)
            case .addSlash: self.redirect(request)
            case .missing, .unchanged: self.refuse(.fileNotFound(service: self.service))
            }
        }
    }

    private var service: String { current.route?.service ?? "" }

    private func redirect(_ request: StaticRequest) {
        // Relative to the last segment, so that prefixes taken off by the route or by a proxy in front stay right.
        let name = request.path.split(separator: 0x2F).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        loop.output.clear()
        startAnswer(301, contentLength: 0, persists: current.persists)
        loop.output.writeString("Location: ./\(name)/\(request.query)\r\nCache-Control: no-cache\r\n\r\n")
        write(loop.output)
        finishAnswer(status: 301, persists: current.persists)
    }

    private func send(_ file: ServedFile, _ request: StaticRequest) {
        let outcome = request.outcome(etag: file.etag, modified: file.modified, size: file.size)
        let body = StaticBody(outcome, file, boundary: current.id)
        loop.output.clear()
        startAnswer(body.status, contentLength: body.length, persists: current.persists)
        loop.output.writeImmutableBuffer(file.fields)
        if body.describesContent { loop.output.writeImmutableBuffer(file.contentFields) }
        loop.output.writeString(body.fields)
        loop.output.writeStaticString("\r\n")
        guard !request.isHEAD else {
            write(loop.output)
            return finishAnswer(status: body.status, persists: current.persists)
        }
        switch file.content {
        case .memory(let content):
            for piece in body.pieces {
                switch piece {
                case .text(let text): loop.output.writeString(text)
                case .content(let range):
                    guard var part = content.getSlice(at: content.readerIndex + range.lowerBound, length: range.count)
                    else { continue }
                    if range.count <= 16 << 10 {
                        loop.output.writeBuffer(&part)
                    } else {
                        write(loop.output)
                        loop.output.clear()
                        write(part)
                    }
                }
            }
            if loop.output.readableBytes > 0 { write(loop.output) }
            finishAnswer(status: body.status, persists: current.persists)
        case .disk(let open):
            write(loop.output)
            guard !body.pieces.isEmpty else { return finishAnswer(status: body.status, persists: current.persists) }
            guard let descriptor = open.duplicate() else { return cut() }
            let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
            generation += 1
            stream(body.pieces.flatMap { $0.split(Self.streamedAtOnce) }[...], handle, status: body.status)
        }
    }

    /// The kernel gets this much of a file at a time: a client that takes none of it for a while is noticed.
    private static let streamedAtOnce = 256 << 10

    /// Through our memory, because it has to be encrypted there.
    private func copy(_ piece: StaticBody.Piece, _ handle: NIOFileHandle, _ written: EventLoopPromise<Void>) {
        guard let context, case .content(let range) = piece else {
            if case .text(let text) = piece { write(ByteBuffer(string: text)) }
            context?.flush()
            return written.succeed()
        }
        let files = NonBlockingFileIO(threadPool: .singleton)
        files.read(
            fileHandle: handle, fromOffset: Int64(range.lowerBound), byteCount: range.count,
            allocator: context.channel.allocator, eventLoop: context.eventLoop
        ).assumeIsolated().whenComplete { result in
            guard case .success(let bytes) = result, bytes.readableBytes == range.count, let context = self.context
            else { return written.fail(ChannelError.eof) }
            self.current.sentBytes &+= bytes.readableBytes
            context.writeAndFlush(self.wrapOutboundOut(.byteBuffer(bytes)), promise: written)
        }
    }

    private func stream(_ pieces: ArraySlice<StaticBody.Piece>, _ handle: NIOFileHandle, status: UInt16) {
        guard let context, let piece = pieces.first else {
            try? handle.close()
            return finishAnswer(status: status, persists: current.persists)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { result in
            self.touch()
            guard case .success = result, self.phase == .answering else {
                try? handle.close()
                return self.cut()
            }
            self.stream(pieces.dropFirst(), handle, status: status)
        }
        guard !isEncrypted else { return copy(piece, handle, written) }
        let data: IOData
        switch piece {
        case .text(let text): data = .byteBuffer(ByteBuffer(string: text))
        case .content(let range):
            data = .fileRegion(
                FileRegion(fileHandle: handle, readerIndex: range.lowerBound, endIndex: range.upperBound))
        }
        current.sentBytes &+= data.readableBytes
        context.writeAndFlush(wrapOutboundOut(data), promise: written)
    }
}
