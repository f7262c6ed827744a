// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What an editor and the built program say to each other.
@Suite(.serialized) struct LanguageServerTests {
    private typealias Message = [String: Any]

    private static func send(_ messages: [Message]) throws -> Data {
        try messages.reduce(into: Data()) { all, message in
            var message = message
            message["jsonrpc"] = "2.0"
            let body = try JSONSerialization.data(withJSONObject: message)
            all += Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body
        }
    }

    /// Everything that the server answers to these messages, and its exit status.
    private static func talk(_ slipway: Slipway, _ input: Data) throws -> (answers: [Message], status: Int32) {
        let process = Process()
        process.executableURL = Slipway.executable
        process.arguments = ["lsp"]
        let (toServer, fromServer) = (Pipe(), Pipe())
        process.standardInput = toServer
        process.standardOutput = fromServer
        process.standardError = FileHandle.nullDevice
        try process.run()
        try toServer.fileHandleForWriting.write(contentsOf: input)
        try toServer.fileHandleForWriting.close()
        var rest = try fromServer.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        var answers: [Message] = []
        while let end = rest.range(of: Data("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            let count = Int(head.split(separator: " ").last ?? "0") ?? 0
            let body = rest[end.upperBound..<end.upperBound + count]
            answers.append(try #require(try JSONSerialization.jsonObject(with: body) as? Message))
            rest = rest[(end.upperBound + count)...]
        }
        return (answers, process.terminationStatus)
    }

    private static func diagnostics(_ answers: [Message], _ uri: String) -> [[Message]] {
        answers.compactMap { answer in
            guard answer["method"] as? String == "textDocument/publishDiagnostics",
                let parameters = answer["params"] as? Message, parameters["uri"] as? String == uri
            else { return nil }
            return parameters["diagnostics"] as? [Message]
        }
    }

    @Test func `what is typed is checked, explained, mended and forgotten`() throws {
        let script = "#!/bin/sh\nset -e\nexec $@\n"
        let slipway = try Slipway(named: "my app", files: ["entrypoint.sh": script, "app.py": "print(1)\n"])
        defer { slipway.cleanUp() }
        let root = slipway.folder.absoluteString
        let uri = slipway.folder.appendingPathComponent("entrypoint.sh").absoluteString
        let document: Message = ["uri": uri]
        let place: Message = ["line": 2, "character": 6]
        let (answers, status) = try Self.talk(
            slipway,
            Self.send([
                ["id": 1, "method": "initialize", "params": ["rootUri": root, "capabilities": Message()]],
                ["method": "initialized", "params": Message()],
                [
                    "method": "textDocument/didOpen",
                    "params": ["textDocument": ["uri": uri, "languageId": "sh", "version": 1, "text": script]],
                ],
                ["id": 2, "method": "textDocument/hover", "params": ["textDocument": document, "position": place]],
                [
                    "id": "three", "method": "textDocument/codeAction",
                    "params": [
                        "textDocument": document, "range": ["start": place, "end": place], "context": Message(),
                    ],
                ],
                [
                    "method": "textDocument/didChange",
                    "params": [
                        "textDocument": ["uri": uri, "version": 2],
                        "contentChanges": [["text": "#!/bin/sh\nset -e\nexec \"$@\"\n"]],
                    ],
                ],
                ["method": "textDocument/didSave", "params": ["textDocument": document]],
                ["method": "textDocument/didClose", "params": ["textDocument": document]],
                ["id": 4, "method": "textDocument/rename", "params": Message()],
                ["id": 5, "method": "shutdown"],
                ["method": "exit"],
            ]))
        #expect(status == 0)
        let shown = Self.diagnostics(answers, uri)
        #expect(shown.first?.map { $0["code"] as? String } == ["SH012"])
        let start = (shown.first?.first?["range"] as? Message)?["start"] as? Message
        #expect(start?["line"] as? Int == 2 && start?["character"] as? Int == 5)
        #expect(shown.dropFirst().allSatisfy(\.isEmpty) && shown.count == 4)
        func answer(_ id: String) -> Message? { answers.first { "\($0["id"] ?? "")" == id } }
        #expect("\(answer("2") ?? [:])".contains("cut at their blanks"))
        let actions = answer("three")?["result"] as? [Message]
        #expect("\(actions ?? [])".contains("exec \\\"$@\\\"") || "\(actions ?? [])".contains("exec \"$@\""))
        #expect((answer("4")?["error"] as? Message)?["code"] as? Int == -32601)
        #expect(answer("5") != nil)
    }

    @Test func `what slipway.yml says of the rules holds in an editor`() throws {
        let text = "FROM debian\nUSER 1000\n"
        let slipway = try Slipway(files: [
            "Dockerfile": text, "slipway.yml": "check:\n  rules:\n    DL3006: off\n",
        ])
        defer { slipway.cleanUp() }
        let uri = slipway.folder.appendingPathComponent("Dockerfile").absoluteString
        let (answers, _) = try Self.talk(
            slipway,
            Self.send([
                ["id": 1, "method": "initialize", "params": ["rootUri": slipway.folder.absoluteString]],
                [
                    "method": "textDocument/didOpen",
                    "params": ["textDocument": ["uri": uri, "languageId": "dockerfile", "version": 1, "text": text]],
                ],
                ["id": 2, "method": "shutdown"], ["method": "exit"],
            ]))
        let codes = Self.diagnostics(answers, uri).last?.compactMap { $0["code"] as? String } ?? []
        #expect(codes.contains("DF357") && !codes.contains("DF306"))
    }

    @Test func `an end without a goodbye, a question before the beginning and noise are told apart`() throws {
        let slipway = try Slipway(files: ["app.py": ""])
        defer { slipway.cleanUp() }
        let early = try Self.talk(slipway, Self.send([["id": 1, "method": "textDocument/hover"], ["method": "exit"]]))
        #expect((early.answers.first?["error"] as? Message)?["code"] as? Int == -32002)
        #expect(early.status == 1)
        let noise = try Self.talk(slipway, Data("Content-Length: 3\r\n\r\n{a}".utf8))
        #expect((noise.answers.first?["error"] as? Message)?["code"] as? Int == -32700)
        #expect(try Self.talk(slipway, Data("Content-Length: many\r\n\r\n".utf8)).status == 1)
    }
}
