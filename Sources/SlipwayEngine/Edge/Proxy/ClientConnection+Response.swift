// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore
internal import SlipwayHost

/// From the upstream's bytes to the client.
extension ClientConnection {
    private enum HeadStep {
        case incomplete
        case interim(Int)
        case tunnel(Int)
        case final(Int, status: UInt16)
        case malformed(ProtocolViolation)
    }

    /// Body bytes that came with the head are copied behind it up to this size: one small write costs less than two.
    private static let joinedBody = 16 << 10

    func receive(_ received: ByteBuffer, from connection: UpstreamConnection) {
        touch()
        if phase == .tunnel { return forwardTunnel(received) }
        var bytes = received
        if connection.backlog.readableBytes > 0 {
            connection.backlog.writeImmutableBuffer(received)
            bytes = connection.backlog
            connection.backlog = ByteBuffer()
        }
        exchange?.receivedResponseBytes()
        while exchange?.response == .awaited {
            switch readResponseHead(bytes, connection) {
            case .incomplete:
                connection.backlog = bytes
                return
            case .interim(let length):
                bytes.moveReaderIndex(forwardBy: length)
                write(loop.output)
            case .tunnel(let length):
                bytes.moveReaderIndex(forwardBy: length)
                return startTunnel(first: bytes)
            case .final(let length, let status):
                bytes.moveReaderIndex(forwardBy: length)
                current.status = status
                current.latency = NIODeadline.now() - current.began
                current.pool?.answered(status)
                return forwardResponseBody(&bytes, joined: true)
            case .malformed(let violation):
                current.pool?.failed(.broken)
                return refuse(.malformed(service: current.route?.service ?? "", violation))
            }
        }
        forwardResponseBody(&bytes, joined: false)
    }

    private func readResponseHead(_ bytes: ByteBuffer, _ connection: UpstreamConnection) -> HeadStep {
        bytes.withUnsafeReadableBytes { bytes -> HeadStep in
            do throws(ProtocolViolation) {
                guard let length = try connection.parser.parse(bytes, limit: Self.largestResponseHead) else {
                    return .incomplete
                }
                defer { connection.parser.reset() }
                let headBytes = bytes.part(0..<length)
                let head = try ResponseHead(connection.parser, headBytes, toHEAD: current.isHEAD)
                connection.keepAliveSeconds = head.keepAliveSeconds
                current.isEventStream = head.isEventStream
                current.isWebSocket = head.upgrade.map { headBytes.part($0).spells("websocket") } ?? false
                loop.output.clear()
                switch exchange?.receiveResponseHead(head) {
                case .forward(let delivery):
                    ResponseWriter(
                        bytes: headBytes, head: head, fields: connection.parser.fields, delivery: delivery,
                        requestID: current.id, extra: identity.isSecure ? loop.strictTransport : nil
                    ).write(into: &loop.output)
                    switch delivery {
                    case .interim: return .interim(length)
                    case .tunnel: return .tunnel(length)
                    case .final: return .final(length, status: head.status)
                    }
                case .skip, nil: return .interim(length)
                case .refuse(let violation): return .malformed(violation)
                }
            } catch {
                return .malformed(error)
            }
        }
    }

    /// An application's own headers are not the internet's; 64 KiB holds any real set of cookies.
    private static let largestResponseHead = 64 << 10

    /// - Parameter joined: The head is in the loop's output and not written yet.
    private func forwardResponseBody(_ bytes: inout ByteBuffer, joined: Bool) {
        var head = joined ? loop.output : ByteBuffer()
        if joined { loop.output = ByteBuffer() }
        var failed = false
        var unwrapped = ByteBuffer()
        let unwraps = exchange?.unwrapsChunks ?? false
        let progress = bytes.withUnsafeReadableBytes { bytes -> BodyFraming.Progress in
            do throws(ProtocolViolation) {
                if unwraps {
                    return try exchange?.unwrapResponseBody(bytes) { unwrapped.writeBytes($0) } ?? .init()
                }
                return try exchange?.receiveResponseBody(bytes) ?? .init()
            } catch {
                failed = true
                return .init()
            }
        }
        guard !failed else { return cut() }
        var body = unwraps ? unwrapped : bytes.readSlice(length: progress.passed) ?? ByteBuffer()
        if unwraps { bytes.moveReaderIndex(forwardBy: progress.consumed) }
        if joined {
            if body.readableBytes <= Self.joinedBody { head.writeBuffer(&body) }
            write(head)
        }
        if body.readableBytes > 0 { write(body) }
        if joined { loop.output = head }
        upstream?.holdReads(!isWritable)
        if progress.isComplete { finishExchange(hasExtraBytes: bytes.readableBytes > 0) }
    }

    func upstreamReadComplete() { flush() }

    func upstreamEnded(wasPooled: Bool, cleanly: Bool) {
        upstream = nil
        if phase == .tunnel {
            finishRequest(status: nil)
            return closeAfterWrites(lingers: false)
        }
        guard phase == .exchange, let route = current.route, let pool = current.pool else { return }
        let another = anotherPool(than: pool)
        switch exchange?.upstreamEnded(wasPooled: wasPooled, cleanly: cleanly, hasOther: another != nil) {
        case .retry:
            pool.statistics.countRetry()
            if !wasPooled { pool.failed(.broken) }
            if !move(from: pool, wasSent: true) { dispatch(to: another ?? pool, onlyFresh: another == nil) }
        case .fail:
            guard !move(from: pool, wasSent: true) else { return }
            pool.failed(.broken)
            refuse(.ended(service: route.service, port: pool.port))
        case .finish: finishExchange(hasExtraBytes: false)
        case .truncate, nil: cut()
        }
    }

    func connectFailed(_ pool: UpstreamPool, _ error: any Error) {
        let timedOut = if case .connectTimeout = error as? ChannelError { true } else { false }
        pool.failed(timedOut ? .broken : .refused)
        guard !move(from: pool, wasSent: false) else { return }
        // Not a byte of the request has left, so whatever its method is, another process of the route may have it.
        current.failed.append(pool)
        if let another = anotherPool(than: pool) {
            pool.statistics.countRetry()
            return dispatch(to: another)
        }
        let port = pool.port
        let service = current.route?.service ?? ""
        var process: String?
        if case .upstream(let group) = current.route?.destination { process = group.process(of: pool) }
        refuse(
            .unreachable(
                service: service, port: port, condition: loop.condition(process ?? service),
                timedOut: timedOut))
    }

    private func anotherPool(than pool: UpstreamPool) -> UpstreamPool? {
        guard case .upstream(let group) = current.route?.destination, group.members.count > 1 else { return nil }
        return group.choose(at: .now(), but: current.failed + [pool])
    }

    func exchangeTimedOut() {
        guard let exchange, exchange.response == .awaited else { return cut() }
        if !exchange.isRequestComplete, upstream?.isWritable == true {
            refuse(.clientTooSlow())
        } else {
            current.pool?.failed(.broken)
            refuse(.tooSlow(service: current.route?.service ?? "", limit: loop.limits.bodyTimeout))
        }
    }

    // MARK: Ends

    private func startTunnel(first bytes: ByteBuffer) {
        write(loop.output)
        if bytes.readableBytes > 0 { write(bytes) }
        flush()
        phase = .tunnel
        tunnel = TunnelState(isWebSocket: current.isWebSocket)
        if tunnel.isWebSocket { tunnel.frames.advance(bytes.readableBytesView) }
        current.status = 101
        if input.readableBytes > 0 {
            upstream?.write(input)
            upstream?.flush()
            input = ByteBuffer()
        }
        updateReading()
    }

    private func finishExchange(hasExtraBytes: Bool) {
        guard let fate = exchange?.finish(hasExtraBytes: hasExtraBytes) else { return }
        releaseUpstream(fate.upstream)
        finishRequest(status: current.status)
        switch fate.client {
        case .nextRequest:
            flush()
            becomeReady()
        case .close: closeAfterWrites(lingers: false)
        case .linger: closeAfterWrites(lingers: true)
        }
    }

    func releaseUpstream(_ fate: Exchange.UpstreamFate) {
        guard let connection = upstream else { return }
        upstream = nil
        connection.owner = nil
        switch fate {
        case .reuse: connection.pool.put(connection)
        case .close: connection.close()
        }
    }

    /// Counts and logs the request under way.
    /// - Parameter status: `nil` for a tunnel's end, which its 101 stands for.
    func finishRequest(status: UInt16?) {
        let status = status ?? 101
        loop.count(status, current.route?.counters)
        loop.countSent(current.sentBytes)
        if !current.line.isEmpty { writeLine(status) }
        if let pool = current.pool, status >= 200 {
            pool.statistics.count(status, after: current.latency ?? NIODeadline.now() - current.began)
        }
        if current.pool != nil { current.pool = nil }
        guard let log = loop.log, let logged = current.logged else { return }
        current.logged = nil
        log(
            AccessRecord(
                client: String(decoding: identity.address, as: UTF8.self), method: logged.method,
                target: logged.target, service: current.route?.service, status: status,
                duration: .nanoseconds((NIODeadline.now() - logged.start).nanoseconds),
                requestID: String(decoding: current.id, as: UTF8.self)))
    }

    private func writeLine(_ status: UInt16) {
        let duration = (NIODeadline.now() - current.began).nanoseconds
        let now = Int64(SystemClock.secondsSinceEpoch() * 1000)
        loop.accessLog?.append(
            current.line,
            AccessLine.Outcome(
                time: now - duration / 1_000_000, client: identity.address,
                scheme: identity.isSecure ? "https" : "http", service: current.route?.service,
                upstream: current.pool?.port, status: status, sentBytes: current.sentBytes,
                microseconds: duration / 1000, requestID: current.id))
        current.line.removeAll(keepingCapacity: true)
    }
}
