// SPDX-License-Identifier: Apache-2.0

/// One request and its response on their way through the proxy: a pure state machine that decides what happens to
/// both connections. It sees facts and returns actions; who calls it moves the bytes.
struct Exchange {
    enum ResponseStage: Equatable { case awaited, streaming(BodyFraming), complete }

    /// What to do with a response head.
    enum HeadAction: Equatable {
        case forward(ResponseWriter.Delivery)
        /// 1xx that the client would not understand.
        case skip
        case refuse(ProtocolViolation)
    }

    /// What to do when the upstream connection ends.
    enum EndAction: Equatable {
        /// The same request again on a new connection.
        case retry
        /// No response byte came: an error page.
        case fail
        /// The end was the body's end.
        case finish
        /// The client must see that something is missing.
        case truncate
    }

    enum UpstreamFate: Equatable { case reuse, close }
    enum ClientFate: Equatable {
        case nextRequest
        case close
        /// Half of a request is unread: closing at once would reset the connection under the response.
        case linger
    }

    private let method: HTTPMethod
    private let isHTTP10: Bool
    private let wantsUpgrade: Bool
    private let clientPersists: Bool
    private(set) var request: BodyFraming
    private(set) var response = ResponseStage.awaited
    /// Payload bytes of the request so far.
    private(set) var requestBytes = 0
    private var bodyPassed = false
    private var isRetry = false
    private var hasMoved = false
    private var hasResponseBytes = false
    private var upstreamPersists = false
    private var delivered = ResponseWriter.Persistence.implied

    init(_ head: RequestHead, keepsClient: Bool = true) {
        method = head.method
        isHTTP10 = head.isHTTP10
        wantsUpgrade = head.upgrade != nil
        clientPersists = head.isPersistent && keepsClient
        request = head.body
    }

    var isHEAD: Bool { method == .head }
    var isRequestComplete: Bool { request.isComplete }
    /// The payload is taken out of its chunks: HTTP/1.0 knows none.
    var unwrapsChunks: Bool { isHTTP10 }

    /// Whether a kept upstream connection may be used that has been idle for a while: if it turns out dead, the
    /// request can be sent again.
    var toleratesStaleConnection: Bool { method.isIdempotent && request.isComplete }

    /// - Parameter limit: Largest payload; known only while it comes when it is chunked.
    mutating func receiveRequestBody(
        _ bytes: UnsafeRawBufferPointer, limit: Int?
    ) throws(ProtocolViolation) -> BodyFraming.Progress {
        let progress = try request.advance(bytes, dropsTrailers: true)
        requestBytes += progress.data
        bodyPassed = bodyPassed || progress.consumed > 0
        if let limit, requestBytes > limit { throw .bodyTooLarge }
        return progress
    }

    mutating func receiveResponseHead(_ head: ResponseHead) -> HeadAction {
        hasResponseBytes = true
        if head.status == 101 {
            guard wantsUpgrade, isRequestComplete else { return .refuse(.unexpectedUpgrade) }
            response = .complete
            return .forward(.tunnel)
        }
        guard head.status >= 200 else { return isHTTP10 ? .skip : .forward(.interim) }

        response = .streaming(head.body)
        upstreamPersists = head.isPersistent
        var isChunked = false
        if case .chunked = head.body { isChunked = true }
        let endsWithConnection = head.body == .untilClose || (isHTTP10 && isChunked)
        if !clientPersists || endsWithConnection || !isRequestComplete {
            delivered = .close
        } else {
            delivered = isHTTP10 ? .keepAlive : .implied
        }
        return .forward(
            .final(
                connection: delivered, isChunked: isChunked && !isHTTP10,
                addsContentTypeOptions: !head.hasContentTypeOptions))
    }

    /// - Returns: How far the body went; when it is complete, call ``finish()``.
    mutating func receiveResponseBody(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> BodyFraming.Progress {
        guard case .streaming(var framing) = response else { return BodyFraming.Progress(isComplete: true) }
        let progress = try framing.advance(bytes)
        response = progress.isComplete ? .complete : .streaming(framing)
        return progress
    }

    /// Like ``receiveResponseBody(_:)`` for clients that get no chunks.
    mutating func unwrapResponseBody(
        _ bytes: UnsafeRawBufferPointer, _ visit: (UnsafeRawBufferPointer) -> Void
    ) throws(ProtocolViolation) -> BodyFraming.Progress {
        guard case .streaming(var framing) = response else { return BodyFraming.Progress(isComplete: true) }
        let progress = try framing.extract(bytes, visit)
        response = progress.isComplete ? .complete : .streaming(framing)
        return progress
    }

    /// The response has passed whole.
    /// - Parameter hasExtraBytes: The upstream sent more than its response.
    mutating func finish(hasExtraBytes: Bool) -> (upstream: UpstreamFate, client: ClientFate) {
        response = .complete
        let reuse = upstreamPersists && !hasExtraBytes && isRequestComplete
        guard isRequestComplete else { return (.close, .linger) }
        return (reuse ? .reuse : .close, delivered == .close ? .close : .nextRequest)
    }

    /// - Parameters:
    ///   - wasPooled: The connection had carried another request before.
    ///   - cleanly: It ended with FIN, not with an error.
    ///   - hasOther: Another process could have the request.
    mutating func upstreamEnded(wasPooled: Bool, cleanly: Bool, hasOther: Bool = false) -> EndAction {
        switch response {
        case .awaited:
            // A server may close a kept connection at any time (RFC 9112, section 9.3.1).
            let mayRetry =
                (wasPooled || hasOther) && !isRetry && !hasResponseBytes && method.isIdempotent && !bodyPassed
            isRetry = isRetry || mayRetry
            return mayRetry ? .retry : .fail
        case .streaming(.untilClose): return cleanly ? .finish : .truncate
        case .streaming: return .truncate
        case .complete: return .finish
        }
    }

    /// Whether the response could be ended now without the client missing a part of what it has begun to get.
    var canEndBetweenEvents: Bool {
        switch response {
        case .streaming(.untilClose): true
        case .streaming(.chunked(let scanner)): scanner.isBetweenChunks
        default: false
        }
    }

    /// Whether the client gets chunks, so that an end has to be spelled.
    var deliversChunks: Bool {
        if case .streaming(.chunked) = response { return !isHTTP10 }
        return false
    }

    /// The same request may go to another server: no byte of its body has been sent, none of a response has come.
    mutating func mayMove(wasSent: Bool) -> Bool {
        let mayMove = !hasResponseBytes && !bodyPassed && !hasMoved && (!wasSent || method.isIdempotent)
        hasMoved = hasMoved || mayMove
        return mayMove
    }

    /// First bytes of a response, head or not: from here on it is not tried again.
    mutating func receivedResponseBytes() { hasResponseBytes = true }
}
