// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDeploy

struct LocalPortTests {
    private let application = AppSpec(
        name: "shop",
        services: [
            Service(name: "web", directory: ".", role: .backend, start: "serve", portVariable: "WEB_PORT"),
            Service(name: "api", directory: "api", role: .backend, start: "serve --port 9000"),
        ])

    private func prepared() -> LocalPrepared {
        LocalPrepared(
            session: LocalSession(
                options: LocalOptions(port: 8080), address: PublicAddress(origin: "http://localhost:8080"),
                ports: ["web": 8000, "api": 9000], resources: LocalResources(), builds: [:], resourceProcesses: []),
            environment: ResolvedEnvironment(services: [:], generated: [:], secrets: []), socketPath: "/s",
            resourceProcesses: [], cluster: nil)
    }

    @Test func `a service that moves learns its port under the name that it reads`() {
        var moved = prepared()
        moved.move("web", to: 8123, of: application)
        moved.move("api", to: 9123, of: application)
        #expect(moved.session.ports == ["web": 8123, "api": 9123])
        #expect(moved.environment["web"].run == ["WEB_PORT": "8123"])
        #expect(moved.environment["api"].run == ["PORT": "9123"])
    }

    @Test(arguments: [
        "web is not ready: port 8000 is taken by gunicorn (pid 7), 5 times in a row",
        "web is not ready: the start command exited with code 1, and port 8000 was taken by node",
    ])
    func `an end for a taken port is one to be tried again`(_ message: String) {
        #expect(LocalStart.isAboutPort(SlipwayError(.unhealthyService, message)))
        #expect(!LocalStart.isAboutPort(SlipwayError(.releaseFailed, message)))
    }

    @Test func `other ends are not`() {
        #expect(!LocalStart.isAboutPort(SlipwayError(.unhealthyService, "web is not ready: KeyError")))
    }
}
