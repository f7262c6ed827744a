// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What people get wrong, and what they are told: every message names the thing and what to type.
@Suite(.serialized) struct BadInputTests {
    private static let manifest = #"{"name":"app","scripts":{"start":"node server.js"}}"#
    private static func server(_ body: String) -> [String: String] {
        ["package.json": manifest, "server.js": "const http = require('node:http');\n\(body)\n"]
    }
    private static let good = """
        http.createServer((q, r) => r.end('ok')).listen(process.env.PORT || 3000, process.env.HOST || '127.0.0.1');
        """

    @Test func `a path that is no folder is a usage error`() throws {
        let slipway = try Slipway(files: ["notes.txt": "x"])
        defer { slipway.cleanUp() }
        for path in ["absent", "notes.txt"] {
            let result = try slipway.run("detect", path)
            #expect(result.status == 64)
            #expect(result.errors.contains("error[not-a-directory]"))
        }
    }

    @Test func `an empty repository and one without a service are told apart`() throws {
        let empty = try Slipway()
        defer { empty.cleanUp() }
        #expect(try empty.run("detect").errors.contains("error[empty-repository]"))
        let none = try Slipway(files: ["notes.txt": "x"])
        defer { none.cleanUp() }
        let result = try none.run("up")
        #expect(result.status == 65)
        #expect(result.errors.contains("error[nothing-detected]"))
        #expect(result.errors.contains("notes.txt"))
        #expect(result.errors.contains("slipway.yml"))
        let spec = try JSONSerialization.jsonObject(with: Data(none.run("detect", "--json").output.utf8))
        #expect(((spec as? [String: Any])?["services"] as? [Any])?.isEmpty == true)
    }

    @Test(.enabled(if: Tools.has("node", "curl"), "node"))
    func `a path with spaces and quotes, files that are not UTF-8 and a link that leads round in a circle are fine`()
        throws
    {
        let slipway = try Slipway(named: "my \"app\" isn't $HOME", files: Self.server(Self.good))
        defer { slipway.cleanUp() }
        try Data([0xE9, 0x20, 0xFF, 0x0A]).write(to: slipway.folder.appendingPathComponent("latin.js"))
        try FileManager.default.createSymbolicLink(
            atPath: slipway.folder.appendingPathComponent("loop").path, withDestinationPath: ".")
        let result = try slipway.run("up", "--detach", "--port", "0")
        #expect(result.status == 0, "\(result.errors)")
        let address = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try Web(address: address).get("/").body == "ok")
    }

    @Test(.enabled(if: Tools.has("node"), "node"))
    func `a second up on the same application is refused with the address of the first`() throws {
        let slipway = try Slipway(files: Self.server(Self.good))
        defer { slipway.cleanUp() }
        let first = try slipway.run("up", "--detach", "--port", "0")
        #expect(first.status == 0, "\(first.errors)")
        let second = try slipway.run("up", "--detach", "--port", "0")
        #expect(second.status == 75)
        #expect(second.errors.contains("error[already-running]"))
        #expect(second.errors.contains(first.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(second.errors.contains("slipway down"))
    }

    @Test(.enabled(if: Tools.has("node", "python3"), "node and python3"))
    func `a port that is taken is named with the program that holds it`() throws {
        let slipway = try Slipway(files: Self.server(Self.good))
        defer { slipway.cleanUp() }
        let holder = Process()
        let pipe = Pipe()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "python3", "-uc",
            "import socket,time\ns=socket.socket()\ns.bind(('127.0.0.1',0))\ns.listen()\nprint(s.getsockname()[1])\ntime.sleep(60)",
        ]
        holder.standardOutput = pipe
        try holder.run()
        // A child started from a dispatch thread inherits its blocked signals: only SIGKILL is sure.
        defer { kill(holder.processIdentifier, SIGKILL) }
        let port = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let result = try slipway.run("up", "--detach", "--port", port)
        #expect(result.status == 65)
        #expect(result.errors.contains("error[port-in-use]"))
        #expect(result.errors.contains("python3"))
        #expect(result.errors.contains("--port"))
    }

    @Test(.enabled(if: Tools.has("node"), "node"))
    func `a start command that exits is diagnosed with its last words, and nothing is left`() throws {
        let slipway = try Slipway(
            files: Self.server("\(Self.good)\nconsole.error('cannot find the treasure'); process.exit(3);"))
        defer { slipway.cleanUp() }
        let result = try slipway.run("up", "--detach", "--port", "0")
        #expect(result.status == 65)
        #expect(result.errors.contains("error[unhealthy-service]"))
        #expect(result.errors.contains("cannot find the treasure"))
        #expect(result.errors.contains("code 3"))
        #expect(try slipway.run("status").status == 69)
    }

    @Test func `all missing variables are named at once, with the places that read them`() throws {
        let slipway = try Slipway(files: [
            "requirements.txt": "fastapi\nuvicorn\n",
            "main.py": """
            import os
            from fastapi import FastAPI
            key = os.environ["STRIPE_API_KEY"]
            url = os.environ["UPSTREAM_URL"]
            app = FastAPI()
            """,
        ])
        defer { slipway.cleanUp() }
        let result = try slipway.run("up", "--detach", "--port", "0")
        #expect(result.status == 65)
        #expect(result.errors.contains("error[missing-variables]"))
        #expect(result.errors.contains("STRIPE_API_KEY"))
        #expect(result.errors.contains("UPSTREAM_URL"))
        #expect(result.errors.contains("main.py:3"))
    }

    @Test(.enabled(if: Tools.has("python3"), "python3"))
    func `requirements that do not resolve and a Python that is not there are explained`() throws {
        let app = "from fastapi import FastAPI\napp = FastAPI()\n"
        let unknown = try Slipway(files: ["requirements.txt": "fastapi==0.0.0.1\nuvicorn\n", "main.py": app])
        defer { unknown.cleanUp() }
        let failed = try unknown.run("up", "--detach", "--port", "0")
        #expect(failed.status == 65)
        #expect(failed.errors.contains("error[install-failed]"))
        #expect(failed.errors.contains("fastapi==0.0.0.1"))
        let old = try Slipway(files: ["requirements.txt": "fastapi\n", "main.py": app, ".python-version": "3.2\n"])
        defer { old.cleanUp() }
        let refused = try old.run("up", "--detach", "--port", "0")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("error[no-suitable-runtime]"))
        #expect(refused.errors.contains("3.2"))
    }

    @Test(
        arguments: [
            ("servces:\n  web: {}\n", "servces"), ("services:\n\tweb: {}\n", "tab"),
            ("services:\n  web:\n    port: many\n", "port"), ("name: a\nname: b\n", "name"),
            ("services:\n  web:\n    port: 70000\n", "1 to 65535, not 70000"),
            ("services:\n  web:\n    port: 0\n", "1 to 65535, not 0"),
            ("services:\n  web:\n    port: -1\n", "1 to 65535, not -1"),
            ("services:\n  my web:\n    role: worker\n", "write: my-web"),
            ("services:\n  \"a'b\":\n    role: worker\n", "write: a-b"),
            ("services:\n  $HOME:\n    role: worker\n", "write: home"),
            ("services:\n  café:\n    role: worker\n", "lower-case letters"),
            ("resources:\n  web:\n    kind: postgres\n", "both a service and a resource"),
        ])
    func `a slipway yml that says nonsense is refused with its line`(_ text: String, _ word: String) throws {
        let slipway = try Slipway(files: Self.server(Self.good).merging(["slipway.yml": text]) { $1 })
        defer { slipway.cleanUp() }
        let result = try slipway.run("detect")
        #expect(result.status == 64)
        #expect(result.errors.contains("error[bad-configuration]"))
        #expect(result.errors.contains("slipway.yml:"))
        #expect(result.errors.lowercased().contains(word))
    }

    @Test func `services called like reserved words are written, and read back as names`() throws {
        let names = ["default", "migrate", "null", "on", "true", "version", "x-slipway"]
        let listed = names.map {
            "  \"\($0)\":\n    role: worker\n    start: node \($0).js\n    language: javascript\n"
        }
        let slipway = try Slipway(
            files: Self.server(Self.good).merging(["slipway.yml": "services:\n" + listed.joined()]) { $1 })
        defer { slipway.cleanUp() }
        #expect(try slipway.run("write", "--target", "docker,kubernetes,fly,swarm,render,github").status == 0)
        let spec = try slipway.run("detect", "--json").output
        #expect(names.allSatisfy { spec.contains("\"name\" : \"\($0)\"") })
        let found = try slipway.run("check", "--format", "json")
        #expect(!found.output.contains("\"error\""), "\(found.output)")
        let compose = try String(
            contentsOf: slipway.folder.appendingPathComponent("docker-compose.yml"), encoding: .utf8)
        for name in ["null", "on", "true"] { #expect(compose.contains("  \"\(name)\":"), "\(name): \(compose)") }
    }

    @Test func `two services on one port get two of this machine, and are told when neither can be moved`() throws {
        let fixed = "const http = require('node:http');\nhttp.createServer((q, r) => r.end('ok')).listen(4567);\n"
        let slipway = try Slipway(files: [
            "a/package.json": Self.manifest, "a/server.js": fixed, "b/package.json": Self.manifest,
            "b/server.js": fixed,
        ])
        defer { slipway.cleanUp() }
        #expect(try slipway.run("write", "--target", "docker").status == 0)
        let compose = try String(
            contentsOf: slipway.folder.appendingPathComponent("docker-compose.yml"), encoding: .utf8)
        #expect(compose.contains(":-8081}:4567") && compose.contains(":-8082}:4567"), "\(compose)")
        guard Tools.has("node") else { return }
        let up = try slipway.run("up", "--detach", "--port", "0")
        #expect(up.status == 65 && up.errors.contains("error[port-conflict]"), "\(up.errors)")
        #expect(up.errors.contains("4567") && up.errors.contains("portVariable"), "\(up.errors)")
    }

    @Test(.enabled(if: getuid() == 0 && Tools.has("mount", "umount", "python3"), "root, who may mount a small disk"))
    func `a disk without room is noticed before anything is built`() throws {
        let slipway = try Slipway(named: "disk")
        defer { slipway.cleanUp() }
        let mount = try Self.shell("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", slipway.folder.path)
        try #require(mount == 0, "this kernel lets nobody mount")
        defer { _ = try? Self.shell("umount", "-l", slipway.folder.path) }
        try slipway.write("fastapi\nuvicorn\n", to: "requirements.txt")
        try slipway.write("from fastapi import FastAPI\napp = FastAPI()\n", to: "main.py")
        let result = try slipway.run("up", "--detach", "--port", "0")
        #expect(result.status == 75)
        #expect(result.errors.contains("error[disk-full]"))
        #expect(result.errors.contains("MB are free"))
    }

    @Test func `two hundred thousand files are indexed and the service among them is found`() throws {
        let slipway = try Slipway(files: Self.server(Self.good))
        defer { slipway.cleanUp() }
        for folder in 0..<200 {
            let path = slipway.folder.appendingPathComponent("data/\(folder)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for file in 0..<1000 {
                let descriptor = open("\(path)/\(file).json", O_CREAT | O_WRONLY, 0o644)
                try #require(descriptor >= 0)
                close(descriptor)
            }
        }
        let result = try slipway.run("detect", "--json")
        #expect(result.status == 0)
        #expect(result.output.contains(#""start" : "node server.js""#))
    }

    private static func shell(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL, SIGHUP])
    func `whatever way the command dies, nothing of the application is left`(_ signal: Int32) throws {
        let mark = UUID().uuidString
        let slipway = try Slipway(files: Self.server("const mark = '\(mark)';\n\(Self.good)"))
        defer { slipway.cleanUp() }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Slipway.executable
        process.arguments = ["up", "--port", "0"]
        process.currentDirectoryURL = slipway.folder
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let address = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(address.hasPrefix("http://localhost:"))
        #expect(!Self.processes(below: slipway.folder).isEmpty)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        let deadline = Date(timeIntervalSinceNow: 30)
        while !Self.processes(below: slipway.folder).isEmpty, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
        #expect(Self.processes(below: slipway.folder) == [])
    }

    /// Processes whose working directory is the application's folder, ourselves excluded.
    private static func processes(below folder: URL) -> [String] {
        let path = folder.resolvingSymlinksInPath().path
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { entry in
            Int(entry) != nil
                && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(entry)/cwd"))?.hasPrefix(path)
                    == true
        }.filter { entry in
            // A process that has ended and waits to be collected holds nothing.
            let status = (try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8)) ?? ""
            return !status.contains(") Z ")
        }
    }
}
