// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@testable import SlipwayDeploy

struct ContainerModelTests {
    private static let compose = """
        {"name": "shop", "services": {
          "db": {"image": "postgres:17", "networks": {"data": null}, "ports": [{"target": 5432, "published": "5432"}],
                 "volumes": [{"type": "volume", "source": "rows", "target": "/var/lib/postgresql/data"}]},
          "migrate": {"build": {"context": "/r/server"}, "networks": {"data": null}, "restart": "no"},
          "server": {"build": {"context": "/r/server"}, "container_name": "server", "networks": {"data": null, "web": null},
                 "environment": {"DATABASE_URL": "postgresql://shop:${DB_PASSWORD}@db/shop"},
                 "deploy": {"replicas": 3, "resources": {"limits": {"memory": "1024"}}},
                 "stop_grace_period": "1m30s", "expose": ["8000"],
                 "depends_on": {"migrate": {"condition": "service_completed_successfully"},
                                "db": {"condition": "service_healthy"}}},
          "hidden": {"build": {"context": "/r/hidden"}, "networks": {"data": null}, "expose": ["9000"]},
          "client": {"build": {"context": "/r/client"}, "networks": {"web": null},
                 "ports": [{"target": 8080, "published": "80"}], "restart": "always"},
          "tools": {"image": "adminer", "profiles": ["tools"]}},
         "networks": {"data": {"name": "shop_data", "internal": true}, "web": {"name": "shop_web"}},
         "volumes": {"rows": {"name": "shop_rows"}, "elsewhere": {"name": "x", "external": true}}}
        """

    private func model() throws -> ContainerModel {
        let root = try #require(JSONDocument(parsing: Self.compose).root)
        return ContainerModel(
            project: ComposeProject(root), names: ContainerNames(application: "Shop", directory: "/r"))
    }

    @Test func `what is built belongs to a release, what is not is shared, and tasks end by themselves`() throws {
        let model = try model()
        #expect(model.own.map(\.name) == ["server", "hidden", "client"])
        #expect(model.shared.map(\.name) == ["db"])
        let server = try #require(model.own.first)
        #expect(model.tasks(before: server).map(\.name) == ["migrate"])
        #expect(model.volumes == ["rows"])
        #expect(model.isReachable(server) && !model.isReachable(model.own[1]))
    }

    @Test func `the data of all releases is the same, everything else of two releases is apart`() throws {
        let model = try model()
        let names = model.names
        let shared = try #require(JSONDocument(parsing: model.sharedFile()).root)
        let third = try #require(
            JSONDocument(
                parsing: model.releaseFile(3, images: ["server": "sha256:ab"], ports: ["server": (4000, 8000)])
            ).root)
        #expect(shared.at("volumes", "rows", "name")?.text == names.volume("rows"))
        #expect(third.at("volumes", "rows", "name")?.text == names.volume("rows"))
        #expect(third.at("volumes", "elsewhere", "name")?.text == "x")
        #expect(shared.at("services", "db", "ports") == nil, "a database is nobody's business outside")
        #expect(third.at("networks", "data", "name")?.text == names.network("data", release: 3))
        #expect(third.at("networks", "data", "external")?.bool == true)
        let server = try #require(third.at("services", "server"))
        #expect(server["image"]?.text == "sha256:ab" && server["build"] == nil && server["depends_on"] == nil)
        #expect(server["container_name"]?.text == names.container("server", release: 3))
        #expect(server["ports"]?[0]?["host_ip"]?.text == "127.0.0.1")
        #expect(server["ports"]?[0]?["published"]?.text == "4000")
        #expect(server.at("deploy", "resources", "limits", "memory")?.text == "1024")
        #expect(server.at("deploy", "replicas") == nil)
        #expect(server["restart"]?.text == "no")
        #expect(server.at("labels", ContainerNames.releaseLabel)?.text == "3")
        #expect(server.at("environment", "DATABASE_URL")?.text?.contains("${DB_PASSWORD}") == true)
    }

    @Test func `the published front door gets all requests, and each service its migrations`() throws {
        let model = try model()
        let detected = AppSpec(
            name: "shop",
            services: [
                Service(name: "client", directory: "client", role: .spa, routes: ["/"]),
                Service(
                    name: "server", directory: "server", role: .backend, healthPath: "/health", routes: ["/api"]),
            ])
        let spec = try ContainerApplication(detected: detected, model: model, root: "/r").spec()
        #expect(spec.service(named: "client")?.routes == ["/"])
        #expect(spec.service(named: "client")?.port == 8080)
        #expect(spec.service(named: "server")?.routes == [])
        #expect(spec.service(named: "server")?.port == 8000)
        #expect(spec.service(named: "server")?.release == "migrate")
        #expect(spec.service(named: "server")?.healthPath == "/health")
        #expect(spec.service(named: "hidden")?.port == nil, "its network leads nowhere")
        #expect(spec.resources.isEmpty)
    }

    @Test(
        arguments: [
            ("10s", 10_000), ("1m30s", 90_000), ("500ms", 500), ("1h", 3_600_000), ("", 0), ("soon", nil), ("10", nil),
        ] as [(String, Int?)])
    func `a Compose duration is read`(_ text: String, _ milliseconds: Int?) {
        #expect(ContainerProcess.duration(text) == milliseconds.map { .milliseconds($0) })
    }

    @Test func `images of a release are told by their names`() {
        let names = ContainerNames(application: "Shop", directory: "/r")
        #expect(names.release(ofImage: names.image("server", release: 12)) == 12)
        #expect(names.release(ofImage: "shop-server:r12") == nil)
        #expect(names.release(ofImage: names.application + "-server:latest") == nil)
        #expect(ContainerNames(application: "Shop", directory: "/other") != names)
    }
}
