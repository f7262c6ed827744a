// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost
import Testing

struct BuilderTests {
    private func input(
        _ service: Service, files: [String: String], variables: [String: String] = [:], others: [Service] = []
    ) -> BuildInput {
        BuildInput(
            service: service, application: AppSpec(name: "app", services: others + [service]),
            tree: SourceTree(files: files), root: "/app", builds: "/app/.slipway/builds", variables: variables,
            path: "/usr/bin:/bin")
    }

    private let python = Service(
        name: "api", directory: "api", role: .backend, language: "python", install: "pip install -r requirements.txt",
        start: "uvicorn main:app")
    private var interpreter: PythonInterpreter {
        get throws {
            PythonInterpreter(executable: "/py/bin/python3.11", version: try #require(RuntimeVersion("3.11.7")))
        }
    }

    @Test func `python is installed into an environment named after what decides it`() throws {
        let plan = PythonBuilder().plan(
            input(python, files: ["api/requirements.txt": "fastapi"]), interpreter: try interpreter
        ) { _ in nil }
        let stage = try #require(plan.stages.first)
        let environment = "/app/.slipway/builds/api/install-\(stage.key)/venv"
        #expect(stage.commands[0].description == "/py/bin/python3.11 -m venv \(environment)")
        #expect(stage.commands[1].arguments == ["-c", "pip install -r requirements.txt"])
        #expect(stage.commands[1].environment["PATH"] == "\(environment)/bin:/usr/bin:/bin")
        #expect(stage.commands[1].environment["VIRTUAL_ENV"] == environment)
        #expect(stage.commands[1].directory == "/app/api")
        #expect(plan.pathEntries == ["\(environment)/bin"])
    }

    @Test func `an installer that is missing is installed first, into a place of its own`() throws {
        var service = python
        service.install = "poetry install --no-root"
        let missing = PythonBuilder().plan(input(service, files: [:]), interpreter: try interpreter) { _ in nil }
        let present = PythonBuilder().plan(input(service, files: [:]), interpreter: try interpreter) {
            "/usr/bin/\($0)"
        }
        #expect(missing.stages[0].commands.count == 4)
        #expect(missing.stages[0].commands[2].arguments.last == "poetry")
        #expect(present.stages[0].commands.count == 2)
    }

    @Test func `the key follows what decides the result and nothing else`() throws {
        let base = ["api/requirements.txt": "fastapi", "api/main.py": "1", "web/package.json": "{}", "README.md": "x"]
        func key(
            _ change: [String: String] = [:], install: String = "pip install -r requirements.txt",
            version: String = "3.11.7"
        ) throws -> String {
            var service = python
            service.install = install
            let interpreter = PythonInterpreter(executable: "/py", version: try #require(RuntimeVersion(version)))
            return PythonBuilder().plan(
                input(
                    service, files: base.merging(change) { $1 },
                    others: [Service(name: "web", directory: "web", role: .spa)]),
                interpreter: interpreter
            ) { _ in nil }.stages[0].key
        }
        let first = try key()
        #expect(try key() == first)
        #expect(try key(["api/main.py": "2"]) == first)
        #expect(try key(["web/package.json": "{\"a\":1}"]) == first)
        #expect(try key(["api/requirements.txt": "flask"]) != first)
        #expect(try key(["pyproject.toml": ""]) != first)
        #expect(try key(install: "pip install -r other.txt") != first)
        #expect(try key(version: "3.11.8") != first)
        let copied = try key(install: "pip install .")
        #expect(try key(["api/main.py": "2"], install: "pip install .") != copied)
    }

    @Test(
        arguments: [
            ("pip install .", true), ("pip install '.[prod]'", true), ("pip install -e .", false),
            ("pip install -r requirements.txt", false), ("uv sync --frozen", false), (nil, false),
        ] as [(String?, Bool)])
    func `only an install that copies the source depends on it`(_ install: String?, expected: Bool) {
        #expect(PythonBuilder.installsOwnSource(install) == expected)
    }

    @Test func `a build that loads the application sees its values, and its key does not`() throws {
        func stage(_ password: String, of service: Service) throws -> BuildStage {
            var input = input(service, files: ["api/main.py": "1"], variables: ["MODE": "build"])
            input.runVariables = ["SECRET_KEY": password, "MODE": "run"]
            var plan = BuildPlan()
            plan.addBuild(of: input)
            return try #require(plan.stages.last)
        }
        var service = python
        service.build = "python manage.py collectstatic --noinput"
        let first = try stage("one", of: service)
        #expect(first.commands[0].environment["SECRET_KEY"] == "one")
        #expect(first.commands[0].environment["MODE"] == "build")
        #expect(try stage("two", of: service).key == first.key)
        // What is served would be readable by everybody.
        let bundle = Service(name: "web", directory: "web", role: .spa, build: "vite build", outputDirectory: "dist")
        #expect(try stage("one", of: bundle).commands[0].environment["SECRET_KEY"] == nil)
    }

    @Test func `a bundle's key includes the variables that are baked in`() async throws {
        let spa = Service(name: "web", directory: "web", role: .spa, build: "make", outputDirectory: "dist")
        func plan(_ variables: [String: String]) async throws -> BuildPlan {
            try await ShellBuilder().plan(
                input(spa, files: ["web/a.js": "1"], variables: variables), runner: RecordingRunner())
        }
        let (first, second) = (try await plan(["VITE_API_URL": "a"]), try await plan(["VITE_API_URL": "b"]))
        #expect(first.stages[0].key != second.stages[0].key)
        #expect(first.stages[0].collection?.source == "/app/web/dist")
        #expect(first.files == "/app/.slipway/builds/web/build-\(first.stages[0].key)/files")
    }

    @Test func `only public files of a static site are copied`() async throws {
        let site = Service(name: "site", directory: ".", role: .static)
        let files = [
            "index.html": "", "css/a.css": "", ".env": "", ".git/config": "", ".well-known/security.txt": "",
            "api/main.py": "",
            "slipway.yml": "",
        ]
        let plan = try await StaticBuilder().plan(
            input(site, files: files, others: [python]), runner: RecordingRunner())
        #expect(plan.stages[0].copies == [".well-known/security.txt", "css/a.css", "index.html"])
    }

    @Test(
        arguments: [
            (".build/release/App --port 1", "/s/release/App --port 1"), ("./.build/debug/App", "/s/debug/App"),
            ("swift run App serve", "/s/release/App serve"), ("swift run -c release App", "/s/release/App"),
            ("swift run", nil), ("./App", nil), ("cd x && ./y", nil),
        ] as [(String, String?)])
    func `a Swift program is started from the scratch folder`(_ start: String, expected: String?) {
        #expect(SwiftBuilder.start(start, scratch: "/s") == expected)
    }

    @Test(arguments: [
        ("swift build -c release --product App", "swift build -c release --product App --scratch-path '/with space'"),
        ("swift build --scratch-path x", "swift build --scratch-path x"), ("make", "make"),
    ])
    func `swift build leaves the repository's own build folder alone`(_ build: String, expected: String) {
        #expect(SwiftBuilder.build(build, scratch: "/with space") == expected)
    }

    @Test(
        arguments: [
            (
                "ERROR: No matching distribution found for fastapi==999",
                "correct the name or version of fastapi==999: pip index versions fastapi"
            ),
            ("x.c:1:10: fatal error: libpq-fe.h: No such file", "apt-get install libpq-dev"),
            ("fatal error: openssl/ssl.h: No such file", "apt-get install libssl-dev"),
            ("Error: pg_config executable not found.", "apt-get install libpq-dev   # or depend on psycopg2-binary"),
            ("sh: 1: vite: not found", "vite is not installed; is it among the dependencies?"),
            ("npm error code ERESOLVE", "npm install   # and loosen one of the versions that conflict"),
            ("something new", nil),
        ] as [(String, String?)])
    func `a failed build names the way out`(_ text: String, hint: String?) { #expect(BuildFailure.hint(text) == hint) }

    @Test func `every service has a builder`() {
        for language in ["python", "javascript", "typescript", "swift", "go", "rust", nil] {
            let service = Service(name: "a", directory: ".", role: .backend, language: language)
            #expect(BuilderCatalog.builder(for: service).accepts(service))
        }
    }
}
