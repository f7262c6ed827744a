// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import SlipwayHost
import Testing

@testable import SlipwayEngine

/// Which file answers, seen on a real folder.
struct FileLoaderTests {
    private let site = TemporarySite()

    private func answer(_ path: String, isNavigation: Bool = false, encodings: String = "") -> String {
        var request = StaticRequest(path: path)
        request.isNavigation = isNavigation
        request.encodings = AcceptedEncodings(encodings)
        guard let query = StaticSite(root: site.root, fallback: "index.html").query(request) else { return "none" }
        switch FileLoader(query)?.answer(known: nil) {
        case .file(let file):
            guard case .memory(let bytes) = file.content else { return "on disk" }
            return file.version.coding == .gzipOnTheFly ? "gzip" : String(buffer: bytes)
        case .addSlash: return "add slash"
        case .missing, .unchanged, nil: return "none"
        }
    }

    @Test func `files, folders and fallbacks are told apart`() throws {
        try site.write("index.html", "home")
        try site.write("docs/index.html", "docs")
        try site.write("app.js", "code")
        try site.write(".env", "secret")
        try site.write("empty/note.txt", "note")
        #expect(answer("/") == "home")
        #expect(answer("/docs/") == "docs")
        #expect(answer("/docs") == "add slash")
        #expect(answer("/app.js") == "code")
        #expect(answer("/app.js/") == "none")
        #expect(answer("/empty/") == "none")
        #expect(answer("/users/7", isNavigation: true) == "home")
        #expect(answer("/users/7") == "none")
        #expect(answer("/old.html", isNavigation: true) == "home")
        #expect(answer("/gone.js", isNavigation: true) == "none")
        #expect(answer("/.env", isNavigation: true) == "none")
    }

    @Test func `links lead nowhere outside the root nor to what is hidden`() throws {
        try site.write("inside/a.txt", "inside")
        try site.write(".env", "secret")
        try site.link("good.txt", to: "inside/a.txt")
        try site.link("passwd", to: "/etc/passwd")
        try site.link("etc", to: "/etc")
        try site.link("env.txt", to: ".env")
        try site.link("loop", to: "loop")
        #expect(answer("/good.txt") == "inside")
        for path in ["/passwd", "/etc/passwd", "/env.txt", "/loop"] { #expect(answer(path) == "none", "\(path)") }
    }

    @Test func `the best coding that is accepted and not outdated is served`() throws {
        try site.write("a.js", String(repeating: "a", count: 5000))
        #expect(answer("/a.js", encodings: "gzip, br") == "gzip")
        try site.write("a.js.gz", "made before")
        #expect(answer("/a.js", encodings: "gzip, br") == "made before")
        try site.write("a.js.br", "smaller still")
        #expect(answer("/a.js", encodings: "gzip, br") == "smaller still")
        #expect(answer("/a.js").count == 5000)
        try site.age("a.js.gz")
        #expect(answer("/a.js", encodings: "gzip") == "gzip")
        try site.write("small.js", "a")
        try site.write("noise.png", String(repeating: "a", count: 5000))
        #expect(answer("/small.js", encodings: "gzip") == "a")
        #expect(answer("/noise.png", encodings: "gzip").count == 5000)
    }

    @Test func `a file that did not change is not read again`() throws {
        try site.write("a.txt", "one")
        let query = try #require(StaticSite(root: site.root, fallback: nil).query(StaticRequest(path: "/a.txt")))
        guard case .file(let first) = FileLoader(query)?.answer(known: nil) else {
            Issue.record("no file")
            return
        }
        guard case .unchanged = FileLoader(query)?.answer(known: first.version) else {
            Issue.record("read again")
            return
        }
        try site.write("a.txt", "three")
        guard case .file(let second) = FileLoader(query)?.answer(known: first.version) else {
            Issue.record("not read again")
            return
        }
        #expect(first.etag != second.etag)
    }

    @Test func `gzip is understood by gzip`() throws {
        let text = String(repeating: "slipway ", count: 1000)
        let packed = try #require(Gzip.compress(Array(text.utf8)))
        #expect(packed.count < 200)
        let file = site.root + "/a.gz"
        try Data(packed).write(to: URL(fileURLWithPath: file))
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", file]
        process.standardOutput = output
        try process.run()
        let unpacked = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(unpacked.map { String(decoding: $0, as: UTF8.self) } == text)
    }
}
