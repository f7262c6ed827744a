// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Images of Node programs, and what Compose tells them.
struct NodeImageTests {
    private static func files(
        _ services: [Service], _ tree: [String: String], variables: [Variable] = []
    ) -> [String: String] {
        let input = EmitterInput(
            app: AppSpec(name: "app", services: services, variables: variables), tree: SourceTree(files: tree),
            written: [])
        return Dictionary(EmitterCatalog.all.flatMap { $0.emit(input) }.map { ($0.path, $0.contents) }) { $1 }
    }

    private static func service(
        _ name: String, in directory: String, _ role: Role = .backend, start: String = "node dist/main",
        build: String? = "npm run build", install: String = "npm ci", port: UInt16? = 3000
    ) -> Service {
        Service(
            name: name, directory: directory, role: role, language: "typescript", packageManager: "npm",
            install: install, build: build, start: start, port: port)
    }

    @Test func `schemas of the workspace's packages are there before the installation`() throws {
        let files = Self.files(
            [Self.service("api", in: "apps/api")],
            [
                "package.json": #"{"workspaces": ["apps/*", "packages/*"]}"#, "package-lock.json": "{}",
                "apps/api/package.json": #"{"name": "api"}"#, "packages/db/package.json": #"{"name": "db"}"#,
                "packages/db/prisma/schema.prisma": "",
            ])
        let image = try #require(files["apps/api/Dockerfile"])
        #expect(image.contains("COPY packages/db/prisma /app/packages/db/prisma"), "\(image)")
    }

    @Test func `a file that the workspace's installation runs is there before it`() throws {
        let files = Self.files(
            [Self.service("api", in: "apps/api", start: "node ../../dist/apps/api/main.js", build: "npx nx build api")],
            [
                "package.json": #"{"scripts": {"postinstall": "node ./decorate.js"}}"#, "package-lock.json": "{}",
                "nx.json": "{}", "decorate.js": "", "apps/api/src/main.ts": "",
                "apps/api/project.json": #"{"name": "api", "targets": {"build": {}, "serve": {}}}"#,
            ])
        let image = try #require(files["apps/api/Dockerfile"])
        let source = try #require(image.firstRange(of: "COPY . /app"))
        let install = try #require(image.firstRange(of: "npm ci"))
        #expect(source.lowerBound < install.lowerBound, "\(image)")
        #expect(image.contains(#"CMD ["nx", "serve", "api"]"#), "\(image)")
    }

    @Test func `what the authors tell npm about peers counts when it takes packages away`() throws {
        let files = Self.files(
            [Self.service("api", in: ".", install: "npm ci --legacy-peer-deps")],
            ["package.json": "{}", "package-lock.json": "{}"])
        #expect(files["Dockerfile"]?.contains("npm prune --omit=dev --legacy-peer-deps") == true)
    }

    @Test func `a worker that nobody built yet follows its source while it is developed`() throws {
        let worker = Self.service("worker", in: ".", .worker, port: nil)
        let scripts = #"{"scripts": {"dev": "nest start --watch", "build": "nest build", "start": "node dist/main"}}"#
        let image = try #require(Self.files([worker], ["package.json": scripts])["Dockerfile"])
        #expect(image.contains(#"CMD ["npm", "run", "dev"]"#), "\(image)")
        let bare = #"{"scripts": {"build": "tsc"}}"#
        let other = try #require(Self.files([worker], ["package.json": bare])["Dockerfile"])
        #expect(other.contains("npm run build && exec node --watch dist/main"), "\(other)")
    }

    @Test func `the server of a front end asks the other container, and so does what its build wrote down`() throws {
        let address = Variable(
            name: "BACKEND_URL", services: ["web"], phase: .both, required: true, default: "http://localhost:4000")
        let shown = Variable(
            name: "NEXT_PUBLIC_API_URL", services: ["web"], phase: .both, default: "http://localhost:4000")
        let files = Self.files(
            [Self.service("api", in: "api", port: 4000), Self.service("web", in: "web", .ssr, start: "next start")],
            ["api/package.json": "{}", "web/package.json": "{}"], variables: [address, shown])
        let compose = try #require(files["docker-compose.yml"])
        #expect(compose.ranges(of: "BACKEND_URL: http://api:4000").count == 2, "\(compose)")
        #expect(!compose.contains("NEXT_PUBLIC_API_URL: http://api"), "\(compose)")
        #expect(files["web/Dockerfile"]?.contains("ARG BACKEND_URL=http://api:4000") == true)
        #expect(files["api/Dockerfile"]?.contains("BACKEND_URL") == false)
    }

    @Test func `the address of pages stays the one that visitors type`() throws {
        let origins = Variable(name: "WEB_ORIGIN", services: ["api"], default: "http://localhost:3000", kind: .url)
        let worker = Variable(name: "PASSKEY_ORIGIN", services: ["jobs"], default: "http://localhost:4000", kind: .url)
        let list = Variable(
            name: "ORIGINS", services: ["api"], default: #"["http://localhost:3000","http://localhost:5000"]"#)
        let files = Self.files(
            [
                Self.service("api", in: "api", port: 4000), Self.service("web", in: "web", .ssr, start: "next start"),
                Self.service("jobs", in: "jobs", .worker, port: nil),
            ], ["api/package.json": "{}", "web/package.json": "{}"], variables: [origins, list, worker])
        for name in ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"] {
            let compose = try #require(files[name])
            #expect(!compose.contains("http://web:3000"), "\(name): \(compose)")
            #expect(!compose.contains("http://api:4000"), "\(name): \(compose)")
        }
    }
    @Test func `a worker with an image of its own waits for the server's migration`() throws {
        var api = Self.service("api", in: "api", port: 4000)
        (api.release, api.uses) = ("npx prisma migrate deploy", ["db"])
        var jobs = Self.service("jobs", in: "jobs", .worker, port: nil)
        jobs.uses = ["db"]
        let input = EmitterInput(
            app: AppSpec(
                name: "app", services: [api, jobs], resources: [Resource(name: "db", kind: .postgres)], variables: []),
            tree: SourceTree(files: ["api/package.json": "{}", "jobs/package.json": "{}"]), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        let compose = try #require(files.first { $0.path == "docker-compose.yml" }?.contents)
        let place = try #require(compose.firstRange(of: "\n  jobs:\n"))
        let after = compose[place.upperBound...]
        let rest = after.prefix(upTo: after.firstRange(of: "healthcheck:")?.lowerBound ?? after.endIndex)
        #expect(rest.contains("service_completed_successfully"), "\(compose)")
    }
}
