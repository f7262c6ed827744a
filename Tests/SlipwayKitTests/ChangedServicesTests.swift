// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayKit

struct ChangedServicesTests {
    static let services = [
        Service(name: "server", directory: "server", role: .backend, writableDirectories: ["uploads"]),
        Service(name: "worker", directory: "server", role: .worker),
        Service(name: "client", directory: "client", role: .spa, outputDirectory: "dist"),
    ]

    @Test(
        arguments: [
            (["server/app/main.py"], ["server", "worker"]), (["client/src/a.ts"], ["client"]),
            (["client/src/a.ts", "server/x.py"], ["client", "server", "worker"]),
            (["packages/ui/button.tsx"], ["client", "server", "worker"]),
            (["client/dist/assets/a.js"], []), (["server/uploads/1.pdf"], []), (["server/README.md"], []),
            (["server/main.py~"], []), (["server/.#main.py"], []), ([], []),
            (["serverless/x.py"], ["client", "server", "worker"]),
        ] as [([String], [String])])
    func `a saved file concerns the services of its folder, and nobody when no process reads it`(
        _ paths: [String], _ names: [String]
    ) {
        #expect(ChangedServices(services: Self.services).affected(by: paths).sorted() == names)
    }

    @Test func `services at the root own what no other folder holds`() {
        let services = [
            Service(name: "web", directory: ".", role: .backend),
            Service(name: "site", directory: "web", role: .static),
        ]
        #expect(ChangedServices(services: services).affected(by: ["app/main.py"]) == ["web"])
        #expect(ChangedServices(services: services).affected(by: ["web/index.html"]) == ["site"])
    }
}
