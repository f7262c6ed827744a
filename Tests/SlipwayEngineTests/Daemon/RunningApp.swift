// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayCore
@testable import SlipwayHost

/// A real engine on a folder of its own, with real processes, that leaves nothing behind.
final class RunningApp: Sendable {
    /// The built product stands next to the test bundle.
    static let executable: String = {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) {
            folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        }
        return folder.appendingPathComponent("slipway").path
    }()

    static let isBuilt = FileManager.default.isExecutableFile(atPath: executable)

    let folder: String
    let marker = UUID().uuidString
    let paths: StatePaths
    let plan: EnginePlan

    init(
        _ processes: [ProcessSpec], port: UInt16 = 0, secrets: [String] = [], folder: String? = nil
    ) throws {
        let name = "slipway-test-" + UUID().uuidString.prefix(8)
        self.folder = folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        paths = StatePaths(applicationDirectory: self.folder)
        var marked = processes
        for index in marked.indices {
            marked[index].environment.values["TEST_MARKER"] = marker
            if marked[index].directory.isEmpty { marked[index].directory = self.folder }
        }
        plan = EnginePlan(
            application: "test", directory: self.folder, stateDirectory: paths.root,
            socketPath: self.folder + "/run/engine.sock", processes: marked,
            edge: EdgeSpec(hosts: ["127.0.0.1"], port: port, routes: []),
            secretValues: SecretValues(secrets.map(Secret.init)))
    }

    var client: EngineClient { EngineClient(socketPath: plan.socketPath) }

    func launch(detached: Bool = false) async throws -> LaunchedEngine {
        try await EngineLauncher.launch(plan: plan, executable: Self.executable, detached: detached)
    }

    /// Polls until the engine is in one of these phases.
    func reach(_ phases: EngineStatus.Phase..., within limit: Duration = .seconds(20)) async throws -> EngineStatus {
        try await status(within: limit) { phases.contains($0.phase) }
    }

    func status(
        within limit: Duration = .seconds(20), where condition: (EngineStatus) -> Bool
    ) async throws -> EngineStatus {
        let deadline = ContinuousClock.now + limit
        var last: EngineStatus?
        while ContinuousClock.now < deadline {
            let status = try await client.status()
            if condition(status) { return status }
            last = status
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("still \(String(describing: last))")
        return try #require(last)
    }

    /// Runs the body on a started engine and ends everything afterwards.
    func whileRunning(_ body: (LaunchedEngine) async throws -> Void) async throws {
        let engine = try await launch()
        do {
            try await body(engine)
        } catch {
            engine.stop()
            await engine.waitUntilGone()
            throw error
        }
        engine.stop()
        await engine.waitUntilGone()
        await expectNothingLeft()
    }

    /// The processes whose environment carries this application's marker.
    func leftovers() -> [String] {
        let needle = Array("TEST_MARKER=\(marker)".utf8)
        return ProcessTree.current().entries.values.filter { !$0.isZombie }.compactMap { entry in
            guard let environment = Descriptor.contents(of: "/proc/\(entry.identifier)/environ"),
                environment.split(separator: UInt8(0)).contains(where: { $0.elementsEqual(needle) })
            else { return nil }
            return "\(entry.name) (\(entry.identifier))"
        }
    }

    func expectNothingLeft(
        within limit: Duration = .seconds(15), sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let deadline = ContinuousClock.now + limit
        while !leftovers().isEmpty, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
        #expect(leftovers() == [], sourceLocation: sourceLocation)
    }

    func log(of name: String) -> String { (try? String(contentsOfFile: paths.log(of: name), encoding: .utf8)) ?? "" }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

extension ProcessSpec {
    /// A program in Python; `{port}` stands for the port it is expected on.
    static func python(
        _ name: String, _ source: String, port: UInt16? = nil, path: String? = nil, dependsOn: [String] = [],
        deadline: Duration = .seconds(20), restart: RestartPolicy = .quick, grace: Duration = .seconds(5),
        environment: [String: String] = [:]
    ) -> ProcessSpec {
        let text = source.replacingOccurrences(of: "{port}", with: "\(port ?? 0)")
        return make(
            name, "/usr/bin/env", ["python3", "-u", "-c", text], port: port, path: path, dependsOn: dependsOn,
            deadline: deadline, restart: restart, grace: grace, environment: environment)
    }

    static func shell(
        _ name: String, _ source: String, port: UInt16? = nil, dependsOn: [String] = [],
        deadline: Duration = .seconds(20), restart: RestartPolicy = .quick, grace: Duration = .seconds(5)
    ) -> ProcessSpec {
        make(
            name, "sh", ["-c", source], port: port, path: nil, dependsOn: dependsOn, deadline: deadline,
            restart: restart, grace: grace, environment: [:])
    }

    private static func make(
        _ name: String, _ executable: String, _ arguments: [String], port: UInt16?, path: String?,
        dependsOn: [String], deadline: Duration, restart: RestartPolicy, grace: Duration,
        environment: [String: String]
    ) -> ProcessSpec {
        var values = environment
        values["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        values["HOME"] = "/tmp"
        let kind: Probe.Kind
        switch (port, path) {
        case (let port?, let path?): kind = .http(port: port, path: path)
        case (let port?, nil): kind = .tcp(port: port)
        default: kind = .uptime(.milliseconds(100))
        }
        return ProcessSpec(
            name: name, executable: executable, arguments: arguments, environment: ProcessEnvironment(values),
            directory: "", dependsOn: dependsOn, probe: Probe(kind, deadline: deadline), port: port,
            restart: restart, grace: grace)
    }
}

extension RestartPolicy {
    static let quick = RestartPolicy(
        initialDelay: .milliseconds(20), largestDelay: .milliseconds(100), crashLoopAfter: 3)
}

/// A server that answers 200 to everything.
let goodServer = """
    import http.server
    class H(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
        def log_message(self, *a): pass
    http.server.HTTPServer(("127.0.0.1", {port}), H).serve_forever()
    """
