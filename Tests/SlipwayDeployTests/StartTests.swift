// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import Testing

struct StartTests {
    @Test(arguments: [
        ("uvicorn app.main:app --host 0.0.0.0 --port 8000", "uvicorn app.main:app --host 127.0.0.1 --port 8000"),
        ("gunicorn -b 0.0.0.0:$PORT app", "gunicorn -b 127.0.0.1:$PORT app"),
        ("gunicorn --bind=[::]:80 a", "gunicorn --bind=127.0.0.1:80 a"),
        ("gunicorn -b :8000 a", "gunicorn -b 127.0.0.1:8000 a"),
        ("python manage.py runserver 0.0.0.0:8000", "python manage.py runserver 127.0.0.1:8000"),
        ("next start -H '0.0.0.0'", "next start -H '127.0.0.1'"), ("node a --host ::", "node a --host 127.0.0.1"),
        ("serve ${HOST:-0.0.0.0}:${PORT:-80}", "serve ${HOST:-127.0.0.1}:${PORT:-80}"),
        ("puma -b tcp://0.0.0.0:3000", "puma -b tcp://127.0.0.1:3000"),
        ("x --allow 0.0.0.0/0", "x --allow 0.0.0.0/0"), ("x --ip 10.0.0.0.0", "x --ip 10.0.0.0.0"),
        ("node server.js", "node server.js"),
        ("a  &&  b", "a  &&  b"), ("", ""),
        ("waitress-serve --listen=127.0.0.1:8000 a:b", "waitress-serve --listen=127.0.0.1:8000 a:b"),
    ])
    func `what binds every address binds loopback`(_ text: String, expected: String) {
        #expect(StartCommand.onLoopback(text) == expected)
    }

    @Test(
        arguments: [
            ("uvicorn a:b --port 8000", "uvicorn a:b --port 9000"),
            ("uvicorn a:b --port=8000", "uvicorn a:b --port=9000"),
            ("gunicorn -b 127.0.0.1:8000 a", "gunicorn -b 127.0.0.1:9000 a"),
            ("manage.py runserver 8000", "manage.py runserver 9000"),
            ("next start -p 8000", "next start -p 9000"), ("gunicorn --max-requests 8000 a", nil),
            ("node server.js", nil),
            ("x --port 18000", nil), ("x --limit=8000", nil),
            ("python -m http.server 8000", "python -m http.server 9000"),
        ] as [(String, String?)])
    func `a port that stands in the command can be moved`(_ text: String, expected: String?) {
        #expect(StartCommand.moving(text, from: 8000, to: 9000) == expected)
    }

    @Test(arguments: [
        ("uvicorn a:b", "/venv/bin/uvicorn", ["a:b"]), ("./bin/server -x 'a b'", "/app/bin/server", ["-x", "a b"]),
        ("/abs/server", "/abs/server", []), ("bin/server", "/app/bin/server", []),
        ("gunicorn -b :$PORT a", "/bin/sh", ["-c", "exec gunicorn -b :$PORT a"]),
        ("uvicorn a --port ${PORT:-8000}", "/bin/sh", ["-c", "exec uvicorn a --port ${PORT:-8000}"]),
        ("a && b", "/bin/sh", ["-c", "a && b"]), ("FOO=1 node a", "/bin/sh", ["-c", "FOO=1 node a"]),
        ("cd x; node $A", "/bin/sh", ["-c", "cd x; node $A"]), ("node a | tee b", "/bin/sh", ["-c", "node a | tee b"]),
    ])
    func `a shell runs only what needs one`(_ text: String, executable: String, arguments: [String]) throws {
        let program = try StartCommand.program(text, directory: "/app") { "/venv/bin/\($0)" }
        #expect(program.executable == executable && program.arguments == arguments)
    }

    @Test func `a program that is nowhere is named with the command`() throws {
        let error = try #require(throws: SlipwayError.self) {
            try StartCommand.program("gunicorn app", directory: "/app") { _ in nil }
        }
        #expect(error.code == .missingTool && error.message.contains("gunicorn app"))
    }

    private func backend(_ name: String, port: UInt16? = nil, variable: String? = nil, start: String = "x") -> Service {
        Service(name: name, directory: name, role: .backend, start: start, port: port, portVariable: variable)
    }

    private func assign(
        _ services: [Service], edge: UInt16 = 8080, remembered: [String: UInt16] = [:], busy: Set<UInt16> = []
    ) throws -> [String: UInt16] {
        let assignment = PortAssignment(
            application: AppSpec(name: "a", services: services), edgePort: edge, remembered: remembered)
        return try assignment.assign(
            choose: { wished, taken in
                if let wished, !busy.contains(wished) { return wished }
                return (40_000...UInt16.max).first { !taken.contains($0) } ?? 0
            }, holder: { busy.contains($0) ? "nginx (process 7)" : nil })
    }

    @Test func `each service has a port of its own, its usual one where that is free`() throws {
        #expect(try assign([backend("a", port: 8000, variable: "PORT")]) == ["a": 8000])
        #expect(try assign([backend("a", port: 8000, variable: "PORT")], busy: [8000]) == ["a": 40_000])
        #expect(try assign([backend("a", port: 8080, variable: "PORT")]) == ["a": 40_000])
        #expect(try assign([backend("a", variable: "PORT")], remembered: ["a": 45_000]) == ["a": 45_000])
        #expect(
            try assign([backend("a", port: 8000), backend("b", port: 8000, variable: "PORT")]) == [
                "a": 8000, "b": 40_000,
            ])
        #expect(
            try assign([backend("a", port: 8000, start: "x --port 8000"), backend("b", port: 8000)]) == [
                "a": 40_000, "b": 8000,
            ])
        #expect(try assign([Service(name: "w", directory: ".", role: .worker, start: "x")]) == [:])
    }

    @Test func `two fixed ports in conflict are an error that names both`() throws {
        let error = try #require(throws: SlipwayError.self) {
            try assign([backend("a", port: 8000), backend("b", port: 8000)])
        }
        #expect(error.code == .portConflict)
        #expect(error.message == "a and b both listen on 8000")
        #expect(error.hint?.contains("services.b.portVariable") == true)
    }

    @Test func `a fixed port that is the edge's or somebody else's is an error with the way out`() throws {
        let edge = try #require(throws: SlipwayError.self) { try assign([backend("a", port: 8080)]) }
        #expect(edge.code == .portConflict && edge.hint == "slipway up --port 8081")
        let busy = try #require(throws: SlipwayError.self) { try assign([backend("a", port: 8000)], busy: [8000]) }
        #expect(busy.code == .portInUse && busy.message.contains("nginx (process 7)"))
    }

    private func plan(_ service: Service, port: UInt16? = 4000) -> ProcessPlan {
        ProcessPlan(
            service: service, directory: "/app",
            build: BuildPlan(pathEntries: ["/venv/bin"], environment: ["VIRTUAL_ENV": "/venv"]),
            port: port, base: ["PATH": "/bin"], environment: ["A": "1"], processes: ["db"])
    }

    @Test func `a service's process has its environment, its probe and what it needs`() throws {
        let service = Service(
            name: "api", directory: ".", role: .backend, start: "uvicorn a:b --host 0.0.0.0 --port 8000", port: 8000,
            healthPath: "/health", uses: ["db", "stripe"])
        let process = try plan(service).process { name, path in path.hasPrefix("/venv/bin:") ? "/venv/bin/\(name)" : nil
        }
        #expect(process.executable == "/venv/bin/uvicorn")
        #expect(process.arguments == ["a:b", "--host", "127.0.0.1", "--port", "4000"])
        #expect(process.dependsOn == ["db"])
        #expect(process.probe.kind == .http(port: 4000, path: "/health"))
        #expect(
            process.environment.values == [
                "A": "1", "PATH": "/venv/bin:/bin", "VIRTUAL_ENV": "/venv", "PYTHONUNBUFFERED": "1",
                "NODE_ENV": "production",
            ])
    }

    @Test func `the probe fits what the service answers`() throws {
        var service = Service(name: "api", directory: ".", role: .backend, start: "x")
        let listening = try plan(service).process { _, _ in "/x" }
        #expect(listening.probe.kind == .tcp(port: 4000))
        service.role = .worker
        let worker = try plan(service, port: nil).process { _, _ in "/x" }
        #expect(worker.probe.kind == .uptime(.seconds(1)))
    }

    @Test func `routes lead to processes and to files`() {
        let application = AppSpec(
            name: "a",
            services: [
                Service(name: "api", directory: ".", role: .backend, routes: ["/api/", "ws/*"]),
                Service(name: "web", directory: ".", role: .spa), Service(name: "job", directory: ".", role: .worker),
            ])
        let routes = RoutePlan.routes(application, ports: ["api": 4000], files: ["web": "/f"], source: nil)
        #expect(
            routes == [
                EdgeRoute(prefix: "/", service: "web", destination: .files(root: "/f", fallback: "index.html")),
                EdgeRoute(prefix: "/api", service: "api", destination: .upstream(port: 4000)),
                EdgeRoute(prefix: "/ws", service: "api", destination: .upstream(port: 4000)),
            ])
    }

    @Test func `a prefix that the process never sees is taken off by the edge`() {
        let application = AppSpec(
            name: "a",
            services: [
                Service(
                    name: "api", directory: ".", role: .backend, routes: ["/api/", "/ws"], strippedRoutes: ["/api"])
            ])
        let routes = RoutePlan.routes(application, ports: ["api": 4000], files: [:], source: nil)
        #expect(routes.map(\.prefix) == ["/api", "/ws"])
        #expect(routes.map(\.stripsPrefix) == [true, false])
    }

    @Test func `files that a process leaves to the edge have routes of their own`() {
        let application = AppSpec(
            name: "a",
            services: [
                Service(
                    name: "web", directory: "site", role: .backend, writableDirectories: ["media"], routes: ["/"],
                    publicFolders: [
                        PublicFolder(path: "/static", directory: "out/static"),
                        PublicFolder(path: "/media", directory: "media"),
                    ])
            ])
        let routes = RoutePlan.routes(application, ports: ["web": 4000], files: [:], source: "/release")
        let root = EdgeRoute(prefix: "/", service: "web", destination: .upstream(port: 4000))
        #expect(
            routes == [
                root,
                EdgeRoute(
                    prefix: "/media", service: "web",
                    destination: .files(root: "/release/site/media", fallback: nil), stripsPrefix: true,
                    holdsUploads: true),
                EdgeRoute(
                    prefix: "/static", service: "web",
                    destination: .files(root: "/release/site/out/static", fallback: nil), stripsPrefix: true,
                    holdsUploads: false),
            ])
        // The edge cannot look into containers.
        #expect(RoutePlan.routes(application, ports: ["web": 4000], files: [:], source: nil) == [root])
    }

    @Test func `processes start after what they need, and circles start together`() {
        func process(_ name: String, _ needs: String...) -> ProcessSpec {
            ProcessSpec(
                name: name, executable: "/x", arguments: [], environment: ProcessEnvironment([:]), directory: "/",
                dependsOn: needs, probe: Probe(.tcp(port: 1)))
        }
        let waves = StartOrder.waves([
            process("c", "b", "db"), process("a"), process("b", "a"), process("x", "y"), process("y", "x"),
        ])
        #expect(waves.map { $0.map(\.name) } == [["a"], ["b"], ["c"], ["x", "y"]])
        let last = StartOrder.withoutCircles(waves[3])
        #expect(last.flatMap(\.dependsOn) == [])
    }
}
