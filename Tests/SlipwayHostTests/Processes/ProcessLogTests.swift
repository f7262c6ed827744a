// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayCore
@testable import SlipwayHost

struct ProcessLogTests {
    private func lines(_ chunks: [String], hiding secrets: [String] = []) -> [String] {
        var splitter = LogLines(redactor: Redactor(secrets.map(Secret.init)))
        var lines: [String] = []
        for chunk in chunks { splitter.feed(Array(chunk.utf8)) { lines.append(String(decoding: $0, as: UTF8.self)) } }
        splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test func `lines are put together from pieces`() {
        #expect(lines(["a", "b\nc", "\r\n\nd"]) == ["ab", "c", "", "d"])
        #expect(lines([]) == [])
    }

    @Test func `a secret is hidden though it comes in two pieces or on two lines`() {
        #expect(lines(["key=hunt", "er2222\n"], hiding: ["hunter2222"]) == ["key=[redacted]"])
        #expect(lines(["-first line\nsecond line-\n"], hiding: ["first line\nsecond line"]) == ["-[redacted]-"])
        #expect(lines(["x second line\n"], hiding: ["first line\nsecond line"]) == ["x [redacted]"])
    }

    @Test func `a line without end is cut, and no secret shows at the cut`() {
        let secret = "s3cr3t-s3cr3t"
        let start = String(repeating: "x", count: LogLines.longestLine - 5)
        let all = lines([start + secret.prefix(6), String(secret.dropFirst(6)), "y"], hiding: [secret])
        #expect(!all.joined().contains("s3c"))
        #expect(all.joined().contains("[redacted]"))
        let pieces = lines([String(repeating: "z", count: 3 * LogLines.longestLine)])
        #expect(pieces.map(\.utf8.count).max() == LogLines.longestLine)
        #expect(pieces.joined().utf8.count == 3 * LogLines.longestLine)
    }

    @Test func `a log is private, valid UTF-8, and rotates`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = ProcessLog(path: folder + "/web.log", redactor: Redactor([Secret("hunter2222")]), rotationSize: 4000)
        log.append([0xFF, 0xFE, UInt8(ascii: "\n")] + Array("hunter2222\n".utf8), from: .err)
        let text = try String(contentsOfFile: folder + "/web.log", encoding: .utf8)
        #expect(text.contains("Z err \u{FFFD}\u{FFFD}\n"))
        #expect(text.contains("Z err [redacted]\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/web.log")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        for number in 0..<1000 { log.append(Array("line \(number)\n".utf8), from: .out) }
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
                "web.log", "web.log.1", "web.log.2", "web.log.3",
            ])
        #expect(log.recent.count == ProcessLog.recentLines)
        #expect(log.recent.last == "line 999")
        log.forget()
        #expect(log.recent.isEmpty)
    }
}
