// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Every example runs as a new user would run it, and its data survives `down` and `up`.
@Suite(.serialized) struct ExampleTests {
    private func up(_ slipway: Slipway, environment: [String: String] = [:]) throws -> Web {
        let result = try slipway.run("up", "--detach", "--port", "0", environment: environment)
        try #require(result.status == 0, "\(result.errors)")
        let address = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(address.hasPrefix("http://localhost:"))
        return Web(address: address)
    }

    @Test(.enabled(if: Tools.has("python3", "node", "npm", "curl") && Tools.hasPostgres, "python3, node and postgres"))
    func `pm answers its pages and API through one address, and rows survive`() throws {
        let slipway = try Slipway(example: "pm")
        defer { slipway.cleanUp() }
        var web = try up(slipway)
        let page = try web.get("/")
        #expect(page.status == 200)
        #expect(page.headers["cache-control"] == "no-cache")
        #expect(page.headers["x-content-type-options"] == "nosniff")
        let asset = try #require(page.body.firstMatch(of: /assets\/[^"]+\.js/)).output
        let script = try web.get("/\(asset)")
        #expect(script.status == 200)
        #expect(script.headers["cache-control"]?.contains("immutable") == true)
        #expect(try web.get("/projects/1", "-H", "Accept: text/html").body == page.body)
        let missing = try web.get("/assets/missing-12345678.js")
        #expect(missing.status == 404)
        #expect(missing.headers["cache-control"] == "no-store")
        #expect(try web.get("/api/projects").body.contains("Website relaunch"), "seed data is there")
        #expect(try web.post("/api/projects", json: #"{"key":"NEW","name":"Survives"}"#).status == 201)

        #expect(try slipway.run("down").status == 0)
        #expect(try slipway.run("status").status == 69)
        web = try up(slipway)
        #expect(try web.get("/api/projects").body.contains("Survives"))
    }

    @Test(.enabled(if: Tools.has("python3", "node", "npm", "curl") && Tools.hasPostgres, "python3, node and postgres"))
    func `resume takes an upload behind its login`() throws {
        let slipway = try Slipway(example: "resume")
        defer { slipway.cleanUp() }
        let web = try up(slipway)
        #expect(try web.get("/").body.contains("<script"))
        #expect(try web.get("/api/v1/health").status == 200)
        #expect(try web.get("/api/v1/resumes").status == 401)
    }

    @Test(.enabled(if: Tools.has("python3", "curl"), "python3"))
    func `helpdesk keeps tickets and attachments`() throws {
        let slipway = try Slipway(example: "helpdesk")
        defer { slipway.cleanUp() }
        var web = try up(slipway)
        let ticket = try web.post(
            "/tickets", json: #"{"subject":"Printer","description":"No paper","requester":"ada@example.com"}"#)
        #expect(ticket.status == 201)
        let identifier = try #require(ticket.body.firstMatch(of: /"id":"([0-9a-f]+)"/)).output.1
        try slipway.write("hello", to: "note.txt")
        let file = slipway.folder.appendingPathComponent("note.txt")
        #expect(try web.upload("/tickets/\(identifier)/attachments", file: file, field: "file").status == 201)

        try slipway.run("down")
        web = try up(slipway)
        let kept = try web.get("/tickets/\(identifier)")
        #expect(kept.status == 200)
        #expect(kept.body.contains("note.txt"))
    }

    @Test(.enabled(if: Tools.has("python3", "curl") && Tools.hasPostgres, "python3 and postgres"))
    func `triggers runs its API and its worker`() throws {
        let slipway = try Slipway(example: "triggers")
        defer { slipway.cleanUp() }
        let web = try up(slipway)
        #expect(try web.get("/health").status == 200)
        #expect(try web.get("/metrics").body.contains("# TYPE"))
        let status = try slipway.run("status", "--json")
        #expect(status.status == 0)
        #expect(status.output.contains(#""name" : "worker""#))
    }

    @Test(.enabled(if: Tools.has("node", "npm", "curl"), "node"))
    func `node-api answers its API and its site`() throws {
        let slipway = try Slipway(example: "node-api")
        defer { slipway.cleanUp() }
        let web = try up(slipway)
        #expect(try web.get("/").headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(try web.get("/api/nothing-here").headers["content-type"]?.contains("json") == true)
        #expect(try web.get("/.env").status == 404)
        let logs = try slipway.run("logs", "api")
        #expect(logs.output.contains("api"))
    }

    @Test(.enabled(if: Tools.has("swift", "curl"), "swift"))
    func `hello-swift is built and answers`() throws {
        let slipway = try Slipway(example: "hello-swift")
        defer { slipway.cleanUp() }
        #expect(try up(slipway).get("/health").status == 200)
    }
}
