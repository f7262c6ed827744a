// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct PlatformFileTests {
    @Test func `fly toml gives processes, ports, checks and the release command`() {
        let file = FlyToml(
            parsing: """
                app = "shop"
                [build]
                dockerfile = "Dockerfile.fly"
                [env]
                PORT = "8080"
                [deploy]
                release_command = "alembic upgrade head"
                [processes]
                web = "gunicorn app"
                worker = "celery"
                [http_service]
                internal_port = 8080
                processes = ["web"]
                [[http_service.checks]]
                path = "/health"
                [[services]]
                internal_port = 5000
                [[mounts]]
                source = "data"
                destination = "/data"
                """)
        #expect(file.app?.text == "shop")
        #expect(file.dockerfile?.text == "Dockerfile.fly")
        #expect(file.releaseCommand?.line == 7)
        #expect(file.environment.map(\.value) == ["8080"])
        #expect(file.processes.map(\.command.text) == ["gunicorn app", "celery"])
        #expect(file.services.map(\.internalPort) == [8080, 5000])
        #expect(file.services[0].checkPaths.map(\.text) == ["/health"])
        #expect(file.mounts.count == 1)
        #expect(FlyToml(parsing: "a = ").diagnostics.map(\.code) == ["FL000"])
    }

    @Test func `a render blueprint gives services with commands and variables`() throws {
        let file = RenderBlueprint(
            parsing: """
                services:
                  - type: web
                    name: api
                    env: python
                    rootDir: server
                    startCommand: uvicorn main:app
                    preDeployCommand: alembic upgrade head
                    healthCheckPath: /health
                    envVars:
                      - key: A
                        value: 1
                      - key: B
                        generateValue: true
                      - fromGroup: g
                databases: [{name: db}]
                envVarGroups: [{name: g, envVars: [{key: C, value: x}]}]
                """)
        let service = try #require(file.services.first)
        #expect(service.runtime == "python")
        #expect(service.startCommand?.text == "uvicorn main:app")
        #expect(service.releaseCommand?.line == 7)
        #expect(service.healthPath?.text == "/health")
        #expect(service.environment.map(\.name) == ["A", "B"])
        #expect(service.environment.map(\.value) == ["1", nil])
        #expect(file.databases.count == 1)
        #expect(file.groupEnvironment.map(\.name) == ["C"])
    }

    @Test(arguments: [
        "{\"deploy\": {\"startCommand\": \"run\", \"healthcheckPath\": \"/up\", \"numReplicas\": 2}, \"build\": {\"builder\": \"DOCKERFILE\"}}",
        "[build]\nbuilder = \"DOCKERFILE\"\n[deploy]\nstartCommand = \"run\"\nhealthcheckPath = \"/up\"\nnumReplicas = 2",
    ])
    func `a railway file is JSON or TOML`(_ text: String) {
        let file = RailwayConfig(parsing: text)
        #expect(file.startCommand?.text == "run")
        #expect(file.healthPath?.text == "/up")
        #expect(file.replicas == 2)
        #expect(file.builder == "DOCKERFILE")
        #expect(file.releaseCommand == nil)
    }

    @Test func `app json gives variables, add-ons and the formation`() {
        let file = AppJSON(
            parsing: """
                {"env": {"A": "x", "S": {"generator": "secret"}, "O": {"required": false, "description": "d"}},
                 "addons": ["heroku-postgresql:mini", {"plan": "heroku-redis"}], "formation": {"web": {"quantity": 2}},
                 "scripts": {"postdeploy": "seed"}}
                """)
        #expect(file.environment.map(\.name) == ["A", "S", "O"])
        #expect(file.environment.map(\.value) == ["x", nil, nil])
        #expect(file.environment.map(\.isRequired) == [true, true, false])
        #expect(file.environment[1].isGenerated)
        #expect(file.addons.map(\.text) == ["heroku-postgresql", "heroku-redis"])
        #expect(file.formation.map(\.quantity) == [2])
        #expect(file.postDeployCommand?.text == "seed")
    }
}
