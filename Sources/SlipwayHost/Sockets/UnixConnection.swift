// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connected unix stream socket whose calls block, with a deadline.
final class UnixConnection: Sendable {
    private let descriptor: Int32
    private let path: String

    init(path: String) throws {
        self.path = path
        #if canImport(Glibc)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw SlipwayError.file("open a socket for", path) }
        let failure = Self.connect(descriptor, to: path)
        guard failure == 0 else {
            close(descriptor)
            throw SlipwayError(
                .engineUnreachable,
                "no engine answers at \(path): \(String(cString: strerror(failure)).lowercased())",
                hint: "slipway up")
        }
    }

    deinit { close(descriptor) }

    /// Wakes a blocked ``exchange(_:deadline:limit:)``, which then ends without a reply.
    func interrupt() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Writes the request and reads up to a line feed or the end of the stream.
    func exchange(_ request: [UInt8], deadline: ContinuousClock.Instant, limit: Int) throws -> [UInt8] {
        var rest = request[...]
        while !rest.isEmpty {
            try wait(for: Int16(POLLOUT), until: deadline)
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.noSignal) }
            guard count > 0 else { return [] }
            rest = rest.dropFirst(count)
        }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while reply.count < limit {
            try wait(for: Int16(POLLIN), until: deadline)
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return reply }
            if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) { return reply + buffer[..<end] }
            reply += buffer[..<count]
        }
        return reply
    }

    #if canImport(Darwin)
    private static let noSignal: Int32 = 0
    #else
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) throws {
        while true {
            let left = deadline - .now
            guard left > .zero else {
                throw SlipwayError(
                    .timedOut, "the engine at \(path) did not answer in time", hint: "slipway status")
            }
            var request = pollfd(fd: descriptor, events: events, revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            let ready = poll(&request, 1, Int32(clamping: milliseconds + 1))
            if ready > 0 || (ready < 0 && errno != EINTR) { return }
        }
    }

    /// - Returns: 0, or the error's number.
    private static func connect(_ descriptor: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}
