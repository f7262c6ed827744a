// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import SlipwayEngine

/// PROXY protocol, both versions.
struct ProxyHeaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    private func read(_ bytes: [UInt8]) -> ProxyHeader { bytes.withUnsafeBytes { ProxyHeader($0) } }
    private func address(_ ip: String, _ port: Int) throws -> SocketAddress {
        try SocketAddress(ipAddress: ip, port: port)
    }

    @Test(arguments: [
        ("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1", 56324),
        ("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n", "2001:db8::1", 1),
    ])
    func `a line names the client`(_ line: String, _ ip: String, _ port: Int) throws {
        let expected = ProxyHeader.complete(length: line.utf8.count, address: try address(ip, port))
        #expect(read(Array(line.utf8)) == expected)
        #expect(read(Array((line + "GET / HTTP/1.1\r\n").utf8)) == expected)
        for count in 0..<line.utf8.count { #expect(read(Array(line.utf8.prefix(count))) == .incomplete) }
    }

    @Test(arguments: [
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n", "PROXY TCP4 192.0.2.1 198.51.100.1 70000 443\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n", "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 +1 2\r\n", "GET / HTTP/1.1\r\n", "PROXY \r\n",
        "PROXY TCP4 " + String(repeating: "1", count: 200), "\r\n\r\nGET",
    ])
    func `what is no header closes the connection`(_ text: String) { #expect(read(Array(text.utf8)) == .malformed) }

    @Test func `a block names the client, with extensions behind it`() throws {
        let v4 = Self.signature + [0x21, 0x11, 0, 15, 192, 0, 2, 1, 198, 51, 100, 1, 0xDC, 0x04, 1, 0xBB, 3, 0, 0]
        #expect(read(v4) == .complete(length: 31, address: try address("192.0.2.1", 56324)))
        for count in 0..<v4.count { #expect(read(Array(v4.prefix(count))) == .incomplete) }
        let source: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        let v6 = Self.signature + [0x21, 0x21, 0, 36] + source + source + [0, 80, 1, 0xBB]
        #expect(read(v6) == .complete(length: 52, address: try address("2001:db8::1", 80)))
    }

    @Test func `a balancer may speak for itself, and nonsense is refused`() {
        #expect(read(Array("PROXY UNKNOWN\r\n".utf8)) == .complete(length: 15, address: nil))
        #expect(read(Self.signature + [0x20, 0x00, 0, 0]) == .complete(length: 16, address: nil))
        #expect(read(Self.signature + [0x31, 0x11, 0, 12]) == .malformed)
        #expect(read(Self.signature + [0x22, 0x11, 0, 12]) == .malformed)
        #expect(read(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed)
        #expect(read(Self.signature + [0x21, 0x11, 0, 4, 1, 2, 3, 4]) == .malformed)
    }
}
