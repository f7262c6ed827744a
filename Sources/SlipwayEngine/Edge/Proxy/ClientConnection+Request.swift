// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// From the client's bytes to an upstream, a file or a refusal.
extension ClientConnection {
    private enum Step {
        case incomplete
        case proxy(UpstreamGroup)
        case files(StaticSite, StaticRequest)
        case redirect(String)
        case text(String)
        case refuse(EdgeFailure)
    }

    /// - Returns: Whether there may be another request to read.
    func readRequest() -> Bool {
        skipEmptyLines()
        if parser.isAtStart { current.reset() }
        var length = 0
        let step = input.withUnsafeReadableBytes { bytes -> Step in
            do throws(ProtocolViolation) {
                guard let end = try parser.parse(bytes, limit: loop.limits.headerBytes) else { return .incomplete }
                length = end
                let headBytes = bytes.part(0..<end)
                return try begin(RequestHead(parser, headBytes), headBytes)
            } catch {
                current.persists = false
                return .refuse(.violation(error))
            }
        }
        if case .incomplete = step { return false }
        input.moveReaderIndex(forwardBy: length)
        parser.reset()
        switch step {
        case .incomplete: break
        case .proxy(let group):
            phase = .exchange
            current.began = .now()
            if !isHeld() { dispatch(to: group) }
        case .files(let site, let request):
            phase = .answering
            serve(request, from: site)
        case .redirect(let location): redirect(toEncrypted: location)
        case .text(let text): answer(text: text)
        case .refuse(let failure): refuse(failure)
        }
        return phase == .head
    }

    /// Some clients send a stray CR LF after a body (RFC 9112, section 2.2).
    private func skipEmptyLines() {
        while parser.isAtStart, input.readableBytes >= 2,
            input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0D0A
        {
            input.moveReaderIndex(forwardBy: 2)
            parser.reset()
        }
    }

    private func begin(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) throws(ProtocolViolation) -> Step {
        loop.countRequest()
        remember(head, bytes)
        if let challenges = loop.challenges, let text = challenges.answer(to: bytes.part(head.target.path)) {
            current.persists = current.persists && head.body.isComplete
            return .text(text)
        }
        if let account, let refusal = refusal(account) {
            current.persists = current.persists && head.body.isComplete
            return .refuse(refusal)
        }
        guard head.method != .connect, head.method != .trace else {
            current.persists = false
            return .refuse(.methodNotAllowed(allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
        }
        if let location = encryptedLocation(head, bytes) {
            current.persists = current.persists && head.body.isComplete
            return .redirect(location)
        }
        if case .length(let length) = head.body, let limit = loop.limits.bodyBytes, length > limit {
            current.persists = false
            return .refuse(.violation(.bodyTooLarge))
        }

        var path: [UInt8]?
        var isRewritten = false
        if head.target.needsNormalizing {
            guard let normalized = RequestTarget.normalized(bytes[head.target.path]) else { throw .target }
            path = normalized.path
            isRewritten = normalized.hadDots
        }
        let match = path?.withUnsafeBytes { loop.table.match($0) } ?? loop.table.match(bytes.part(head.target.path))
        guard let match else {
            current.persists = current.persists && head.body.isComplete
            return .refuse(.noRoute)
        }
        let route = match.destination
        current.route = route
        if route.stripsPrefix, match.prefixLength > 0 {
            let rest = (path ?? Array(bytes[head.target.path])).dropFirst(match.prefixLength)
            path = rest.isEmpty ? [0x2F] : Array(rest)
            isRewritten = true
        }
        switch route.destination {
        case .upstream(let group):
            exchange = Exchange(head, keepsClient: !loop.isDraining)
            upstreamHead.clear()
            RequestWriter(
                bytes: bytes, head: head, fields: parser.fields, client: identity, requestID: current.id,
                path: isRewritten ? path : nil
            ).write(into: &upstreamHead)
            return .proxy(group)
        case .files(let site):
            current.persists = current.persists && head.body.isComplete
            let request = StaticRequest(
                head, fields: parser.fields, bytes, path: path ?? Array(bytes[head.target.path]))
            guard let request else { return .refuse(.methodNotAllowed(allow: "GET, HEAD")) }
            return .files(site, request)
        }
    }

    /// A proxy on this machine speaks for many clients, of whom only it can tell one from another.
    private func refusal(_ account: ClientAccount) -> EdgeFailure? {
        guard let rules = loop.clients?.rules, !(identity.isLoopback && current.wasForwarded) else { return nil }
        if let most = rules.connections, account.connections > most {
            loop.clients?.refusals += 1
            current.persists = false
            return .tooMany(retryAfter: 1, "connections")
        }
        guard let seconds = account.take(at: .now(), rules) else { return nil }
        loop.clients?.refusals += 1
        return .tooMany(retryAfter: seconds, "requests")
    }

    /// - Returns: Where a plain request belongs; `nil` when it is right here.
    private func encryptedLocation(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) -> String? {
        guard let port = loop.redirectPort, !identity.isSecure, !head.host.isEmpty, !head.target.isAsterisk else {
            return nil
        }
        // A proxy on this machine may have taken the encryption off, and a certificate is asked for before there is one.
        guard !(identity.isLoopback && current.wasForwarded),
            !bytes.part(head.target.path).starts(with: ACMEChallenges.prefix.utf8)
        else { return nil }
        let host = bytes.text(head.host)
        let end = host.lastIndex(of: ":").flatMap { host[$0...].contains("]") ? nil : $0 } ?? host.endIndex
        let target = bytes.text(head.target.path.lowerBound..<head.target.query.upperBound)
        return "https://\(host[..<end])\(port == 443 ? "" : ":\(port)")\(target.isEmpty ? "/" : target)"
    }

    private func remember(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) {
        current.isHEAD = head.method == .head
        current.isHTTP10 = head.isHTTP10
        current.persists = head.isPersistent && !loop.isDraining
        current.wasForwarded = head.wasForwarded
        var hasID = false
        var agent: Range<Int>?
        for field in parser.fields {
            switch field.name {
            case .accept: current.acceptsHTML = current.acceptsHTML || bytes.contains("text/html", in: field.value)
            case .requestID where !hasID && RequestID.isSane(bytes.part(field.value)):
                hasID = true
                current.id.removeAll(keepingCapacity: true)
                current.id.append(contentsOf: bytes[field.value])
            case .userAgent: agent = field.value
            default: break
            }
        }
        if !hasID { loop.requestIDs.next(into: &current.id) }
        if let accessLog = loop.accessLog {
            current.began = .now()
            AccessLine.begin(head, bytes, agent: agent, query: accessLog.query, into: &current.line)
        }
        guard loop.log != nil else { return }
        let target = bytes.text(head.target.path.lowerBound..<head.target.query.upperBound)
        current.logged = (bytes.text(head.methodRange), target, .now())
    }

    // MARK: To the upstream

    /// Sends the request to the server that has taken the place of the one it was meant for, if there is one.
    /// - Parameter wasSent: The old server may have seen it.
    func move(from pool: UpstreamPool, wasSent: Bool) -> Bool {
        guard pool.isRetired, let route = current.route, let next = loop.successor(of: route),
            case .upstream(let group) = next.destination, let successor = group.choose(at: .now()),
            exchange?.mayMove(wasSent: wasSent) == true
        else { return false }
        current.route = next
        dispatch(to: successor, onlyFresh: true)
        return true
    }

    func dispatch(to group: UpstreamGroup) {
        guard let pool = group.choose(at: current.began) else {
            return refuse(.nobody(service: current.route?.service ?? ""))
        }
        dispatch(to: pool)
    }

    func dispatch(to pool: UpstreamPool, onlyFresh: Bool = false) {
        guard let exchange else { return }
        current.pool = pool
        pool.began(at: current.began)
        if !onlyFresh, let pooled = pool.take(toleratesStale: exchange.toleratesStaleConnection) {
            return use(pooled)
        }
        generation += 1
        let asked = generation
        pool.connect(timeout: loop.limits.connectTimeout) { result in
            let isWanted = self.generation == asked && self.phase == .exchange
            switch result {
            case .success(let fresh) where isWanted:
                self.use(fresh)
                self.advance()
            case .success(let fresh): pool.put(fresh)
            case .failure(let error) where isWanted: self.connectFailed(pool, error)
            case .failure: break
            }
        }
    }

    private func use(_ connection: UpstreamConnection) {
        connection.owner = self
        upstream = connection
        connection.holdReads(!isWritable)
        connection.write(upstreamHead)
        connection.flush()
    }

    func forwardRequestBody() {
        guard let upstream, exchange?.isRequestComplete == false else { return }
        var failure: ProtocolViolation?
        while input.readableBytes > 0, upstream.isWritable, exchange?.isRequestComplete == false {
            let progress = input.withUnsafeReadableBytes { bytes -> BodyFraming.Progress? in
                do throws(ProtocolViolation) {
                    return try exchange?.receiveRequestBody(bytes, limit: loop.limits.bodyBytes)
                } catch {
                    failure = error
                    return nil
                }
            }
            guard let progress else { break }
            if let passed = input.readSlice(length: progress.passed), passed.readableBytes > 0 {
                upstream.write(passed)
            }
            input.moveReaderIndex(forwardBy: progress.consumed - progress.passed)
            if progress.dropsFinalLine { upstream.write(Self.finalLine) }
        }
        if let failure {
            current.persists = false
            return exchange?.response == .awaited ? refuse(.violation(failure)) : cut()
        }
        upstream.flush()
    }

    private static let finalLine = ByteBuffer(string: "\r\n")

    func upstreamWritabilityChanged() {
        touch()
        if phase == .exchange { advance() } else { updateReading() }
    }
}
