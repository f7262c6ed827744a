// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Releases as a person makes them, and everything that may go wrong on the way.
@Suite(.serialized, .enabled(if: Tools.has("python3", "curl"), "python3 and curl"))
struct ReleaseTests {
    private static let configuration = """
        name: shop
        services:
          web:
            directory: .
            role: backend
            start: python3 app.py
            port: 8000
            portVariable: PORT
            healthPath: /health
            routes: ["/"]
        """

    private static func server(_ version: String, extra: String = "pass") -> String {
        """
        import http.server, os
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                status = 200
                \(extra)
                body = b"\(version)"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """
    }

    private func deployed(extra: String = "") throws -> (slipway: Slipway, web: Web) {
        let slipway = try Slipway(
            named: "shop", files: ["slipway.yml": Self.configuration + "\n" + extra, "app.py": Self.server("one")])
        let result = try slipway.run("deploy", "--port", "0", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let address = try #require(result.output.firstMatch(of: /"address" : "([^"]+)"/)).output.1
        return (slipway, Web(address: String(address)))
    }

    /// One release serves, nothing else is left of any other, and the next command is not kept out.
    private func expectClean(_ slipway: Slipway, _ comment: Comment) throws {
        let status = try slipway.run("status", "--json")
        #expect(status.status == 0, comment)
        let names = status.output.matches(of: /"name" : "(web[^"]*)"/).map(\.output.1)
        #expect(names.count == 1, comment)
        let history = try slipway.run("history", "--json")
        #expect(!history.output.contains("\"unfinished\""), comment)
    }

    @Test func `a new release takes over, nothing new does nothing, and rollback goes back`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        #expect(try web.get("/").body == "one")
        try slipway.write(Self.server("two"), to: "app.py")
        let plan = try slipway.run("deploy", "--plan")
        #expect(plan.output.contains("blue-green") && plan.output.contains("no downtime"))
        #expect(try web.get("/").body == "one", "a plan changes nothing")
        #expect(try slipway.run("deploy", "--watch", "0").status == 0)
        #expect(try web.get("/").body == "two")
        try slipway.write(Self.server("edited and not released"), to: "app.py")
        #expect(try web.get("/").body == "two")
        try slipway.write(Self.server("two"), to: "app.py")
        let again = try slipway.run("deploy")
        #expect(again.status == 0 && again.output.contains("nothing to deploy"))
        #expect(try slipway.run("rollback").status == 0)
        #expect(try web.get("/").body == "one")
        #expect(try slipway.run("rollback", "2").status == 0)
        #expect(try web.get("/").body == "two")
        let unknown = try slipway.run("rollback", "77")
        #expect(unknown.status == 64 && unknown.errors.contains("unknown-release"))
        try expectClean(slipway, "after all that")

        #expect(try slipway.run("down").status == 0)
        let resumed = try slipway.run("resume", "--port", "0")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output.contains("release 2"))
    }

    @Test(arguments: [
        ("sys.exit(3)", "unhealthy-service"), ("this is no Python", "unhealthy-service"),
    ])
    func `a release that does not start leaves the old one as it was`(source: String, code: String) throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write("import sys\n" + source, to: "app.py")
        let result = try slipway.run("deploy")
        #expect(result.status == 65)
        #expect(result.errors.contains(code))
        #expect(try web.get("/").body == "one")
        try expectClean(slipway, "after a release that never worked")
        #expect(try slipway.run("history").output.contains("failed"))
    }

    @Test func `a release must answer at every smoke path before it gets requests`() throws {
        let (slipway, web) = try deployed(extra: "    smokePaths: [/orders]")
        defer { slipway.cleanUp() }
        try slipway.write(
            Self.server("bad", extra: "status = 500 if self.path == '/orders' else 200"), to: "app.py")
        let result = try slipway.run("deploy")
        #expect(result.status == 65 && result.errors.contains("/orders"), "\(result.errors)")
        #expect(try web.get("/").body == "one")
        try expectClean(slipway, "after a failed smoke path")
    }

    @Test func `a rehearsal loses nothing, says so as text, JSON and picture, and fails where requests do`() throws {
        let (slipway, _) = try deployed()
        defer { slipway.cleanUp() }
        let clean = try slipway.run(
            "rehearse", "--rate", "50", "--seconds", "5", "--json", "--picture", "rehearsal.svg")
        #expect(clean.status == 0, "\(clean.errors)")
        #expect(clean.output.contains("\"lost\" : 0") && clean.output.contains("\"p99\""))
        try slipway.python("import xml.dom.minidom; xml.dom.minidom.parse('rehearsal.svg')")
        #expect(try slipway.text("rehearsal.svg").contains("shop: two deploys and a rollback under load"))
        try slipway.write(Self.server("two", extra: "status = 500 if self.path == '/bad' else 200"), to: "app.py")
        #expect(try slipway.run("deploy", "--watch", "0").status == 0)
        let bad = try slipway.run("rehearse", "--rate", "20", "--seconds", "5", "--path", "/bad")
        #expect(bad.status == 65 && bad.output.contains("status 500"), "\(bad.output) \(bad.errors)")
    }

    @Test func `a migration that fails stops the deploy before anything starts`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(Self.configuration + "\n    release: \"echo halfway; exit 4\"", to: "slipway.yml")
        let result = try slipway.run("deploy")
        #expect(result.status == 65 && result.errors.contains("release-failed") && result.errors.contains("halfway"))
        #expect(try web.get("/").body == "one")
        try expectClean(slipway, "after a failed migration")
    }

    @Test func `a release that answers with errors under load is sent back by itself`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        for _ in 0..<60 { _ = try web.get("/") }
        try slipway.write(
            Self.server("bad", extra: "status = 200 if self.path == '/health' else 500"), to: "app.py")
        let deploy = try slipway.start("deploy", "--watch", "30")
        let deadline = Date(timeIntervalSinceNow: 60)
        while deploy.isRunning, Date() < deadline { _ = try web.get("/") }
        deploy.waitUntilExit()
        #expect(deploy.terminationStatus == 65)
        #expect(try web.get("/").body == "one")
        #expect(try slipway.run("history", "--json").output.contains("\"outcome\" : \"returned\""))
        try expectClean(slipway, "after a bad release")
    }

    @Test func `replicas are exchanged one after the other, and a bad release reaches one of them`() throws {
        let (slipway, web) = try deployed(extra: "    replicas: 2")
        defer { slipway.cleanUp() }
        for _ in 0..<60 { _ = try web.get("/") }
        try slipway.write(
            Self.server("bad", extra: "status = 200 if self.path == '/health' else 500"), to: "app.py")
        let bad = try slipway.start("deploy", "--watch", "30")
        var answers: [Int: Int] = [:]
        let deadline = Date(timeIntervalSinceNow: 60)
        while bad.isRunning, Date() < deadline { answers[try web.get("/").status, default: 0] += 1 }
        bad.waitUntilExit()
        #expect(bad.terminationStatus == 65)
        #expect(answers[500] ?? 0 <= answers[200] ?? 0, "the old replicas had requests all along: \(answers)")

        try slipway.write(Self.server("two"), to: "app.py")
        #expect(try slipway.run("deploy", "--plan").output.contains("rolling: web runs 2 times"))
        let deploy = try slipway.start("deploy", "--watch", "1")
        answers = [:]
        while deploy.isRunning, Date() < deadline { answers[try web.get("/").status, default: 0] += 1 }
        deploy.waitUntilExit()
        #expect(deploy.terminationStatus == 0)
        #expect(Array(answers.keys) == [200], "\(answers)")
        #expect(try web.get("/").body == "two")
        let status = try slipway.run("status", "--json").output
        #expect(status.matches(of: /"name" : "(web[^"]*)"/).map(\.output.1) == ["web@3", "web#2@3"])
    }

    @Test func `what may run once only is exchanged while requests wait, and none is refused`() throws {
        let (slipway, web) = try deployed(extra: "    singleInstance: it counts in memory")
        defer { slipway.cleanUp() }
        try slipway.write(Self.server("two"), to: "app.py")
        #expect(try slipway.run("deploy", "--plan").output.contains("requests wait for about"))
        let deploy = try slipway.start("deploy", "--watch", "0")
        var answers: [Int: Int] = [:]
        while deploy.isRunning { answers[try web.get("/").status, default: 0] += 1 }
        #expect(deploy.terminationStatus == 0)
        #expect(Array(answers.keys) == [200], "\(answers)")
        #expect(try web.get("/").body == "two")

        try slipway.write("import sys; sys.exit(1)", to: "app.py")
        #expect(try slipway.run("deploy").status == 65)
        #expect(try web.get("/").body == "two", "the old one was started again")
        try expectClean(slipway, "after the exchange failed")
    }

    @Test(arguments: [false, true])
    func `kill -9 of the command at any step leaves the application serving and the next command ends clean`(
        goesOn: Bool
    ) throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        var isOver = false
        // Odd entries one way, even ones the other: every one is met, and the suite stays short.
        var entry = goesOn ? 2 : 1
        while !isOver, entry < 40 {
            try slipway.write(Self.server("two \(entry)"), to: "app.py")
            let deploy = try slipway.start("deploy", "--watch", "0")
            while deploy.isRunning, try slipway.journalLines() < entry { usleep(500) }
            isOver = !deploy.isRunning
            kill(deploy.processIdentifier, SIGKILL)
            deploy.waitUntilExit()
            #expect(try web.get("/").status == 200, "killed at entry \(entry)")
            let next = try slipway.run(goesOn ? "resume" : "abort")
            #expect(next.status == 0, "killed at entry \(entry): \(next.errors)")
            #expect(try web.get("/").status == 200)
            try expectClean(slipway, "killed at entry \(entry)")
            entry += 2
        }
        #expect(entry > 12, "every step was met")
    }

    @Test func `kill -9 of the engine in the middle of a deploy: the old release comes back`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        for entry in [2, 4, 10, 14] {
            try slipway.write(Self.server("two \(entry)"), to: "app.py")
            let deploy = try slipway.start("deploy", "--watch", "0")
            while deploy.isRunning, try slipway.journalLines() < entry { usleep(500) }
            kill(try slipway.engineIdentifier(), SIGKILL)
            deploy.waitUntilExit()
            let settled = try slipway.run("resume")
            #expect(settled.status == 0, "\(settled.errors)")
            let status = try slipway.run("status", "--json")
            let address = try #require(status.output.firstMatch(of: /"address" : "([^"]+)"/)).output.1
            #expect(String(address) == web.address, "at its old address")
            #expect(try web.get("/").status == 200, "engine killed at entry \(entry)")
            try expectClean(slipway, "engine killed at entry \(entry)")
        }
    }

    @Test func `an engine that was killed comes back by itself, one that was stopped does not`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        let old = try slipway.engineIdentifier()
        kill(old, SIGKILL)
        let deadline = Date(timeIntervalSinceNow: 60)
        var isBack = false
        while !isBack, Date() < deadline {
            usleep(100_000)
            isBack = try web.get("/").status == 200
        }
        #expect(isBack)
        #expect(try slipway.engineIdentifier() != old)
        try expectClean(slipway, "after the engine's return")
        #expect(try slipway.run("down").status == 0)
        usleep(2_500_000)
        #expect(try slipway.run("status").status != 0, "it was asked to end")
    }

    /// Its guard waits for half a second before it starts the engine again, which then takes some tenths.
    @Test func `an engine that was killed does not come back when somebody ends it, whatever the moment`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        for delay in [0, 300_000, 550_000, 700_000, 1_000_000] as [UInt32] {
            kill(try slipway.engineIdentifier(), SIGKILL)
            usleep(delay)
            let ended = try slipway.run("down")
            #expect(ended.status == 0 && ended.errors.contains("stopped"), "\(delay) µs: \(ended.errors)")
            usleep(3_000_000)
            #expect(try slipway.run("status").status != 0, "back, after an end \(delay) µs after its death")
            #expect(try slipway.run("down").errors.contains("nothing was running"), "\(delay) µs")
            let resumed = try slipway.run("resume")
            #expect(resumed.status == 0, "\(delay) µs: \(resumed.errors)")
            #expect(try web.get("/").body == "one")
        }
    }

    @Test func `two deploys at once: the second one waits or says who is at it`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.cleanUp() }
        try slipway.write(Self.server("two"), to: "app.py")
        let first = try slipway.start("deploy", "--watch", "3")
        while first.isRunning, try slipway.journalLines() < 4 { usleep(500) }
        let second = try slipway.run("deploy")
        #expect(second.status == 75 && second.errors.contains("deploy-locked"))
        let third = try slipway.run("deploy", "--wait", "30")
        #expect(third.status == 0 && third.output.contains("nothing to deploy"))
        first.waitUntilExit()
        #expect(first.terminationStatus == 0)
        #expect(try web.get("/").body == "two")
    }
}

extension Slipway {
    /// Starts a command without waiting for its end.
    func start(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Entries of the deploy under way.
    func journalLines(in state: String = ".slipway") throws -> Int {
        let file = folder.appendingPathComponent("\(state)/deploy.journal")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        // The journal of the deploy before ends with its end.
        return text.contains("{\"end\"") ? 0 : text.split(separator: "\n").count
    }

    func engineIdentifier(in state: String = ".slipway") throws -> Int32 {
        let text = try String(contentsOf: folder.appendingPathComponent("\(state)/engine.json"), encoding: .utf8)
        let found = text.firstMatch(of: /"processIdentifier":(\d+)/)?.output.1
        return found.flatMap { Int32($0) } ?? 0
    }
}
