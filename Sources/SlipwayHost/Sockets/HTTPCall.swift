// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One HTTP/1.1 request on a connection of its own: for measuring a server, where nothing may be retried or followed.
package struct HTTPCall: Sendable {
    /// What is sent after the head.
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// So many zero bytes, never all in memory.
        case zeros(Int)
        /// The first half at once, the second after a pause: a request that is in flight meanwhile.
        case halves([UInt8], pause: Duration)

        var length: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes), .halves(let bytes, _): bytes.count
            case .zeros(let count): count
            }
        }
    }

    /// More of a body is counted, not kept.
    package static let bodyLimit = 1 << 20

    package var host: String
    package var port: UInt16
    package var method: String
    package var path: String
    package var headers: [String: String]
    package var body: Body
    /// Counted from the call.
    package var deadline: Duration

    /// - Parameter host: An IPv4 address; names are not resolved.
    package init(
        _ method: String = "GET", _ path: String, host: String = "127.0.0.1", port: UInt16,
        headers: [String: String] = [:], body: Body = .none, deadline: Duration = .seconds(10)
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.port = port
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }

    /// How a call ended.
    package enum Outcome: Equatable, Sendable {
        case reply(HTTPReply)
        /// Bytes came that are no HTTP/1: another protocol is spoken there.
        case foreign
        /// Refused, or closed without a byte.
        case closed
        /// The connection stays open and nothing comes.
        case silent
    }

    /// - Returns: `nil` when nobody answered HTTP within the deadline: refused, cut, silent.
    package func perform() async -> HTTPReply? {
        if case .reply(let reply) = await outcome() { reply } else { nil }
    }

    package func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            // The calls below block, so they must not run on the cooperative pool.
            DispatchQueue.global().async { continuation.resume(returning: exchange()) }
        }
    }

    private var head: [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1"]
        var all = ["Host": "localhost", "User-Agent": "slipway-probe", "Accept": "*/*", "Connection": "close"]
        if body.length > 0 { all["Content-Length"] = "\(body.length)" }
        all.merge(headers) { $1 }
        lines += all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private func exchange() -> Outcome {
        let start = ContinuousClock.now
        let end = start + deadline
        guard let socket = HTTPSocket(host: host, port: port, until: end) else { return .closed }
        var received: [UInt8] = []
        var discarded = 0
        var outgoing = OutgoingBody(head: head, body: body, start: start)
        while ContinuousClock.now < end {
            let pending = outgoing.next(now: .now)
            switch socket.step(sending: pending, until: min(end, .now + .milliseconds(100))) {
            case .sent(let count): outgoing.advance(by: count)
            case .received(let bytes):
                if received.count < Self.bodyLimit { received += bytes } else { discarded += bytes.count }
                if discarded == 0, HTTPReply.isComplete(received, isHead: method == "HEAD") {
                    return outcome(received, after: .now - start, bodySent: outgoing.bodySent)
                }
            case .idle: continue
            case .ended: return outcome(received, after: .now - start, bodySent: outgoing.bodySent)
            }
        }
        return .silent
    }

    private func outcome(_ received: [UInt8], after duration: Duration, bodySent: Int) -> Outcome {
        guard !received.isEmpty else { return .closed }
        let reply = HTTPReply(parsing: received, duration: duration, bodySent: bodySent)
        return reply.map { .reply($0) } ?? .foreign
    }
}

/// What is still to be sent, in pieces.
private struct OutgoingBody {
    private static let piece = 64 << 10
    private let head: [UInt8]
    private let body: HTTPCall.Body
    private let start: ContinuousClock.Instant
    private var sent = 0
    private let zeros = [UInt8](repeating: 0, count: OutgoingBody.piece)

    init(head: [UInt8], body: HTTPCall.Body, start: ContinuousClock.Instant) {
        self.head = head
        self.body = body
        self.start = start
    }

    mutating func advance(by count: Int) { sent += count }

    var bodySent: Int { max(0, sent - head.count) }

    func next(now: ContinuousClock.Instant) -> [UInt8] {
        if sent < head.count { return Array(head[sent...]) }
        let offset = sent - head.count
        switch body {
        case .none: return []
        case .bytes(let bytes): return Array(bytes[min(offset, bytes.count)...].prefix(Self.piece))
        case .zeros(let count): return Array(zeros.prefix(count - offset))
        case .halves(let bytes, let pause):
            let half = bytes.count / 2
            if offset < half { return Array(bytes[offset..<half]) }
            return now < start + pause ? [] : Array(bytes[min(offset, bytes.count)...])
        }
    }
}
