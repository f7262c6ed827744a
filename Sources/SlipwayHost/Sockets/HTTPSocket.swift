// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A TCP connection that sends and receives whichever is possible first.
final class HTTPSocket {
    enum Step {
        case sent(Int)
        case received([UInt8])
        /// Nothing was possible in the time given.
        case idle
        case ended
    }

    private let descriptor: Int32
    private var canSend = true

    /// - Returns: `nil` when nobody accepts the connection.
    init?(host: String, port: UInt16, until deadline: ContinuousClock.Instant) {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else { return nil }
        guard wait(for: Int16(POLLOUT), until: deadline) != 0 else { return nil }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length) == 0, failure == 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func step(sending bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Step {
        let wantsToSend = !bytes.isEmpty && canSend
        let ready = wait(for: Int16(POLLIN) | (wantsToSend ? Int16(POLLOUT) : 0), until: deadline)
        if ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count > 0 { return .received(Array(buffer[..<count])) }
            if count == 0 || (errno != EAGAIN && errno != EINTR) { return .ended }
        }
        guard wantsToSend, ready & Int16(POLLOUT) != 0 else { return .idle }
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
        if count > 0 { return .sent(count) }
        // A server may answer before it has read everything; what it said is still to be read.
        if errno != EAGAIN && errno != EINTR { canSend = false }
        return .idle
    }

    /// - Returns: The events that are ready, 0 at the deadline.
    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) -> Int16 {
        let left = max(deadline - .now, .zero)
        var request = pollfd(fd: descriptor, events: events, revents: 0)
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        let ready = poll(&request, 1, Int32(clamping: milliseconds + 1))
        return ready > 0 ? request.revents : 0
    }
}

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}
