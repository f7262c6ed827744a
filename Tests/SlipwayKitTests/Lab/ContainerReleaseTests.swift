// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Releases as containers: the same machine and the same promises as with processes.
@Suite(.serialized, .enabled(if: Lab.isUp, Lab.reason))
struct ContainerReleaseTests {
    private static let compose = """
        name: stall
        services:
          cache:
            image: redis:7-alpine
            networks: [data]
            volumes: ["rows:/data"]
          migrate:
            build: ./server
            command: ["python", "migrate.py"]
            networks: [data]
            restart: "no"
            depends_on: {cache: {condition: service_started}}
          server:
            build: ./server
            environment: {SHOP_TOKEN: "${SHOP_TOKEN:?needed}", SIGN: "${SIGN}"}
            init: true
            ports: ["8000:8000"]
            networks: [data, front]
            stop_grace_period: 5s
            depends_on:
              migrate: {condition: service_completed_successfully}
        networks:
          data: {internal: true}
          front: {}
        volumes:
          rows: {}
        """
    private static let configuration = """
        name: stall
        services:
          server: {directory: server, role: backend, start: python3 app.py, port: 8000, portVariable: PORT,
                   healthPath: /health, routes: ["/"]}
        """
    /// Each release writes its name into the cache, so that what outlives releases is seen.
    private static let migration = """
        import socket
        cache = socket.create_connection(("cache", 6379), 10)
        cache.send(b"INCR releases\\r\\n")
        print(cache.recv(100))
        """

    private static func server(_ version: String, status: String = "200") -> String {
        """
        import http.server, os, socket
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                count = b""
                if self.path == "/count":
                    cache = socket.create_connection(("cache", 6379), 5)
                    cache.send(b"GET releases\\r\\n")
                    count = cache.recv(100).split(b"\\r\\n")[1]
                body = b"\(version)" + count
                if self.path == "/sign": body = os.environ["SIGN"].encode()
                self.send_response(200 if self.path == "/health" else \(status))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass
        http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
        """
    }

    private func project(_ compose: String) throws -> Slipway {
        try Slipway(
            named: "stall",
            files: [
                "compose.yaml": compose, "slipway.yml": Self.configuration, "server/migrate.py": Self.migration,
                "server/app.py": Self.server("one"),
                ".env": "SHOP_TOKEN=never-to-be-seen\nSIGN='two \"for\" $5 # today'\n",
                "server/Dockerfile": "FROM python:3.11-slim\nWORKDIR /app\nCOPY . /app\nCMD [\"python\", \"app.py\"]\n",
            ])
    }

    private func deployed(_ compose: String = Self.compose) throws -> (slipway: Slipway, web: Web) {
        let slipway = try project(compose)
        let result = try slipway.run("deploy", "--target", "docker", "--port", "0", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let address = try #require(result.output.firstMatch(of: /"address" : "([^"]+)"/)).output.1
        return (slipway, Web(address: String(address)))
    }

    /// One release has containers, and no deploy is left half done.
    private func expectClean(_ slipway: Slipway, _ comment: Comment) throws {
        let names = try slipway.containers().filter { $0.contains("-r") }
        #expect(names.count == 1, "\(comment): \(names)")
        #expect(try !slipway.run("history", "--json").output.contains("\"unfinished\""), comment)
        #expect(try slipway.run("status").status == 0, comment)
    }

    @Test func `a new release takes over, its data stays, a bad one goes back, and rollback goes back`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.remove() }
        #expect(try web.get("/count").body == "one1")
        #expect(try web.get("/sign").body == "two \"for\" $5 # today")
        #expect(try slipway.run("deploy").output.contains("nothing to deploy"))
        try slipway.write(Self.server("two"), to: "server/app.py")
        #expect(try slipway.run("deploy", "--plan").output.contains("no downtime"))
        let second = try slipway.run("deploy", "--watch", "0")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try web.get("/count").body == "two2")
        try expectClean(slipway, "after the second release")

        try slipway.write("import sys\nsys.exit(3)", to: "server/app.py")
        #expect(try slipway.run("deploy").status == 65)
        #expect(try web.get("/").body == "two")
        try expectClean(slipway, "after a release that never worked")

        #expect(try slipway.run("rollback").status == 0)
        #expect(try web.get("/").body == "one")
        try expectClean(slipway, "after the rollback")

        let state = slipway.folder.appendingPathComponent(".slipway/docker/releases")
        let kept = try #require(FileManager.default.enumerator(at: state, includingPropertiesForKeys: nil))
        for case let file as URL in kept where file.pathExtension == "json" {
            #expect(try !String(contentsOf: file, encoding: .utf8).contains("never-to-be-seen"), "\(file.path)")
        }
        #expect(try slipway.run("down").status == 0)
        #expect(try slipway.containers().isEmpty)
        let back = try slipway.run("resume", "--target", "docker")
        #expect(back.status == 0, "\(back.errors)")
        #expect(try web.get("/count").body == "one3", "the cache's data outlived its container")
    }

    @Test func `replicas of a service are containers that are exchanged one after the other`() throws {
        let (slipway, web) = try deployed(
            Self.compose.replacingOccurrences(of: "    init: true", with: "    init: true\n    deploy: {replicas: 2}")
                .replacingOccurrences(of: "8000:8000", with: "8000"))
        defer { slipway.remove() }
        try slipway.write(Self.server("two"), to: "server/app.py")
        let deploy = try slipway.start("deploy", "--watch", "1")
        var answers: [Int: Int] = [:]
        let deadline = Date(timeIntervalSinceNow: 120)
        while deploy.isRunning, Date() < deadline { answers[try web.get("/").status, default: 0] += 1 }
        deploy.waitUntilExit()
        #expect(deploy.terminationStatus == 0)
        #expect(Array(answers.keys) == [200], "\(answers)")
        #expect(try web.get("/").body == "two")
        let servers = try slipway.containers().filter { $0.contains("-server") }
        #expect(servers.count == 2 && servers.allSatisfy { $0.contains("-r2-") }, "\(servers)")
        #expect(try slipway.run("history", "--json").output.contains("\"live\""))
    }

    @Test func `a migration that fails leaves the old release alone`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.remove() }
        try slipway.write("print('halfway')\nraise SystemExit(4)", to: "server/migrate.py")
        let result = try slipway.run("deploy")
        #expect(result.status == 65 && result.errors.contains("release-failed") && result.errors.contains("halfway"))
        #expect(try web.get("/").body == "one")
        try expectClean(slipway, "after a failed migration")
    }

    @Test func `kill -9 of the command or the engine leaves no container behind`() throws {
        let (slipway, web) = try deployed()
        defer { slipway.remove() }
        for (turn, entry) in [3, 6, 9, 12, 14].enumerated() {
            try slipway.write(Self.server("two \(entry)"), to: "server/app.py")
            let deploy = try slipway.start("deploy", "--watch", "0")
            while deploy.isRunning, try slipway.journalLines(in: ".slipway/docker") < entry { usleep(500) }
            let isEngine = turn == 3
            if isEngine { kill(try slipway.engineIdentifier(in: ".slipway/docker"), SIGKILL) }
            kill(deploy.processIdentifier, SIGKILL)
            deploy.waitUntilExit()
            if !isEngine { #expect(try web.get("/").status == 200, "killed at entry \(entry)") }
            let next = try slipway.run(turn % 2 == 0 ? "abort" : "resume")
            #expect(next.status == 0, "killed at entry \(entry): \(next.errors)")
            #expect(try web.get("/").status == 200, "after entry \(entry)")
            try expectClean(slipway, "killed at entry \(entry)")
        }
    }
}

extension Slipway {
    /// Names of all containers of this checkout.
    fileprivate func containers() throws -> [String] {
        let filter = ["--filter", "label=slipway.application", "--format", "{{.Names}}"]
        let all = try Self.docker(["ps", "--all"] + filter).split(separator: "\n").map(String.init)
        let text = (try? String(contentsOf: state("shared.json"), encoding: .utf8)) ?? ""
        guard let name = text.firstMatch(of: /"name": ?"([^"]+)"/)?.output.1 else { return [] }
        return all.filter { $0.hasPrefix(name) }
    }

    private func state(_ path: String) -> URL { folder.appendingPathComponent(".slipway/docker/\(path)") }

    /// Ends everything, with its data.
    fileprivate func remove() {
        let text = (try? String(contentsOf: state("shared.json"), encoding: .utf8)) ?? ""
        let name = text.firstMatch(of: /"name": ?"([^"]+)"/).map { String($0.output.1) }
        cleanUp()
        guard let name else { return }
        let volumes = (try? Self.docker(["volume", "ls", "--quiet", "--filter", "name=\(name)"])) ?? ""
        for volume in volumes.split(separator: "\n") { _ = try? Self.docker(["volume", "rm", String(volume)]) }
        let images = (try? Self.docker(["image", "ls", "--quiet", "--filter", "reference=\(name)-*"])) ?? ""
        for image in Set(images.split(separator: "\n")) { _ = try? Self.docker(["image", "rm", "-f", String(image)]) }
    }

    private static func docker(_ words: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker"] + words
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }
}
