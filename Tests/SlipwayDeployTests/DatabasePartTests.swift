// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost
import Testing

struct DatabasePartTests {
    private static func variables(_ named: [(String, ResourcePart)]) -> [Variable] {
        named.map { name, part in
            var variable = Variable(name: name, services: ["web"], required: true)
            variable.part = part
            return variable
        }
    }

    private static func values(_ resource: Resource, address: ResourceAddress?) throws -> [String: String] {
        let service = Service(name: "web", directory: ".", role: .backend, language: "python", uses: ["db"])
        let application = AppSpec(
            name: "shop", services: [service], resources: [resource],
            variables: variables(
                address == nil
                    ? [("STORE_ENGINE", .engine)]
                    : [("STORE_ENGINE", .engine), ("STORE_AT", .host), ("DB_URL", .database), ("STORE_WHO", .user)]))
        let resolution = EnvironmentResolution(
            application: application, resources: address.map { ["db": $0] } ?? [:],
            address: PublicAddress(origin: "http://localhost:8080"))
        return try resolution.resolve { _ in Secret("x") }.services["web"]?.run ?? [:]
    }

    @Test func `the part that the code takes a variable for is stronger than its name`() throws {
        let address = ResourceAddress(.postgres, port: 5433, user: "pm", password: Secret("pw"), database: "pm_db")
        let values = try Self.values(Resource(name: "db", kind: .postgres), address: address)
        #expect(values["STORE_ENGINE"] == "django.db.backends.postgresql")
        #expect(values["STORE_AT"] == "127.0.0.1")
        #expect(values["DB_URL"] == "pm_db")
        #expect(values["STORE_WHO"] == "pm")
    }

    @Test func `nobody is asked which engine a database has that is not started here`() throws {
        #expect(
            try Self.values(Resource(name: "db", kind: .mysql), address: nil)
                == ["STORE_ENGINE": "django.db.backends.mysql"])
    }

    @Test(.enabled(if: ExecutableSearch.find("python3.12") != nil, "needs Python 3.12"))
    func `without a wish the code runs on the Python that its image has`() async throws {
        let service = Service(name: "api", directory: ".", role: .backend, language: "python")
        let input = BuildInput(
            service: service, application: AppSpec(name: "app", services: [service]), tree: SourceTree(files: [:]),
            root: "/tmp", builds: "/tmp/builds", path: ExecutableSearch.path)
        let found = try await PythonInterpreter.find(for: input, runner: LocalRunner())
        #expect(found.version.numbers.prefix(2) == [3, 12])
    }
}
