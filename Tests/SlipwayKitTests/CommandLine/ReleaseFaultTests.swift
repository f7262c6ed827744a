// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What applications, machines and people do to a deploy.
@Suite(.serialized, .enabled(if: Tools.has("python3", "curl"), "python3 and curl"))
struct ReleaseFaultTests {
    private static func configuration(_ more: String = "") -> String {
        """
        name: fault
        services:
          web:
            directory: .
            role: backend
            start: python3 app.py
            port: 8000
            portVariable: PORT
            healthPath: /health
            routes: ["/"]
        \(more)
        """
    }

    private static func server(_ version: String, first: String = "pass") -> String {
        """
        import http.server, os, signal, subprocess, sys, threading, time
        \(first)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                body = b"\(version)"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """
    }

    private func deployed(first: String = "pass", more: String = "") throws -> (slipway: Slipway, web: Web) {
        let slipway = try Slipway(
            named: "fault",
            files: ["slipway.yml": Self.configuration(more), "app.py": Self.server("one", first: first)])
        let result = try slipway.run("deploy", "--port", "0", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let address = try #require(result.output.firstMatch(of: /"address" : "([^"]+)"/)).output.1
        return (slipway, Web(address: String(address)))
    }

    @Test func `a release that works at first and dies while it is watched is sent back`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(
            Self.server("two", first: "threading.Timer(2.5, lambda: os._exit(9)).start()"), to: "app.py")
        let deploy = try slipway.start("deploy", "--watch", "20")
        var answers: Set<Int> = []
        let deadline = Date(timeIntervalSinceNow: 60)
        while deploy.isRunning, Date() < deadline {
            answers.insert(try web.get("/").status)
            usleep(150_000)
        }
        deploy.waitUntilExit()
        #expect(deploy.terminationStatus == 65)
        #expect(try web.get("/").body == "one")
    }

    @Test func `a canary that fails is seen by few and sent back`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        for _ in 0..<60 { _ = try web.get("/") }
        let bad = Self.server("two").replacingOccurrences(
            of: "self.send_response(200)", with: "self.send_response(200 if self.path == '/health' else 500)")
        try slipway.write(bad, to: "app.py")
        let deploy = try slipway.start("deploy", "--strategy", "canary", "--share", "20", "--watch", "40")
        var answers: [Int: Int] = [:]
        let deadline = Date(timeIntervalSinceNow: 60)
        while deploy.isRunning, Date() < deadline { answers[try web.get("/").status, default: 0] += 1 }
        deploy.waitUntilExit()
        #expect(deploy.terminationStatus == 65)
        #expect((answers[500] ?? 0) >= 1 && (answers[500] ?? 0) * 2 < answers[200] ?? 0, "\(answers)")
        #expect(try web.get("/").body == "one")
    }

    @Test func `an old release that ignores SIGTERM and forks is gone all the same`() throws {
        let marker = "31\(Int.random(in: 1000...9999))"
        let first = """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            subprocess.Popen(["sleep", "\(marker)"], start_new_session=True)
            """
        let (slipway, web) = try deployed(first: first)
        defer { slipway.cleanUp() }
        #expect(try sleepers(marker) == 1)
        try slipway.write(Self.server("two"), to: "app.py")
        let result = try slipway.run("deploy", "--watch", "0")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try web.get("/").body == "two")
        #expect(try sleepers(marker) == 0)
    }

    private func sleepers(_ marker: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int(name) != nil, let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: bytes, as: UTF8.self) == "sleep\0\(marker)\0"
        }.count
    }

    @Test func `a migration that hangs ends the deploy at its deadline`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(Self.configuration("    release: \"sleep 300\""), to: "slipway.yml")
        let result = try slipway.run("deploy", "--migration-timeout", "1")
        #expect(result.status != 0 && result.errors.contains("timed-out"), "\(result.errors)")
        #expect(try web.get("/").body == "one")
        #expect(try slipway.run("status").status == 0)
    }

    @Test func `a history that is damaged or gone costs no release and no number`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(Self.server("two"), to: "app.py")
        #expect(try slipway.run("deploy", "--watch", "0").status == 0)
        let history = slipway.folder.appendingPathComponent(".slipway/releases/history.log")
        var bytes = try Data(contentsOf: history)
        bytes[bytes.count / 2] = 0
        bytes.append(contentsOf: Array("\u{1}half a li".utf8))
        try bytes.write(to: history)
        #expect(try slipway.run("history").status == 0)
        try slipway.write(Self.server("three"), to: "app.py")
        let third = try slipway.run("deploy", "--watch", "0")
        #expect(third.status == 0 && third.output.contains("release 3"), "\(third.output)\(third.errors)")
        try FileManager.default.removeItem(at: history)
        let back = try slipway.run("rollback", "2")
        #expect(back.status == 0, "\(back.errors)")
        #expect(try web.get("/").body == "two")
        try slipway.write(Self.server("four"), to: "app.py")
        #expect(try slipway.run("deploy", "--watch", "0").output.contains("release 4"))
    }

    @Test func `a port that somebody has is named before anything is built`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        let port = try #require(web.address.split(separator: ":").last.map(String.init))
        let other = try Slipway(
            named: "other", files: ["slipway.yml": Self.configuration(), "app.py": Self.server("other")])
        defer { other.cleanUp() }
        let result = try other.run("deploy", "--port", port)
        #expect(result.status != 0 && result.errors.contains("port-in-use"), "\(result.errors)")
        #expect(try web.get("/").body == "one")
    }

    @Test func `maintenance keeps people out until it is over`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        #expect(try slipway.run("maintenance", "on").status == 0)
        let answer = try web.get("/")
        #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
        #expect(try slipway.run("maintenance", "off").status == 0)
        #expect(try web.get("/").status == 200)
    }

    @Test func `the plan says what a migration does, and going back past it says what stays`() throws {
        let (slipway, _) = try deployed(more: "    release: \"true\"")
        defer { slipway.cleanUp() }
        try slipway.write("ALTER TABLE users DROP COLUMN name;\n", to: "db/migrations/2.sql")
        let plan = try slipway.run("deploy", "--plan")
        #expect(plan.output.contains("db/migrations/2.sql:1 [breaks]") && plan.output.contains("better:"))
        #expect(try slipway.run("deploy", "--watch", "0").status == 0)
        let back = try slipway.run("rollback")
        #expect(back.status == 0 && back.output.contains("release 1 may fail: db/migrations/2.sql:1"), "\(back.output)")
    }

    @Test func `a secret is in no file, log, output or process list`() throws {
        let value = "hush-\(UUID().uuidString)"
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(value, to: "../value")
        let set = try slipway.run("secret", "set", "API_TOKEN", "--file", "../value")
        #expect(set.status == 0, "\(set.errors)")
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("../value"))
        try slipway.write(Self.server("two", first: "print(os.environ['API_TOKEN'], flush=True)"), to: "app.py")
        let deploy = try slipway.run("deploy", "--watch", "0", "--json")
        #expect(deploy.status == 0, "\(deploy.errors)")
        #expect(try web.get("/").body == "two")
        for words in [["status", "--json"], ["logs"], ["history", "--json"], ["secret", "list"]] {
            let result = try slipway.runAll(words)
            #expect(!(result.output + result.errors).contains(value), "\(words)")
        }
        #expect(!(deploy.output + deploy.errors).contains(value))
        let files = try #require(FileManager.default.enumerator(at: slipway.folder, includingPropertiesForKeys: nil))
        for case let file as URL in files {
            guard let bytes = FileManager.default.contents(atPath: file.path) else { continue }
            #expect(!bytes.contains(value), "\(file.path)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(name) != nil {
            let arguments = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            #expect(!arguments.contains(value), "process \(name)")
        }
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
