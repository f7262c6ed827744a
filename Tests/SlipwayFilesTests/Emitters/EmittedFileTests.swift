// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What holds for every emitter and every application, odd ones included.
struct EmittedFileTests {
    /// Values that break whoever pastes text together.
    private static let odd: EmitterInput = {
        let text = "it's \"50 %\" of $HOME; `id` #1 {{ .Values }} ünï → é\\n: - x"
        let services = [
            Service(
                name: "on", directory: "a b/$c", role: .backend, language: "python", framework: "fastapi",
                packageManager: "pip", install: "pip install -r requirements.txt",
                start: "sh -c 'echo {{ \"x\" }} && exec serve --port 65535'", release: "migrate '{{ it''s }}'",
                port: 65535,
                portVariable: "PORT", hostVariable: "HOST", healthPath: "/h?a=1;b",
                writableDirectories: ["up loads", "x"],
                uses: ["null"], routes: ["/api.v1", "/a(b)"]),
            Service(name: "yes", directory: "a b/$c", role: .worker, language: "python", start: "work", uses: ["null"]),
            Service(
                name: "web", directory: "web", role: .spa, build: "npm run build", outputDirectory: "di st",
                routes: ["/"]),
            Service(name: "also", directory: "web", role: .static, routes: ["/also"]),
            Service(
                name: "same-port", directory: "q", role: .ssr, language: "javascript", start: "node .", port: 65535),
        ]
        let variables = [
            Variable(name: "DATABASE_URL", services: ["on", "yes"], required: true, secret: true),
            Variable(name: "PORT", services: ["on"], default: "65535"),
            Variable(name: "TEXT", services: ["on", "yes"], default: text, purpose: text),
            Variable(name: "VITE_TEXT", services: ["web"], phase: .build, default: text),
            Variable(name: "SECRET_KEY", services: ["on"], required: true, secret: true),
        ]
        return EmitterInput(
            app: AppSpec(
                name: "Über App $1 \"x\"", services: services,
                resources: [
                    Resource(name: "null", kind: .postgres, version: "16", variable: "DATABASE_URL"),
                    Resource(name: "cache", kind: .redis),
                ], variables: variables),
            tree: SourceTree(files: ["a b/$c/requirements.txt": "", "web/package.json": "{"]))
    }()

    private static func inputs() throws -> [(String, EmitterInput)] {
        try ExampleInput.names.map { ($0, try ExampleInput.load($0)) } + [
            ("odd", odd), ("empty", EmitterInput(app: AppSpec(name: ""), tree: SourceTree(files: [:]))),
        ]
    }

    @Test func `equal input gives equal bytes, each path once, below the root`() throws {
        for (name, input) in try Self.inputs() {
            let first = EmitterCatalog.all.flatMap { $0.emit(input) }
            let second = EmitterCatalog.all.flatMap { $0.emit(input) }
            let different = zip(first, second).filter { $0 != $1 }.map(\.0.path)
            #expect(different == [], "\(name): \(different)")
            #expect(Set(first.map(\.path)).count == first.count, "\(name): \(first.map(\.path))")
            for file in first {
                #expect(
                    !file.path.hasPrefix("/") && !file.path.contains("..") && !file.path.hasPrefix("./"), "\(file.path)"
                )
                #expect(file.contents.hasSuffix("\n") && !file.contents.contains("\r"), "\(name) \(file.path)")
            }
        }
    }

    @Test func `structured files can be read back, whatever the names are`() throws {
        for (name, input) in try Self.inputs() {
            for file in EmitterCatalog.all.flatMap({ $0.emit(input) }) {
                let problems: [Diagnostic] =
                    switch file.path.split(separator: ".").last {
                    case _ where file.path.contains("/helm/"): []
                    case "yml", "yaml":
                        file.contents.components(separatedBy: "\n---\n").flatMap {
                            YAMLDocument(parsing: $0).diagnostics
                        }
                    case "toml": TOMLDocument(parsing: file.contents).diagnostics
                    case "json": JSONDocument(parsing: file.contents).diagnostics
                    case "conf" where file.path.contains("nginx"): NginxFile(parsing: file.contents).diagnostics
                    default: []
                    }
                #expect(problems.isEmpty, "\(name) \(file.path): \(problems)")
            }
        }
    }

    @Test func `what a parser reads back is what went in`() throws {
        let files = ExampleInput.files(Self.odd)
        let text = "it's \"50 %\" of $HOME; `id` #1 {{ .Values }} ünï → é\\n: - x"
        let app = JSONDocument(parsing: try #require(files["app.json"]).contents)
        #expect(app.root?.at("env", "TEXT")?["value"]?.text == text)
        let fly = try #require(files["web/fly.web.toml"])
        #expect(TOMLDocument(parsing: fly.contents).root?.at("build", "args")?["VITE_TEXT"]?.text == text)
        let render = RenderBlueprint(parsing: try #require(files["render.yaml"]).contents)
        #expect(render.groupEnvironment.contains { $0.name == "TEXT" && $0.value == text })
        let site = NginxFile(parsing: try #require(files["web/nginx.web.conf"]).contents)
        let patterns = site.all("location").compactMap(\.parameters.last)
        #expect(patterns.contains { $0.contains("a\\(b\\)") && $0.contains("api\\.v1") }, "\(patterns)")
    }

    @Test func `ports, health paths and names agree between the files`() throws {
        for name in ExampleInput.names {
            let input = try ExampleInput.load(name)
            let layout = Layout(input.app)
            let files = ExampleInput.files(input)
            for image in layout.images {
                guard let service = image.services.first(where: { layout.port(of: $0) != nil }),
                    let port = layout.port(of: service)
                else { continue }
                let path = layout.healthPath(of: service) ?? ""
                let fly = FlyToml(parsing: try #require(files[layout.file("fly", "toml", for: image.owner)]).contents)
                #expect(fly.app?.text == image.name)
                #expect(fly.services.first?.internalPort == Int(port))
                #expect(fly.services.first?.checkPaths.map(\.text) == [path])
                let manifest = try #require(files["deploy/kubernetes/base/\(service.name).yaml"]).contents
                #expect(manifest.contains("containerPort: \(port)") && manifest.contains("path: \(path)"), "\(name)")
                let railway = try #require(files[layout.file("railway", "json", for: service)])
                #expect(RailwayConfig(parsing: railway.contents).healthPath?.text == path)
                if service.role.isServedFromFiles {
                    let nginx = try #require(files[layout.nginxFile(of: service)])
                    #expect(NginxFile(parsing: nginx.contents).servers.first?.ports == [port])
                    #expect(nginx.contents.contains("location = \(path) {"))
                }
            }
        }
    }

    @Test func `no location of nginx has headers of its own, so none is lost`() throws {
        for name in ExampleInput.names {
            for file in ExampleInput.files(try ExampleInput.load(name)).values where file.path.contains("nginx") {
                for location in NginxFile(parsing: file.contents).all("location") {
                    #expect(location.all("add_header").isEmpty, "\(file.path)")
                }
            }
        }
    }

    @Test func `two hundred services get a file each`() {
        let services = (0..<200).map { index in
            Service(name: "s\(index)", directory: "d\(index)", role: .backend, language: "go", start: "./s", port: 8000)
        }
        let input = EmitterInput(app: AppSpec(name: "many", services: services), tree: SourceTree(files: [:]))
        #expect(NginxEmitter().emit(input).isEmpty)
        #expect(FlyEmitter().emit(input).count == 201)
    }
}
