// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost
import Synchronization
import Testing

struct BuildRunTests {
    private let folder: TemporaryFolder
    private let events = EventRecord()
    private var paths: StatePaths { StatePaths(applicationDirectory: folder.path) }
    private var run: BuildRun { BuildRun(paths: paths, runner: LocalRunner(), report: events.accept) }

    init() throws { folder = try TemporaryFolder() }

    private func input(_ service: Service, _ files: [String: String]) throws -> BuildInput {
        for (path, text) in files {
            if let slash = path.lastIndex(of: "/") { try folder.files.makeDirectory(String(path[..<slash])) }
            try folder.files.write(text, to: path)
        }
        return BuildInput(
            service: service, application: AppSpec(name: "app", services: [service]), tree: SourceTree(files: files),
            root: folder.path, builds: paths.builds, path: ExecutableSearch.path)
    }

    private func plan(_ service: Service, _ files: [String: String]) async throws -> BuildPlan {
        try await BuilderCatalog.builder(for: service).plan(try input(service, files), runner: LocalRunner())
    }

    @Test func `a finished build is used again and a changed one is not`() async throws {
        let service = Service(
            name: "web", directory: "web", role: .spa,
            build: "mkdir -p dist && cp in.txt dist/out.txt && echo ran >> ../runs",
            outputDirectory: "dist")
        let first = try await plan(service, ["web/in.txt": "1"])
        try await run.run(first, service: "web")
        try await run.run(first, service: "web")
        let second = try await plan(service, ["web/in.txt": "2"])
        try await run.run(second, service: "web")
        #expect(try folder.files.text("runs") == "ran\nran\n")
        #expect(events.outcomes == [.done, .reused, .done])
        #expect(try FileStore(root: try #require(first.files)).text("out.txt") == "1")
        #expect(try FileStore(root: try #require(second.files)).text("out.txt") == "2")
        try run.prune(keeping: [second])
        #expect(try FileStore(root: paths.builds).list("web") == ["build-" + second.stages[0].key])
    }

    @Test func `a build that was cut short is never used`() async throws {
        let service = Service(name: "api", directory: ".", role: .backend, install: "touch half; test -e fine")
        let plan = try await plan(service, ["package.json": "{}"])
        let error = try await #require(throws: SlipwayError.self) { try await run.run(plan, service: "api") }
        #expect(error.code == .installFailed)
        #expect(error.details.last?.hasSuffix("logs/build-api.log") == true)
        try folder.files.write("", to: "fine")
        try await run.run(plan, service: "api")
        #expect(events.outcomes == [.failed, .done])
    }

    @Test func `the log has what the step said`() async throws {
        let service = Service(name: "api", directory: ".", role: .backend, build: "echo hello; echo oops >&2; exit 7")
        let plan = try await plan(service, [:])
        let error = try await #require(throws: SlipwayError.self) { try await run.run(plan, service: "api") }
        #expect(error.code == .buildFailed)
        #expect(error.message.hasSuffix("exited with code 7"))
        #expect(Set(error.details.dropLast()) == ["hello", "oops"])
        #expect(try folder.files.text(".slipway/logs/build-api.log").hasPrefix("$ echo hello;"))
    }

    @Test func `a build that does not leave its folder is told so`() async throws {
        let service = Service(name: "web", directory: ".", role: .spa, build: "true", outputDirectory: "dist")
        let plan = try await plan(service, [:])
        let error = try await #require(throws: SlipwayError.self) { try await run.run(plan, service: "web") }
        #expect(error.code == .buildFailed && error.hint?.contains("outputDirectory") == true)
    }

    @Test func `a static site's files are copied as they are`() async throws {
        let service = Service(name: "site", directory: "site", role: .static)
        let plan = try await plan(service, ["site/index.html": "<p>", "site/a/b c.css": "x", "site/.env": "SECRET=1"])
        try await run.run(plan, service: "site")
        let served = FileStore(root: try #require(plan.files))
        #expect(try served.list() == ["a", "index.html"])
        #expect(try served.text("a/b c.css") == "x")
    }

    @Test(.enabled(if: ExecutableSearch.find("python3") != nil, "needs python3"))
    func `a real environment is made, used again, and its programs come first`() async throws {
        let service = Service(
            name: "api", directory: "it's here", role: .backend, language: "python",
            install: "python -c 'import sys; print(sys.prefix)' > prefix.txt")
        let plan = try await plan(service, ["it's here/requirements.txt": ""])
        try await run.run(plan, service: "api")
        try await run.run(plan, service: "api")
        #expect(events.outcomes == [.done, .reused])
        #expect(try folder.files.text("it's here/prefix.txt") == plan.environment["VIRTUAL_ENV"].map { $0 + "\n" })
    }

    @Test(.enabled(if: ExecutableSearch.find("python3") != nil, "needs python3"))
    func `a Python that is not here is named with those that are`() async throws {
        let service = Service(name: "api", directory: ".", role: .backend, language: "python", languageVersion: "3.99")
        var input = try input(service, [:])
        input.application.origins["services.api.languageVersion"] = Origin(
            file: ".python-version", line: 1, why: "3.99")
        let error = try await #require(throws: SlipwayError.self) {
            try await PythonBuilder().plan(input, runner: LocalRunner())
        }
        #expect(error.code == .noSuitableRuntime)
        #expect(error.message.hasPrefix("api wants Python 3.99, and this machine has 3."))
        #expect(error.details.first == "wanted by .python-version:1: 3.99")
    }

    @Test(.enabled(if: ExecutableSearch.find("python3") != nil, "needs python3"))
    func `a newer Python will do when the project's range allows it`() async throws {
        let service = Service(name: "api", directory: ".", role: .backend, language: "python", languageVersion: "3.99")
        let input = try input(service, ["pyproject.toml": "requires-python = \">=3.6\""])
        #expect(try await PythonInterpreter.find(for: input, runner: LocalRunner()).version.numbers.first == 3)
    }

    @Test(.enabled(if: ExecutableSearch.find("npm") != nil, "needs npm"))
    func `a node front end is installed and built`() async throws {
        let service = Service(
            name: "web", directory: "web", role: .spa, language: "javascript", packageManager: "npm", install: "npm ci",
            build: "npm run build", outputDirectory: "dist")
        let plan = try await plan(
            service,
            [
                "web/package.json": #"{"name":"web","version":"1.0.0","scripts":{"build":"node build.mjs"}}"#,
                "web/package-lock.json":
                    #"{"name":"web","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"web","version":"1.0.0"}}}"#,
                "web/build.mjs":
                    "import {mkdirSync, writeFileSync} from 'fs'; mkdirSync('dist', {recursive: true}); writeFileSync('dist/index.html', 'built')",
            ])
        try await run.run(plan, service: "web")
        #expect(try FileStore(root: try #require(plan.files)).text("index.html") == "built")
    }
}

/// Events in the order they came.
final class EventRecord: Sendable {
    private let events = Mutex<[DeployEvent]>([])

    @Sendable func accept(_ event: DeployEvent) { events.withLock { $0.append(event) } }

    var all: [DeployEvent] { events.withLock { $0 } }
    var outcomes: [DeployEvent.Outcome] {
        all.compactMap { if case .finished(_, let outcome, _) = $0 { outcome } else { nil } }
    }
}
