// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// Which route a path takes.
struct RouteTableTests {
    static let table = RouteTable(
        [
            ("/", "web"), ("/api", "api"), ("/api/v2/", "next"), ("/a", "short"),
        ].map { (prefix: $0.0, destination: $0.1) })

    @Test(arguments: [
        ("/", "web"), ("/api", "api"), ("/api/", "api"), ("/api/x", "api"), ("/apix", "web"), ("/api/v2", "next"),
        ("/api/v2/x", "next"), ("/api/v20", "api"), ("/API", "web"), ("/a/b", "short"), ("*", "web"), ("", "web"),
        ("//api", "web"),
    ])
    func `the longest prefix of whole segments wins`(_ path: String, _ service: String) {
        let match = Array(path.utf8).withUnsafeBytes { Self.table.match($0) }
        #expect(match?.destination == service)
    }

    @Test func `without a route for everything a path may have none`() {
        let table = RouteTable([(prefix: "/api", destination: 1)])
        #expect(Array("/".utf8).withUnsafeBytes { table.match($0) } == nil)
    }
}
