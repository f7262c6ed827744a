// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import SlipwayOperate
import Testing

struct LogReaderTests {
    @Test(
        arguments: [
            ("2026-11-21T00:00:00.123Z out hello", "hello"),
            ("2026-11-21T00:00:00.123Z err a b  c", "a b  c"),
            ("2026-11-21T00:00:00.123Z out ", ""),
            ("hello", nil), ("", nil), ("2026-11-21 out x", nil), ("2026-11-21T00:00:00.123Z log x", nil),
        ] as [(String, String?)])
    func `a stored line is read back and anything else is passed over`(_ stored: String, _ text: String?) {
        #expect(LogLine(service: "web", stored: stored[...])?.text == text)
    }

    @Test(
        arguments: [
            ("web-1  | 2026-11-21T00:00:00.123456789Z hello", "web", "2026-11-21T00:00:00.123Z", "hello"),
            ("my-api-12 | 2026-11-21T00:00:00.1Z a | b", "my-api", "2026-11-21T00:00:00.100Z", "a | b"),
            ("web-1  | 2026-11-21T00:00:00Z ", nil, nil, nil), ("web-1  | hello", nil, nil, nil),
            ("hello", nil, nil, nil), ("", nil, nil, nil), ("|", nil, nil, nil),
        ] as [(String, String?, String?, String?)])
    func `a line of Compose is read and anything else is passed over`(
        _ line: String, _ service: String?, _ time: String?, _ text: String?
    ) {
        let found = LogLine(compose: line)
        #expect(found?.service == service)
        #expect(found?.time == time)
        #expect(found?.text == text)
    }

    @Test func `lines of several processes come in the order of time, across cuts and rotation`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let web = folder.appendingPathComponent("web.log").path
        let worker = folder.appendingPathComponent("worker.log").path
        func append(_ text: String, to path: String) throws {
            let handle = FileHandle(forWritingAtPath: path)
            if let handle {
                handle.seekToEndOfFile()
                handle.write(Data(text.utf8))
                try handle.close()
            } else {
                try text.write(toFile: path, atomically: false, encoding: .utf8)
            }
        }
        try append("2026-11-21T00:00:00.001Z out a\n2026-11-21T00:00:00.003Z out c\n2026-11-21T00:00", to: web)
        try append("2026-11-21T00:00:00.002Z err b\n", to: worker)

        var reader = LogReader(files: ["web": web, "worker": worker, "absent": folder.path + "/absent.log"])
        #expect(reader.readNew().map(\.text) == ["a", "b", "c"])
        try append(":00.004Z out d\n", to: web)
        #expect(reader.readNew().map(\.text) == ["d"])
        try FileManager.default.moveItem(atPath: web, toPath: web + ".1")
        try append("2026-11-21T00:00:00.005Z out e\n", to: web)
        #expect(reader.readNew().map(\.text) == ["e"])
        #expect(reader.readNew().isEmpty)
    }
}
