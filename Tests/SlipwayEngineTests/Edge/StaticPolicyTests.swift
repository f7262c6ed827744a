// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// Decisions about files that need no file.
struct StaticPolicyTests {
    @Test(arguments: [
        ("index-BXc0aK3_.js", true), ("assets/index-DiwrgTda.css", true), ("main.3f2a9c1b.css", true),
        ("main.3f2a9c1b.chunk.js", true), ("app-5d41402abc4b.woff2", true), ("_next/static/x-AbCdEfGh.js", true),
        ("assets/logo-Bx-k_zTa.svg", true), ("chunk-4QZXR7TB.js", true), ("vendor-a1b2c3d4.js.map", true),
        ("jquery.min.js", false), ("privacy-statement.js", false), ("app.js", false), ("vue.runtime.js", false),
        ("chapter-introduction10.js", false), ("report-20240115.pdf", false), ("report.20240115.pdf", true),
        ("backup-2024-01-15.zip", false), ("some-Overview.md", false), ("read-CONTRIBUTING.md", false),
        ("assets/hero-background.png", false), ("assets/logo.svg", false), ("robots.txt", false), ("-12345678", false),
        ("", false), ("favicon.ico", false), ("GettingStarted-GettingStarted.js", false),
    ])
    func `only names that change with their content are kept for a year`(_ path: String, isImmutable: Bool) {
        let policy = CachePolicy.cacheControl(path, mediaType: "text/javascript")
        #expect(policy.contains("immutable") == isImmutable, "\(path): \(policy)")
    }

    @Test func `pages are asked for again each time`() {
        #expect(CachePolicy.cacheControl("index-BXc0aK3_.html", mediaType: "text/html; charset=utf-8") == "no-cache")
    }

    @Test(arguments: [
        ("/", "", true, true), ("/a/b.js", "a/b.js", false, false), ("/a/", "a", true, true), ("/a", "a", false, true),
        ("/x.html", "x.html", false, true), ("/caf%C3%A9", "caf\u{E9}", false, true),
        ("/.well-known/acme", ".well-known/acme", false, true), ("/a%20b", "a b", false, true),
    ])
    func `a path names a place below the root`(_ path: String, _ relative: String, isFolder: Bool, isPage: Bool) throws
    {
        let place = try #require(StaticPath(Array(path.utf8)))
        #expect(place.relative == relative)
        #expect(place.isFolder == isFolder)
        #expect(place.looksLikePage == isPage)
    }

    @Test(arguments: [
        "/.env", "/.git/config", "/a/.hidden", "/a/..", "/../etc/passwd", "/%2e%2e/x", "/a%2fb", "/a%5Cb", "/a\\b",
        "/a%00", "/%2eenv", "//etc", "/a//b", "/a/.well-known", "/%ff", "/%0a", "a", "",
    ])
    func `what is hidden or ambiguous does not exist`(_ path: String) {
        #expect(StaticPath(Array(path.utf8)) == nil)
    }

    @Test(arguments: [
        ("bytes=0-4", ByteRanges.parts([0..<5])), ("bytes=5-", .parts([5..<10])), ("bytes=-3", .parts([7..<10])),
        ("bytes=-30", .parts([0..<10])), ("bytes=8-100", .parts([8..<10])),
        ("bytes=0-0, 9-9", .parts([0..<1, 9..<10])),
        ("Bytes=0-0,50-60", .parts([0..<1])), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=4-2", .whole), ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=--1", .whole), ("items=0-1", .whole),
        ("bytes=0-9,0-9", .whole), ("bytes=1", .whole), ("bytes=99999999999999999999-", .whole),
        ("bytes=" + Array(repeating: "0-0", count: 17).joined(separator: ","), .whole),
    ])
    func `ranges are read as RFC 9110 says`(_ header: String, _ ranges: ByteRanges) {
        #expect(ByteRanges(header, size: 10) == ranges)
    }

    @Test(arguments: [
        ("gzip, deflate, br", true, true), ("", false, false), ("identity", false, false), ("*", true, true),
        ("gzip;q=0", false, false), ("*;q=0.5, gzip;q=0.000", false, true), ("GZIP; q=1", true, false),
        ("br;q=0, *", true, false), ("x-gzip", true, false),
    ])
    func `accepted codings are read`(_ header: String, gzip: Bool, brotli: Bool) {
        let accepted = AcceptedEncodings(header)
        #expect(accepted.gzip == gzip)
        #expect(accepted.brotli == brotli)
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    ])
    func `dates are written and read`(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.text(seconds) == text)
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(arguments: ["", "yesterday", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"])
    func `another form of date is no condition`(_ text: String) { #expect(HTTPDate.seconds(text) == nil) }

    @Test func `conditions decide before ranges`() {
        let date = HTTPDate.text(1000)
        var request = StaticRequest(path: "/x")
        func outcome() -> StaticRequest.Outcome { request.outcome(etag: "\"a\"", modified: 1000, size: 10) }
        #expect(outcome() == .whole)
        request.range = "bytes=0-1"
        #expect(outcome() == .parts([0..<2]))
        request.ifRange = "\"b\""
        #expect(outcome() == .whole)
        request.ifRange = date
        #expect(outcome() == .parts([0..<2]))
        request.ifModifiedSince = date
        #expect(outcome() == .notModified)
        request.ifNoneMatch = "\"b\", W/\"c\""
        #expect(outcome() == .parts([0..<2]))
        request.ifNoneMatch = "\"b\", W/\"a\""
        #expect(outcome() == .notModified)
        request.ifNoneMatch = "*"
        #expect(outcome() == .notModified)
    }
}
