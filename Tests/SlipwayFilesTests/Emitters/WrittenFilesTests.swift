// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Files that a process writes, wherever its code puts them.
struct WrittenFilesTests {
    private static func files(
        _ service: Service, resources: [Resource] = [], variables: [Variable] = []
    ) -> [String: String] {
        let input = EmitterInput(
            app: AppSpec(name: "app", services: [service], resources: resources, variables: variables),
            tree: SourceTree(files: ["app/main.py": "", "requirements.txt": "fastapi\n"]), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static var web: Service {
        Service(
            name: "web", directory: ".", role: .backend, language: "python", framework: "fastapi",
            packageManager: "pip", install: "pip install -r requirements.txt",
            start: "uvicorn app.main:app --port 8000", port: 8000, routes: ["/"])
    }

    @Test func `a database beside the code leads into the volume`() throws {
        var web = Self.web
        (web.uses, web.writableFiles) = (["db"], ["app/track.db"])
        let files = Self.files(web, resources: [Resource(name: "db", kind: .sqlite)])
        let image = try #require(files["Dockerfile"])
        #expect(image.contains("install -d -o 1000 -g 1000 /folders/app/data"), "\(image)")
        #expect(image.contains("ln -s /app/data/track.db /folders/app/app/track.db"), "\(image)")
        #expect(image.contains("mkdir -p /folders/app/app"), "\(image)")
        #expect(files["docker-compose.prod.yml"]?.contains("web-data:/app/data") == true)
        let cluster = files.filter { $0.key.hasPrefix("deploy/kubernetes/base/") }.values.joined()
        #expect(cluster.contains("mountPath: /app/data"), "\(cluster)")
    }

    @Test func `two files of one name are kept apart`() throws {
        var web = Self.web
        web.writableFiles = ["a/x.db", "b/x.db"]
        let image = try #require(Self.files(web)["Dockerfile"])
        #expect(image.contains("ln -s /app/data/x.db /folders/app/a/x.db"), "\(image)")
        #expect(image.contains("ln -s /app/data/app-b-x.db /folders/app/b/x.db"), "\(image)")
    }

    @Test func `a database in a folder of its own needs no other`() throws {
        var web = Self.web
        (web.uses, web.writableDirectories) = (["db"], ["app/store"])
        let files = Self.files(web, resources: [Resource(name: "db", kind: .sqlite)])
        let compose = try #require(files["docker-compose.prod.yml"])
        #expect(compose.contains(":/app/app/store") && !compose.contains(":/app/data"), "\(compose)")
    }

    @Test(arguments: [
        ("sqlite:///./sql_app.db", [], "sqlite:////app/data/app.db"),
        ("sqlite+aiosqlite:///./store/x.db", ["store"], "sqlite+aiosqlite:////app/store/x.db"),
        ("store/x.db", ["store"], "/app/store/x.db"),
        ("file:./store/x.db", ["store"], "file:/app/store/x.db"),
    ])
    func `the address in the volume is told`(_ given: String, _ folders: [String], _ told: String) throws {
        var web = Self.web
        (web.uses, web.writableDirectories) = (["db"], folders)
        let files = Self.files(
            web, resources: [Resource(name: "db", kind: .sqlite, variable: "DATABASE_URL")],
            variables: [Variable(name: "DATABASE_URL", services: ["web"], default: given)])
        let compose = try #require(files["docker-compose.prod.yml"])
        #expect(compose.contains("DATABASE_URL: \(told)\n"), "\(compose)")
    }

    @Test func `logs are written everywhere and cost no disk of their own in a cluster`() throws {
        var web = Self.web
        web.writableDirectories = ["logs"]
        let files = Self.files(web)
        #expect(files["Dockerfile"]?.contains("install -d -o 1000 -g 1000 /folders/app/logs") == true)
        #expect(files["docker-compose.prod.yml"]?.contains(":/app/logs") == true)
        let cluster = files.filter { $0.key.hasPrefix("deploy/kubernetes/base/") }.values.joined()
        #expect(cluster.contains("mountPath: /app/logs") && cluster.contains("name: passing-0"), "\(cluster)")
        #expect(!cluster.contains("PersistentVolumeClaim"), "\(cluster)")
        #expect(files["fly.toml"]?.contains("/app/logs") == false)
    }
}
