// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension LabTests {
    /// `slipway up --target docker` on real containers.
    struct UpInDockerTests {
        /// A page that counts its visits in a volume, behind nginx, with a migration that ends before it starts.
        private static let files = [
            "api/package.json": #"{"name": "api", "private": true, "scripts": {"start": "node server.js"}}"#,
            "api/package-lock.json": #"{"name": "api", "lockfileVersion": 3, "packages": {"": {"name": "api"}}}"#,
            "api/server.js": """
            const fs = require("node:fs");
            const server = require("node:http").createServer((request, response) => {
              if (request.url === "/api/health") return response.end("ok");
              const visits = Number(fs.existsSync("/data/visits") ? fs.readFileSync("/data/visits") : 0) + 1;
              fs.writeFileSync("/data/visits", String(visits));
              console.log("visit", visits);
              response.end(`first ${visits} ${process.env.GREETING}`);
            });
            server.listen(3000, "0.0.0.0");
            process.on("SIGTERM", () => process.exit(0));
            """,
            "api/Dockerfile": """
            FROM node:20-alpine
            WORKDIR /app
            RUN mkdir /data && chown 1000:1000 /data
            COPY . .
            USER 1000
            EXPOSE 3000
            HEALTHCHECK --interval=1s CMD node -e "fetch('http://127.0.0.1:3000/api/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
            CMD ["node", "--watch", "server.js"]
            """,
            "compose.yaml": """
            services:
              migrate:
                build: ./api
                command: [node, -e, "console.log('migrated')"]
                healthcheck: {disable: true}
              api:
                build: ./api
                environment: {GREETING: "${GREETING:?}"}
                depends_on: {migrate: {condition: service_completed_successfully}}
                volumes: ["data:/data"]
              web:
                image: nginx:stable-alpine
                healthcheck: {disable: true}
                volumes: ["./web.conf:/etc/nginx/conf.d/default.conf:ro"]
                ports: ["8080:80"]
                depends_on: {api: {condition: service_healthy}}
            volumes: {data: {}}
            """,
            "web.conf": "server { listen 80; location / { proxy_pass http://api:3000; } }\n",
        ]

        private func page(_ address: String) throws -> String {
            let text = address.trimmingCharacters(in: .whitespacesAndNewlines)
            let answer = try Web(address: text).get("/")
            return answer.status == 200 ? answer.body : "status \(answer.status)"
        }

        /// Two programs of one module, of which the recipe has to put both into the image.
        private static let compiled = [
            "go.mod": "module example.com/notes\n\ngo 1.19\n",
            "slipway.yml": "services: {web: {release: go run ./cmd/migrate one, writableDirectories: [data]}}\n",
            "cmd/notes/main.go": """
            package main

            import (
            \t"net/http"
            \t"os"
            )

            func main() {
            \thttp.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {})
            \thttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
            \t\ttext, _ := os.ReadFile("data/schema")
            \t\tw.Write(text)
            \t})
            \tpanic(http.ListenAndServe(":8080", nil))
            }
            """,
            "cmd/migrate/main.go": """
            package main

            import "os"

            func main() {
            \tif err := os.WriteFile("data/schema", []byte("migrated to "+os.Args[1]), 0o600); err != nil {
            \t\tpanic(err)
            \t}
            }
            """,
        ]

        @Test func `a compiled program has its migrations beside it, and both have one volume`() throws {
            let app = try Slipway(named: "notes-\(UInt32.random(in: 0...9999))", files: Self.compiled)
            defer {
                _ = try? app.run("down", "--volumes")
                app.cleanUp()
            }
            let up = try app.runAll(["up", "--target", "docker", "--port", "0", "-d"])
            #expect(up.status == 0, "\(up.errors)")
            #expect(try page(up.output) == "migrated to one")
        }

        @Test func `a value that a command prints reaches the containers, as in a deploy`() throws {
            let own = "services: {api: {port: 3000}}\nvariables:\n  GREETING: {command: 'echo asked', secret: true}\n"
            let files = Self.files.merging(["slipway.yml": own]) { $1 }
            let app = try Slipway(named: "visits-\(UInt32.random(in: 0...9999))", files: files)
            defer {
                _ = try? app.run("down", "--volumes")
                app.cleanUp()
            }
            let up = try app.run("up", "--target", "docker", "--port", "0", "-d")
            #expect(up.status == 0, "\(up.errors)")
            #expect(try page(up.output) == "first 1 asked")
            #expect(!up.errors.contains("asked") && !up.output.contains("asked"))
        }

        @Test func `one address answers, down keeps the data, and --volumes removes it`() throws {
            let app = try Slipway(named: "visits-\(UInt32.random(in: 0...9999))", files: Self.files)
            defer {
                _ = try? app.run("down", "--volumes")
                app.cleanUp()
            }
            let up = ["up", "--target", "docker", "--port", "0", "-d", "--set", "GREETING=a b $x \"q\""]
            let first = try app.runAll(up)
            #expect(first.status == 0, "\(first.errors)")
            #expect(try page(first.output) == "first 1 a b $x \"q\"")
            let address = first.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let status = try app.run("status")
            #expect(status.status == 0 && status.output.contains("running  \(address)"), "\(status.output)")
            #expect(
                status.output.contains("api      ready") && status.output.contains("migrate  stopped"),
                "\(status.output)")
            let logs = try app.run("logs", "api", "--json")
            #expect(
                logs.output.contains(#""service":"api""#) && logs.output.contains(#""text":"visit 1""#),
                "\(logs.output)")
            let unknown = try app.run("logs", "nobody")
            #expect(unknown.status != 0 && unknown.errors.contains("slipway logs api"), "\(unknown.errors)")
            #expect(try app.run("down").status == 0)
            #expect(try page(first.output) == "status 0")
            #expect(try app.run("status").errors.contains("nothing runs"))
            let second = try app.runAll(up)
            #expect(try page(second.output).hasPrefix("first 2"))
            try app.run("down", "--volumes")
            let third = try app.runAll(up)
            #expect(try page(third.output).hasPrefix("first 1"))
        }

        @Test func `a variable that somebody must give is named before anything starts`() throws {
            let app = try Slipway(named: "visits", files: Self.files)
            defer { app.cleanUp() }
            let result = try app.run("up", "--target", "docker", "--port", "0", "-d")
            #expect(result.status == 65)
            #expect(result.errors.contains("GREETING"))
        }

        @Test func `what does not come up is named with its last lines, and is taken down`() throws {
            let server = "console.error('no such table');\nprocess.exit(3);\n\(Self.files["api/server.js"] ?? "")"
            let broken = Self.files.merging(["api/server.js": server]) { $1 }
            let app = try Slipway(named: "broken-\(UInt32.random(in: 0...9999))", files: broken)
            defer { app.cleanUp() }
            let result = try app.run("up", "--target", "docker", "--port", "0", "--set", "GREETING=x")
            #expect(result.status != 0)
            #expect(result.errors.contains("no such table"), "\(result.errors)")
            let project = app.folder.lastPathComponent
            #expect(
                try Lab.docker("ps", "--quiet", "--filter", "label=com.docker.compose.project=\(project)").isEmpty)
        }

        @Test func `in development a change of the source shows, and lines carry their service's name`() throws {
            let app = try Slipway(example: "node-api")
            defer { app.cleanUp() }
            let process = try LiveSlipway(app, "up", "--target", "docker", "--dev", "--port", "0")
            defer { process.end() }
            let address = try #require(process.waitForLine(within: 180) { $0.hasPrefix("http://") }, "\(process.text)")
            #expect(try Web(address: address).get("/api/messages").status == 200)
            let file = app.folder.appendingPathComponent("api/lib/log.js")
            let text = try String(contentsOf: file, encoding: .utf8)
            try (text + "\nconsole.log('seen after the change');\n").write(to: file, atomically: true, encoding: .utf8)
            let line = process.waitForLine(within: 60) { $0.contains("seen after the change") }
            #expect(line?.contains("api") == true && line?.contains(" | ") == true, "\(process.text.suffix(2000))")
            process.end()
            #expect(try Lab.docker("ps", "--quiet", "--filter", "label=com.docker.compose.project=node-api").isEmpty)
        }
    }
}
