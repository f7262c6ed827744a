// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One end of a connection between two processes that carries messages and open descriptors.
///
/// Its calls block, so they belong on a thread of their own.
package struct DescriptorChannel: Sendable {
    /// One message.
    package struct Parcel: Sendable {
        package var bytes: [UInt8]
        /// The receiver's own; nobody else closes them.
        package var descriptors: [Int32]
    }

    /// More is no message of ours. A plan with a thousand processes has some megabytes.
    private static let largestMessage = 64 << 20
    private static let mostDescriptors = 10_000
    /// At a time; the kernel's limit is 253.
    private static let batch = 200
    private static let headerLength = 16

    package let descriptor: Int32

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Two connected ends.
    package static func pair() -> (near: DescriptorChannel, far: DescriptorChannel)? {
        var ends: [Int32] = [-1, -1]
        guard slipway_socket_pair(&ends) == 0 else { return nil }
        return (DescriptorChannel(descriptor: ends[0]), DescriptorChannel(descriptor: ends[1]))
    }

    /// - Returns: False when the other side is gone.
    @discardableResult
    package func send(_ bytes: [UInt8], descriptors: [Int32] = []) -> Bool {
        guard Descriptor.write(Self.number(bytes.count) + Self.number(descriptors.count), to: descriptor) else {
            return false
        }
        var rest = descriptors[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.batch))
            guard slipway_send_descriptors(descriptor, part, Int32(part.count)) == 0 else { return false }
            rest = rest.dropFirst(part.count)
        }
        return Descriptor.write(bytes, to: descriptor)
    }

    /// - Parameter limit: For the first byte; `nil` waits as long as the other side lives.
    /// - Returns: `nil` when the other side is gone, or has said nothing in time.
    package func receive(within limit: Duration?) -> Parcel? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let (seconds, attoseconds) = (limit ?? .zero).components
        let timeout = limit == nil ? -1 : Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        var ready: Int32
        repeat { ready = poll(&state, 1, timeout) } while ready < 0 && errno == EINTR
        guard ready > 0, let header = exactly(Self.headerLength) else { return nil }
        let length = Self.number(header[..<8])
        let count = Self.number(header[8...])
        guard length <= Self.largestMessage, count <= Self.mostDescriptors else { return nil }
        var descriptors: [Int32] = []
        while descriptors.count < count {
            var part = [Int32](repeating: -1, count: min(count - descriptors.count, Self.batch))
            guard slipway_receive_descriptors(descriptor, &part, Int32(part.count)) == 0 else {
                descriptors.forEach(Descriptor.close)
                return nil
            }
            descriptors += part
        }
        guard let bytes = exactly(length) else {
            descriptors.forEach(Descriptor.close)
            return nil
        }
        return Parcel(bytes: bytes, descriptors: descriptors)
    }

    /// Blocks until the other side is gone, and leaves what it has sent unread.
    package func waitUntilGone() {
        while true {
            var state = pollfd(fd: descriptor, events: 0, revents: 0)
            if poll(&state, 1, -1) > 0 { return }
            if errno != EINTR { return }
        }
    }

    /// Ends what waits here, and tells the other side.
    package func interrupt() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    package func close() { Descriptor.close(descriptor) }

    private func exactly(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = Descriptor.read(descriptor, limit: min(count - bytes.count, 1 << 20)), !more.isEmpty else {
                return nil
            }
            bytes += more
        }
        return bytes
    }

    private static func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(value).littleEndian) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(clamping: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
