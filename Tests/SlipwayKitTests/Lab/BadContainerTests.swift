// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension LabTests {
    /// Engines, builds and applications that do not behave.
    struct BadContainerTests {
        /// One service whose Dockerfile is given, with a server that answers.
        private static func files(_ dockerfile: String, server: String = good) -> [String: String] {
            [
                "package.json": #"{"name": "app", "private": true, "scripts": {"start": "node server.js"}}"#,
                "package-lock.json": #"{"name": "app", "lockfileVersion": 3, "packages": {"": {"name": "app"}}}"#,
                "server.js": server, "Dockerfile": dockerfile,
                "compose.yaml": "services:\n  app:\n    build: .\n    ports: [\"3000:3000\"]\n",
            ]
        }
        private static let good = """
            const server = require("node:http").createServer((request, response) => response.end("ok"));
            server.listen(3000, "0.0.0.0");
            process.on("SIGTERM", () => process.exit(0));
            """
        private static let plain = """
            FROM node:20-alpine
            WORKDIR /app
            COPY . .
            USER 1000
            EXPOSE 3000
            CMD ["node", "server.js"]
            """

        private func trials() throws -> String {
            try ["ps --all", "network ls", "volume ls", "image ls"].map { words in
                try Lab.docker(
                    words.split(separator: " ").map(String.init) + ["--quiet", "--filter", "label=slipway.trial"])
            }.joined()
        }

        @Test func `a build that hangs is ended at its deadline`() throws {
            let app = try Slipway(named: "hangs", files: Self.files("FROM node:20-alpine\nRUN sleep 300\n"))
            defer { app.cleanUp() }
            let result = try app.run("build", "--deadline", "4")
            #expect(result.errors.contains("error[timed-out]"), "\(result.errors)")
        }

        @Test func `a base image that cannot be pulled is named`() throws {
            let app = try Slipway(named: "pulls", files: Self.files("FROM 127.0.0.1:1/nobody/nothing:7\nRUN true\n"))
            defer { app.cleanUp() }
            let result = try app.run("build")
            #expect(result.status == 65)
            #expect(result.errors.contains("a base image of app cannot be pulled"), "\(result.errors)")
        }

        @Test func `a program for another processor is named as such`() throws {
            // The head of a program for 64-bit ARM.
            let head =
                "\\\\177ELF\\\\002\\\\001\\\\001\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\002\\\\000\\\\267\\\\000"
            let dockerfile = "FROM node:20-alpine\nRUN printf '\(head)' > /arm && chmod 755 /arm\nRUN [\"/arm\"]\n"
            let app = try Slipway(named: "arm", files: Self.files(dockerfile.replacing("\\\\", with: "\\")))
            defer { app.cleanUp() }
            let result = try app.run("build")
            #expect(result.status == 65)
            #expect(result.errors.contains("another kind of processor"), "\(result.errors)")
        }

        @Test func `an engine that stops in the middle of a build is said to be gone`() throws {
            let app = try Slipway(
                named: "gone", files: Self.files("FROM node:20-alpine\nRUN sleep \(Int.random(in: 60...90))\n"))
            defer { app.cleanUp() }
            // Stands between the command and the engine, and goes away.
            let script = """
                import os, socket, sys, threading, time
                real = os.environ["DOCKER_HOST"].removeprefix("unix://")
                server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen(50)
                def copy(a, b):
                    try:
                        while data := a.recv(65536): b.sendall(data)
                    except OSError: pass
                    try: b.shutdown(socket.SHUT_WR)
                    except OSError: pass
                def serve():
                    while True:
                        a, _ = server.accept(); b = socket.socket(socket.AF_UNIX); b.connect(real)
                        threading.Thread(target=copy, args=(a, b), daemon=True).start()
                        threading.Thread(target=copy, args=(b, a), daemon=True).start()
                threading.Thread(target=serve, daemon=True).start()
                time.sleep(8); os.unlink(sys.argv[1])
                """
            let socket = "/tmp/slipway-gone-\(UInt32.random(in: 0...99_999_999))"
            let between = Process()
            between.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            between.arguments = ["python3", "-c", script, socket]
            try between.run()
            defer { kill(between.processIdentifier, SIGKILL) }
            while !FileManager.default.fileExists(atPath: socket), between.isRunning {
                Thread.sleep(forTimeInterval: 0.05)
            }
            let result = try app.run("build", environment: ["DOCKER_HOST": "unix://\(socket)"])
            #expect(result.errors.contains("error[docker-unreachable]"), "\(result.errors)")
            #expect(result.errors.contains("slipway doctor"))
        }

        @Test(.enabled(if: SecondEngine.isPossible, SecondEngine.reason))
        func `an engine's full disk is named, and the build goes on when there is room`() throws {
            let app = try Slipway(named: "full", files: Self.files("FROM scratch\nCOPY big /big\nCMD [\"/big\"]\n"))
            defer { app.cleanUp() }
            try app.write(String(repeating: "x", count: 60 << 20), to: "big")
            let engine = try SecondEngine(disk: 48)
            defer { engine.end() }
            let environment = ["DOCKER_HOST": engine.socket]
            let failed = try app.runAll(["build"], environment: environment)
            #expect(
                failed.status == 75 && failed.errors.contains("no space left to build the image"), "\(failed.errors)")
            try engine.enlarge(disk: 300)
            let built = try app.runAll(["build"], environment: environment)
            #expect(built.status == 0, "\(built.errors)")
        }

        @Test func `a release that meets its container's memory limit is sent back`() throws {
            try FaultTests.expectNothingElse("container")
        }

        @Test func `no engine at all is said in one line, with what to do`() throws {
            let app = try Slipway(named: "none", files: Self.files(Self.plain))
            defer { app.cleanUp() }
            for command in ["build", "prove"] {
                let result = try app.run(command, environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"])
                #expect(result.status == 69)
                #expect(result.errors.contains("error[docker-unreachable]"), "\(result.errors)")
            }
        }

        @Test func `two proofs at once do not meet`() throws {
            let app = try Slipway(named: "twice", files: Self.files(Self.plain))
            defer { app.cleanUp() }
            let other = try LiveSlipway(app, "prove", "--only", "PR010", "--only", "PR016")
            defer { other.end() }
            let result = try app.run("prove", "--only", "PR010", "--only", "PR016")
            #expect(result.status == 0, "\(result.output) \(result.errors)")
            #expect(other.waitForLine(within: 90) { $0.contains("2 passed, 0 failed") } != nil, "\(other.text)")
            #expect(try trials().isEmpty)
        }

        @Test func `what a killed proof left is removed by the next one`() throws {
            let app = try Slipway(named: "killed", files: Self.files(Self.plain))
            defer { app.cleanUp() }
            let killed = try LiveSlipway(app, "prove")
            let deadline = Date(timeIntervalSinceNow: 90)
            while try Lab.docker("ps", "--quiet", "--filter", "label=slipway.trial").isEmpty, Date() < deadline {
                Thread.sleep(forTimeInterval: 0.1)
            }
            killed.end(with: SIGKILL)
            #expect(try !trials().isEmpty)
            let next = try app.run("prove", "--only", "PR009")
            #expect(next.status == 0)
            #expect(try trials().isEmpty)
        }

        @Test func `a proof that is interrupted cleans up`() throws {
            let app = try Slipway(named: "interrupted", files: Self.files(Self.plain))
            defer { app.cleanUp() }
            let live = try LiveSlipway(app, "prove")
            let deadline = Date(timeIntervalSinceNow: 90)
            while try Lab.docker("ps", "--quiet", "--filter", "label=slipway.trial").isEmpty, Date() < deadline {
                Thread.sleep(forTimeInterval: 0.1)
            }
            live.end(with: SIGINT)
            #expect(try trials().isEmpty)
        }

        @Test func `an application that floods its log is measured like any other`() throws {
            let flood = """
                const line = "x".repeat(1000) + "\\n";
                const server = require("node:http").createServer((request, response) => response.end("ok"));
                server.listen(3000, "0.0.0.0");
                const write = () => process.stdout.write(line.repeat(1000), () => setTimeout(write, 10));
                write();
                process.on("SIGTERM", () => process.exit(0));
                """
            let app = try Slipway(named: "flood", files: Self.files(Self.plain, server: flood))
            defer { app.cleanUp() }
            let result = try app.run("prove", "--only", "PR010", "--only", "PR016", "--only", "PR028")
            #expect(result.output.contains("3 passed, 0 failed"), "\(result.output) \(result.errors)")
            #expect(try trials().isEmpty)
        }

        @Test func `names that need escaping change nothing`() throws {
            let files = Self.files(Self.plain).reduce(into: [String: String]()) { moved, file in
                moved[file.key == "compose.yaml" ? file.key : "it's \"the\" äpp/\(file.key)"] = file.value
            }
            let compose = "services:\n  app:\n    build: \"./it's \\\"the\\\" äpp\"\n    ports: [\"3000:3000\"]\n"
            let app = try Slipway(
                named: "a b'c ü",
                files: files.merging(["compose.yaml": compose, "it's \"the\" äpp/$x y.txt": "z"]) { $1 })
            defer { app.cleanUp() }
            #expect(try app.run("build").status == 0)
            let result = try app.run("prove", "--only", "PR010", "--only", "PR016")
            #expect(result.status == 0, "\(result.output) \(result.errors)")
        }
    }
}
