// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Testing

@testable import SlipwayDetect

/// Every file that is written for the examples, as a person would read it.
@Suite struct GoldenFilesTests {
    private static let composeFiles = ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"]

    private func files(_ name: String) throws -> [GeneratedFile] {
        let tree = try TreeReader.read(ExampleTests.root.path + "/Examples/" + name)
        let app = try Detection.detect(tree, configuration: Configuration.read(from: tree))
        return EmitterCatalog.all.flatMap { $0.emit(EmitterInput(app: app, tree: tree)) }.sorted { $0.path < $1.path }
    }

    /// In one text, because files below the example would be evidence about it. To accept a change, run the tests with
    /// `SLIPWAY_RECORD=1` and read the difference.
    @Test(arguments: ExampleTests.names)
    func `each example's files are as they are written down`(_ name: String) throws {
        let text = try files(name).map { "===== \($0.path)\n\($0.contents)" }.joined(separator: "\n")
        let file = ExampleTests.root.appending(path: "Examples/\(name)/expected/files.txt")
        if ProcessInfo.processInfo.environment["SLIPWAY_RECORD"] != nil { try Data(text.utf8).write(to: file) }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(UnifiedDiff(path: name, old: expected, new: text).lines.map(\.text).prefix(30))")
    }

    @Test(arguments: ExampleTests.names)
    func `what is written is read back by our own documents`(_ name: String) throws {
        for file in try files(name) {
            #expect(file.contents.hasSuffix("\n") && !file.contents.hasSuffix("\n\n"), "\(file.path)")
            if file.path.hasSuffix("Dockerfile") {
                let document = Dockerfile(parsing: file.contents)
                #expect(!document.isRefused && document.shapeDiagnostics.isEmpty, "\(file.path)")
                #expect(document.stages.last?.instructions.contains { $0.keyword == "USER" } == true)
                #expect(document.stages.last?.instructions.contains { $0.keyword == "HEALTHCHECK" } == true)
            } else if Self.composeFiles.contains(file.path) {
                let document = ComposeFile(parsing: file.contents)
                #expect(document.diagnostics.isEmpty)
                let names = Set(document.services.map(\.name))
                for service in document.services {
                    #expect(service.dependencies.allSatisfy { names.contains($0.service) })
                    let isDatabase = service.build == nil
                    #expect(!isDatabase || service.ports.isEmpty, "a database is published")
                }
                let published = document.services.flatMap { $0.ports.compactMap(\.published) }
                #expect(Set(published).count == published.count)
            } else if file.path.contains(".env") {
                #expect(Dotenv(parsing: file.contents).diagnostics.isEmpty, "\(file.path)")
            }
        }
    }

    @Test(arguments: ExampleTests.names)
    func `an ignore file drops nothing that a COPY names`(_ name: String) throws {
        let tree = try TreeReader.read(ExampleTests.root.path + "/Examples/" + name)
        let written = try files(name)
        let app = try Detection.detect(tree, configuration: Configuration.read(from: tree))
        for image in Layout(app, tree: tree).images {
            let prefix = image.context == "." ? "" : image.context + "/"
            let ignore = DockerIgnore(parsing: written.first { $0.path == prefix + ".dockerignore" }?.contents ?? "")
            #expect(ignore.diagnostics.isEmpty)
            let dockerfile = written.first { $0.path == image.dockerfile }?.contents ?? ""
            for instruction in Dockerfile(parsing: dockerfile).instructions
            where instruction.keyword == "COPY" && instruction.flag("from") == nil {
                for source in instruction.arguments.dropLast() where source != "." {
                    #expect(!ignore.excludes(source), "\(image.dockerfile): \(source)")
                }
            }
            #expect(ignore.excludes(".env") && ignore.excludes("a/b/.env.local"))
        }
    }

    @Test func `odd names neither break a file nor another's`() throws {
        let odd = "a b\"c'd$e"
        let app = AppSpec(
            name: "Größe & Söhne: #1",
            services: [
                Service(
                    name: "db", directory: odd, role: .backend, language: "python",
                    install: "pip install -r requirements.txt",
                    start: "uvicorn main:app --port 8000", port: 8000, writableDirectories: ["up loads"]),
                Service(name: "on", directory: ".", role: .backend, language: "go", start: "./app $X", port: 8000),
                Service(name: "null", directory: "web", role: .static, routes: ["/"]),
            ],
            variables: [
                Variable(name: "YES", services: ["db"], default: "no: #1 '\"$x\nline", purpose: "two\nlines"),
                Variable(name: "VITE_X", services: ["null"], phase: .build, default: "${a} \"b\""),
            ])
        let tree = SourceTree(files: ["\(odd)/requirements.txt": "flask", "go.mod": "module x", "web/index.html": "x"])
        for emitter in EmitterCatalog.all {
            for file in emitter.emit(EmitterInput(app: app, tree: tree)) {
                if file.path.hasSuffix("Dockerfile") {
                    #expect(!Dockerfile(parsing: file.contents).isRefused, "\(file.contents)")
                } else if Self.composeFiles.contains(file.path) {
                    let compose = ComposeFile(parsing: file.contents)
                    #expect(compose.diagnostics.isEmpty, "\(file.contents)")
                    #expect(compose["db"]?.build?.context == "./" + odd)
                    let ports = compose.services.flatMap { $0.ports.compactMap(\.published) }
                    #expect(Set(ports).count == ports.count, "two services on one port")
                } else if file.path.contains(".env") {
                    #expect(Dotenv(parsing: file.contents).diagnostics.isEmpty, "\(file.contents)")
                }
            }
        }
    }

    @Test func `equal input gives equal bytes, and a thousand services are written`() {
        let services = (0..<1000).map { index in
            Service(
                name: "service-\(index)", directory: "services/s\(index)", role: .backend, language: "python",
                install: "pip install -r requirements.txt", start: "python main.py", port: UInt16(2000 + index))
        }
        let app = AppSpec(name: "many", services: services)
        let tree = SourceTree(
            files: Dictionary(uniqueKeysWithValues: services.map { ("\($0.directory)/requirements.txt", "flask") }))
        let input = EmitterInput(app: app, tree: tree)
        let first = DockerfileEmitter().emit(input)
        #expect(first.count == 1000)
        #expect(first == DockerfileEmitter().emit(input))
    }
}
