// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles
import Testing

@Suite struct ComposeFileTests {
    private let file = ComposeFile(
        parsing: """
            name: shop
            x-common: &common
              restart: always
            services:
              web:
                <<: *common
                build:
                  context: ./web
                  dockerfile: Dockerfile.prod
                  target: run
                  args: {A: 1}
                command: ["gunicorn", "app:app", "-b", "0.0.0.0:${PORT:-8000}"]
                ports: ["${PORT:-8000}:8000", "127.0.0.1:9000:9000/udp", 5000, {target: 80, published: "8080"}, "[::1]:1-2:3-4"]
                environment:
                  DATABASE_URL: postgres://u:${PASSWORD:?needed}@db/x
                  DEBUG:
                env_file: [.env, {path: .env.local, required: false}]
                volumes: [./web:/app:ro, data:/data, /anon, {type: tmpfs, target: /tmp}]
                depends_on:
                  db: {condition: service_healthy}
                healthcheck:
                  test: ["CMD", "curl", "-f", "http://localhost"]
                deploy: {replicas: 2, resources: {limits: {memory: 512M}}}
              db:
                image: postgres:15
                environment: [POSTGRES_DB=x, POSTGRES_USER]
                depends_on: [cache]
                healthcheck: {test: "pg_isready -U x"}
            volumes: {data: {}}
            """)

    @Test func `a service says what it builds and runs`() throws {
        let web = try #require(file["web"])
        #expect(file.name == "shop")
        #expect(file.services.map(\.name) == ["web", "db"])
        #expect(web.build?.context == "./web")
        #expect(web.build?.dockerfile == "Dockerfile.prod")
        #expect(web.build?.target == "run")
        #expect(web.build?.arguments.map(\.value) == ["1"])
        #expect(web.command?.text == "gunicorn app:app -b 0.0.0.0:8000")
        #expect(web.command?.line == 12)
        #expect(web.restart?.text == "always")
        #expect(web.replicas == 2)
        #expect(web.memoryLimit?.text == "512M")
        #expect(file["db"]?.image?.text == "postgres:15")
        #expect(file.volumes == ["data"])
    }

    @Test func `ports are read in every form`() throws {
        let ports = try #require(file["web"]).ports
        #expect(ports.map(\.target) == [8000, 9000, 5000, 80, 3])
        #expect(ports.map(\.published) == [8000, 9000, nil, 8080, 1])
        #expect(ports.map(\.address) == [nil, "127.0.0.1", nil, nil, "::1"])
        #expect(ports[1].protocol == "udp")
    }

    @Test func `variables are read from mappings and lists`() throws {
        #expect(try #require(file["web"]).environment.map(\.name) == ["DATABASE_URL", "DEBUG"])
        #expect(try #require(file["web"]).environment.map(\.value) == ["postgres://u:@db/x", nil])
        #expect(try #require(file["db"]).environment.map(\.value) == ["x", nil])
        #expect(try #require(file["web"]).environmentFiles.map(\.isRequired) == [true, false])
    }

    @Test func `mounts, dependencies and health checks are read`() throws {
        let web = try #require(file["web"])
        #expect(web.mounts.map(\.kind) == [.bind, .volume, .volume, .tmpfs])
        #expect(web.mounts.map(\.target) == ["/app", "/data", "/anon", "/tmp"])
        #expect(web.mounts[0].isReadOnly)
        #expect(web.dependencies.map(\.condition) == ["service_healthy"])
        #expect(file["db"]?.dependencies.map(\.service) == ["cache"])
        #expect(web.healthcheck?.test == ["curl", "-f", "http://localhost"])
        #expect(file["db"]?.healthcheck?.isShell == true)
    }

    @Test func `references are listed with their lines`() {
        #expect(file.references.map(\.reference.name) == ["PORT", "PORT", "PASSWORD"])
        #expect(file.references.map(\.line) == [12, 13, 15])
        #expect(file.references.map(\.reference.isRequired) == [false, false, true])
        #expect(
            ComposeFile(parsing: "services: {a: {image: 'x:$V'}}", environment: ["V": "2"])["a"]?.image?.text == "x:2")
    }

    @Test(arguments: [
        "", "a", "[]", "services: 1", "services: {a: }", "services:\n  a:\n    ports: x\n    build: []", "a: [",
    ])
    func `an odd file has no services to speak of`(_ text: String) {
        let file = ComposeFile(parsing: text)
        #expect(file.services.allSatisfy { $0.ports.isEmpty && $0.image == nil && $0.mounts.isEmpty })
    }
}
