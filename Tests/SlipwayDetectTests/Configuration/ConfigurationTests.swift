// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

@Suite struct ConfigurationTests {
    private static let spec = AppSpec(
        name: "shop",
        services: [
            Service(
                name: "server", directory: "server", role: .backend, start: "run --port ${PORT:-8000}", port: 8000,
                portVariable: "PORT", uses: ["db"]),
            Service(name: "web", directory: "web", role: .spa),
        ],
        resources: [Resource(name: "db", kind: .postgres)],
        variables: [Variable(name: "LOG_LEVEL", services: ["server"])],
        origins: ["services.server.port": Origin(file: "Procfile", line: 1, why: "--port")])

    private func message(_ text: String) -> String? {
        do {
            _ = try Configuration(parsing: text)
            return nil
        } catch { return (error as? SlipwayError)?.message }
    }

    @Test(arguments: [
        ("nmae: shop", "slipway.yml:1: unknown key nmae; did you mean name?"),
        (
            "services:\n  server:\n    helthPath: /x",
            "slipway.yml:3: unknown key services.server.helthPath; did you mean healthPath?"
        ),
        (
            "services:\n  server:\n    port: many",
            "slipway.yml:3: services.server.port must be a port from 1 to 65535, not many"
        ),
        (
            "services:\n  server:\n    port: 70000",
            "slipway.yml:3: services.server.port must be a port from 1 to 65535, not 70000"
        ),
        (
            "services:\n  server:\n    routes: {a: b}",
            "slipway.yml:3: services.server.routes must be a list, not a mapping"
        ),
        (
            "services:\n  server:\n    role: robot",
            "slipway.yml:3: services.server.role must be one of backend, spa, ssr, worker, static, cron, not robot"
        ),
        ("services:\n  server:\n    start: [a]", "slipway.yml:3: services.server.start must be text, not a list"),
        ("services: [server]", "slipway.yml:1: services must be a mapping of names, not a list"),
        ("services:\n\tserver:\n", "slipway.yml:2: a tab indents this line; YAML wants spaces"),
        (
            "check:\n  labels: {a: b}",
            "slipway.yml:2: check.labels.a must be one of text, url, rfc3339, spdx, hash, semver, email"
        ),
        (
            "check:\n  trusted-registries: ghcr.io",
            "slipway.yml:2: check.trusted-registries must be a list: [ghcr.io, docker.io]"
        ),
        ("just text", "slipway.yml:1: the file must be a mapping such as name: shop, not just text"),
        ("variables:\n  A: [1]", "slipway.yml:2: variables.A must be a value or a mapping, not a list"),
        (
            "environments:\n  staging:\n    services:\n      server:\n        prot: 1",
            "slipway.yml:5: unknown key environments.staging.services.server.prot; did you mean port?"
        ),
    ])
    func `a mistake is named with its line and how to mend it`(_ text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test func `a key that stands twice is an error with its line`() throws {
        let text = try #require(message("name: a\nservices: {}\nname: b\n"))
        #expect(text.hasPrefix("slipway.yml:"))
        #expect(text.contains("duplicate key: name"))
    }

    @Test(arguments: ["", "# nothing\n", "services:\n", "services:\n  server:\n", "name: 12\n"])
    func `an empty file wishes nothing`(_ text: String) {
        #expect(message(text) == nil)
    }

    @Test func `a stated value wins and remembers what was detected`() throws {
        let configuration = try Configuration(
            parsing: """
                name: The Shop
                services:
                  server: { port: 9000, healthPath: /up, routes: [/api, /ws] }
                  web: { enabled: false }
                  jobs: { role: worker, directory: ./server/, start: python -m jobs }
                resources:
                  cache: { kind: redis, version: 7 }
                variables:
                  LOG_LEVEL: debug
                  KEY: { secret: true, required: true }
                """)
        let spec = try configuration.applied(to: Self.spec, environment: nil)
        #expect(spec.name == "the-shop")
        #expect(spec.services.map(\.name) == ["jobs", "server"])
        #expect(spec.service(named: "server")?.port == 9000)
        #expect(spec.service(named: "server")?.start == "run --port ${PORT:-9000}")
        #expect(spec.service(named: "jobs")?.directory == "server")
        #expect(spec.resource(named: "cache")?.version == "7")
        #expect(spec.variables.first { $0.name == "KEY" }?.secret == true)
        #expect(
            spec.origins["services.server.port"]
                == Origin(file: "slipway.yml", line: 3, why: "stated", runnerUp: "--port, Procfile:1"))
        #expect(configuration.variableValues() == ["LOG_LEVEL": "debug"])
    }

    @Test func `an environment is stronger than the file and says its name`() throws {
        let configuration = try Configuration(
            parsing: """
                services: { server: { port: 9000 } }
                environments:
                  staging: { services: { server: { port: 9100 } }, variables: { A: 1 } }
                  production:
                """)
        let staging = try configuration.applied(to: Self.spec, environment: "staging")
        #expect(staging.service(named: "server")?.port == 9100)
        #expect(staging.origins["services.server.port"]?.why == "stated for staging")
        #expect(configuration.variableValues(environment: "staging") == ["A": "1"])
        #expect(
            try configuration.applied(to: Self.spec, environment: "production").service(named: "server")?.port == 9000)
        #expect(throws: SlipwayError.self) { try configuration.applied(to: Self.spec, environment: "stagin") }
    }

    @Test func `a service that nobody detected needs a role`() throws {
        let configuration = try Configuration(parsing: "services: { serve: { port: 1 } }")
        do {
            _ = try configuration.applied(to: Self.spec, environment: nil)
            Issue.record("no error")
        } catch {
            #expect(
                (error as? SlipwayError)?.message
                    == "slipway.yml:1: no service serve was detected; did you mean server?")
        }
    }
}
