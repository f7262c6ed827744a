// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The line or block in which a load balancer says whom a connection is from
/// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, sections 2.1 and 2.2). Pure.
enum ProxyHeader: Equatable {
    case incomplete
    /// - Parameter address: `nil` when the balancer speaks for itself (LOCAL, UNKNOWN).
    case complete(length: Int, address: SocketAddress?)
    case malformed

    /// The longest line of version 1 with its CR LF.
    private static let longestLine = 107
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// Addresses of unix sockets take 216 bytes; extensions of real balancers a few hundred.
    private static let largestBlock = 4096

    init(_ bytes: UnsafeRawBufferPointer) {
        let start = bytes.prefix(Self.signature.count)
        if start.elementsEqual(Self.signature.prefix(start.count)) {
            self = bytes.count < 16 ? .incomplete : Self.block(bytes)
        } else if start.prefix(6).elementsEqual("PROXY ".utf8.prefix(start.count)) {
            self = Self.line(bytes)
        } else {
            self = .malformed
        }
    }

    // MARK: Version 1

    private static func line(_ bytes: UnsafeRawBufferPointer) -> ProxyHeader {
        let window = bytes.prefix(longestLine)
        guard let end = window.firstIndex(of: ByteClass.lineFeed) else {
            return window.count < longestLine ? .incomplete : .malformed
        }
        guard end > 6, bytes[end - 1] == ByteClass.carriageReturn else { return .malformed }
        let words = bytes[..<(end - 1)].split(separator: ByteClass.space, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if words.count >= 2, words[1] == "UNKNOWN" { return .complete(length: end + 1, address: nil) }
        guard words.count == 6, let source = IPAddress(words[2]), let target = IPAddress(words[3]),
            let port = port(words[4]), port > 0 || words[4] == "0", self.port(words[5]) != nil,
            words[1] == (words[2].contains(":") ? "TCP6" : "TCP4"), source.isIPv4 == target.isIPv4,
            let address = try? SocketAddress(ipAddress: words[2], port: port)
        else { return .malformed }
        return .complete(length: end + 1, address: address)
    }

    private static func port(_ text: String) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(ByteClass.isDigit) else { return nil }
        return UInt16(text).map(Int.init)
    }

    // MARK: Version 2

    private static func block(_ bytes: UnsafeRawBufferPointer) -> ProxyHeader {
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard bytes[12] >> 4 == 2, bytes[12] & 0x0F <= 1, length <= largestBlock else { return .malformed }
        guard bytes.count >= 16 + length else { return .incomplete }
        guard bytes[12] & 0x0F == 1 else { return .complete(length: 16 + length, address: nil) }
        let payload = bytes.part(16..<(16 + length))
        switch bytes[13] {
        case 0x11 where length >= 12:
            return .complete(length: 16 + length, address: address(payload, bytesEach: 4, portAt: 8))
        case 0x21 where length >= 36:
            return .complete(length: 16 + length, address: address(payload, bytesEach: 16, portAt: 32))
        // Unix sockets, datagrams, and families that are not known: the balancer's own address stands.
        case 0x00, 0x12, 0x22, 0x31, 0x32: return .complete(length: 16 + length, address: nil)
        default: return .malformed
        }
    }

    private static func address(
        _ payload: UnsafeRawBufferPointer, bytesEach: Int, portAt: Int
    ) -> SocketAddress? {
        let port = Int(payload[portAt]) << 8 | Int(payload[portAt + 1])
        return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: payload.prefix(bytesEach)), port: port)
    }
}

/// Reads the header that a balancer begins its connections with, hands on whom it named, and leaves the pipeline.
final class ProxyHeaderReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var input = ByteBuffer()
    private let deadline: TimeAmount
    private let proceed: (SocketAddress?) throws -> Void
    private var timer: Scheduled<Void>?

    /// - Parameter proceed: Adds the handlers of the connection itself; called once.
    init(deadline: TimeAmount, proceed: @escaping (SocketAddress?) throws -> Void) {
        self.deadline = deadline
        self.proceed = proceed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: deadline) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        input.writeImmutableBuffer(unwrapInboundIn(data))
        switch input.withUnsafeReadableBytes({ ProxyHeader($0) }) {
        case .incomplete: return
        case .malformed: context.close(promise: nil)
        case .complete(let length, let address):
            input.moveReaderIndex(forwardBy: length)
            timer?.cancel()
            do {
                try proceed(address)
            } catch {
                return context.close(promise: nil)
            }
            let rest = input
            input = ByteBuffer()
            if rest.readableBytes > 0 {
                context.fireChannelRead(wrapInboundOut(rest))
                context.fireChannelReadComplete()
            }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
