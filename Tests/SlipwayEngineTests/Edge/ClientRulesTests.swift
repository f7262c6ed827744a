// SPDX-License-Identifier: Apache-2.0

import NIOCore
import SlipwayCore
import Testing

@testable import SlipwayEngine

/// Who a client is, and what it may take.
struct ClientRulesTests {
    private func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .milliseconds(milliseconds) }

    @Test func `a bucket gives its burst, then the rate`() throws {
        let rules = ClientRules(requestsPerSecond: 2, burst: 3)
        let account = ClientAccount(try #require(IPAddress("192.0.2.1")), rules, at: time(0))
        for _ in 0..<3 { #expect(account.take(at: time(0), rules) == nil) }
        #expect(account.take(at: time(0), rules) == 1)
        #expect(account.take(at: time(500), rules) == nil)
        #expect(account.take(at: time(500), rules) == 1)
        #expect(!account.isForgettable(at: time(1900), rules))
        #expect(account.isForgettable(at: time(2000), rules))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::1", "::1", true), ("::1", "::2", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("2001:db8::/96", "2001:db8::ffff:ffff", true), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("::/0", "192.0.2.1", true),
    ])
    func `a network holds the addresses of its prefix`(_ network: String, _ address: String, _ expected: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == expected)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0", "::/129", "example.org", "fe80::1%eth0",
    ])
    func `what is no network is refused`(_ text: String) { #expect(IPNetwork(text) == nil) }

    @Test func `an IPv6 customer is a network, an IPv4 one an address`() throws {
        let addresses = try ["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "127.0.0.1", "::1"].map {
            try #require(IPAddress($0))
        }
        #expect(Set(addresses.map(\.customer)).count == 5)
        #expect(addresses.map(\.isLoopback) == [false, false, false, false, true, true])
        #expect(addresses.map(\.isIPv4) == [false, false, true, true, true, false])
    }
}
