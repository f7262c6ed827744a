// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import Testing

struct EnvironmentResolutionTests {
    private func application(_ variables: [Variable], resources: [Resource] = []) -> AppSpec {
        AppSpec(
            name: "pm",
            services: [
                Service(name: "client", directory: "client", role: .spa),
                Service(
                    name: "server", directory: "server", role: .backend, portVariable: "PORT", hostVariable: "HOST",
                    uses: resources.map(\.name)),
            ], resources: resources, variables: variables)
    }

    private func resolution(_ variables: [Variable], given: GivenValues = GivenValues()) -> EnvironmentResolution {
        EnvironmentResolution(
            application: application(variables), given: given, ports: ["server": 4001],
            address: PublicAddress(origin: "http://localhost:8080"))
    }

    private func resolve(_ resolution: EnvironmentResolution) throws -> ResolvedEnvironment {
        var count = 0
        return try resolution.resolve { form in
            count += 1
            return Secret("generated-\(form)-\(count)")
        }
    }

    @Test func `what only production needs is asked for where visitors come, and its settings run there`() throws {
        var mail = Variable(name: "MAIL", services: ["server"], required: true)
        mail.isForProductionOnly = true
        var settings = Variable(name: "SETTINGS", services: ["server"], default: "site.dev")
        settings.production = "site.live"
        let here = try resolve(resolution([mail, settings]))["server"].run
        #expect(here["MAIL"] == nil && here["SETTINGS"] == nil)
        var deployed = resolution([mail, settings])
        deployed.isDeployed = true
        #expect(throws: SlipwayError.self) { try resolve(deployed) }
        deployed.given = GivenValues(rootFile: ["MAIL": "mail.example.com"])
        #expect(try resolve(deployed)["server"].run["SETTINGS"] == "site.live")
    }

    @Test func `the strongest source wins, one after the other`() throws {
        var given = GivenValues(
            flags: ["A": "flag"], process: ["A": "process"], configuration: ["A": "configuration"],
            serviceFiles: ["server": ["A": "service file"], "client": ["A": "of another service"]],
            rootFile: ["A": "root file"])
        let variable = Variable(name: "A", services: ["server"], default: "of the code")
        var seen: [String?] = []
        for _ in 0..<6 {
            seen.append(try resolve(resolution([variable], given: given))["server"].run["A"])
            if !given.flags.isEmpty {
                given.flags = [:]
            } else if !given.process.isEmpty {
                given.process = [:]
            } else if !given.configuration.isEmpty {
                given.configuration = [:]
            } else if given.serviceFiles["server"] != nil {
                given.serviceFiles["server"] = nil
            } else {
                given.rootFile = [:]
            }
        }
        #expect(seen == ["flag", "process", "configuration", "service file", "root file", nil])
    }

    @Test func `a variable that the code takes from a file of its own is missed there`() {
        var own = Variable(name: "TOKEN", services: ["server"], required: true)
        own.ownFile = "env/.env"
        let other = Variable(name: "LEVEL", services: ["server"], required: true)
        func hint(_ variables: [Variable]) -> String? {
            do {
                _ = try resolve(resolution(variables))
                return nil
            } catch { return (error as? SlipwayError)?.hint }
        }
        #expect(hint([own])?.hasPrefix("printf '\\nTOKEN=...\\n' >> server/env/.env ") == true)
        #expect(
            hint([own, other])?.hasPrefix(
                "printf '\\nTOKEN=...\\n' >> server/env/.env && printf '\\nLEVEL=...\\n' >> .env ")
                == true
        )
    }

    @Test func `a shell's own variables reach nobody, what a file says reaches the process`() throws {
        let given = GivenValues(process: ["EDITOR": "vi"], rootFile: ["UNDETECTED": "x"])
        let environment = try resolve(resolution([], given: given))["server"].run
        #expect(environment["EDITOR"] == nil)
        #expect(environment["UNDETECTED"] == "x")
    }

    @Test func `all missing names come at once, with where they are read`() throws {
        let variables = [
            Variable(
                name: "STRIPE_KEY", services: ["server"], required: true, secret: true, origins: ["server/pay.py:3"]),
            Variable(
                name: "SMTP_HOST", services: ["server"], required: true, purpose: "sends mail",
                origins: ["server/mail.py:9"]),
            Variable(name: "LOG_LEVEL", services: ["server"], default: "info"),
        ]
        let error = try #require(throws: SlipwayError.self) {
            try resolve(resolution(variables, given: GivenValues(rootFile: ["STRIPE_KEY": ""])))
        }
        #expect(error.code == .missingVariables)
        #expect(error.message.contains("2 required variables") && error.message.contains("SMTP_HOST, STRIPE_KEY"))
        #expect(
            error.details == [
                "SMTP_HOST (server, read at server/mail.py:9): sends mail",
                "STRIPE_KEY (server, read at server/pay.py:3)",
            ])
        #expect(error.hint?.hasPrefix("printf '\\nSMTP_HOST=...") == true)
    }

    @Test func `a secret of the application's own is generated once and used again`() throws {
        let variable = Variable(name: "JWT_SECRET", services: ["client", "server"], required: true, secret: true)
        let first = try resolve(resolution([variable]))
        #expect(first.generated == ["JWT_SECRET": Secret("generated-hexadecimal-1")])
        #expect(first["client"].run == first["server"].run.filter { $0.key == "JWT_SECRET" })
        var again = resolution([variable])
        again.stored = first.generated
        let second = try resolve(again)
        #expect(second.generated.isEmpty)
        #expect(second["server"].run == first["server"].run)
        #expect(second.secrets.contains(Secret("generated-hexadecimal-1")))
    }

    @Test(arguments: [
        ("JWT_SECRET", OwnedSecret.Form.hexadecimal), ("SECRET_KEY", .hexadecimal), ("DJANGO_SECRET_KEY", .hexadecimal),
        ("API_KEY_SALT", .hexadecimal), ("WEBHOOK_SECRET", .hexadecimal), ("SESSION_SECRET", .hexadecimal),
        ("COOKIE_PASSWORD", .hexadecimal), ("ENCRYPTION_KEY", .base64), ("FERNET_KEY", .base64),
        ("PM_SECRET_KEY", .hexadecimal), ("REFRESH_TOKEN_SECRET", .hexadecimal), ("NEXTAUTH_SECRET", .hexadecimal),
    ])
    func `secrets that the application invents are generated`(_ name: String, form: OwnedSecret.Form) {
        let variable = Variable(name: name, services: ["server"], required: true, secret: true)
        #expect(OwnedSecret(application: application([])).form(of: variable) == form)
    }

    @Test(arguments: [
        "STRIPE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "GOOGLE_CLIENT_SECRET", "OAUTH_CLIENT_SECRET", "OPENAI_API_KEY",
        "GITHUB_TOKEN", "PAYSTACK_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "JWT_PRIVATE_KEY", "DATABASE_URL",
        "SMTP_PASSWORD",
        "API_KEY", "JWT_ALGORITHM", "SUPABASE_JWT_SECRET", "TWILIO_AUTH_TOKEN", "",
    ])
    func `credentials that somebody else issues are never generated`(_ name: String) {
        let variable = Variable(name: name, services: ["server"], required: true, secret: true)
        #expect(OwnedSecret(application: application([])).form(of: variable) == nil)
    }

    @Test func `the engine's port and address are stronger than any file`() throws {
        let given = GivenValues(serviceFiles: ["server": ["PORT": "8000", "HOST": "0.0.0.0"]])
        let environment = try resolve(resolution([], given: given))["server"].run
        #expect(environment["PORT"] == "4001")
        #expect(environment["HOST"] == "127.0.0.1")
    }

    @Test(
        arguments: [
            ("VITE_API_URL", "http://localhost:8000/api/v1", "http://localhost:8080/api/v1"),
            ("REACT_APP_API_BASE", "http://127.0.0.1:5000", "http://localhost:8080"),
            ("VITE_BACKEND_HOST", nil, "http://localhost:8080"),
            ("VITE_WS_URL", "ws://localhost:8000/ws", "ws://localhost:8080/ws"),
            ("VITE_SOCKET_URL", nil, "ws://localhost:8080"),
            ("VITE_API_URL", "/api", nil), ("VITE_API_URL", "https://api.example.com/v2", nil),
            ("VITE_MAPS_API_KEY", nil, nil), ("VITE_TITLE", "My app", nil),
            ("VITE_SERVER_URL", "http://server:3000/x", "http://localhost:8080/x"),
        ] as [(String, String?, String?)])
    func `a browser bundle is told the public address in place of a local one`(
        _ name: String, code: String?, expected: String?
    ) {
        let variable = Variable(name: name, services: ["client"], phase: .build, default: code)
        #expect(PublicAddress(origin: "http://localhost:8080").value(of: variable) == expected)
    }

    @Test func `a build variable enters the build and not the process`() throws {
        let variable = Variable(name: "VITE_API_URL", services: ["client"], phase: .build, required: true)
        let environment = try resolve(resolution([variable]))["client"]
        #expect(environment.build == ["VITE_API_URL": "http://localhost:8080"])
        #expect(environment.run.isEmpty)
    }

    @Test func `Django's list of hosts holds the names of this machine, where visitors come by them`() throws {
        var asked = resolution([
            Variable(name: "ALLOWED_HOSTS", services: ["server"], required: true, kind: .list),
            Variable(name: "DJANGO_ALLOWED_HOSTS", services: ["server"], default: "shop.example.com", kind: .list),
            Variable(name: "ALL_ALLOWED_HOSTS", services: ["server"], default: "*", kind: .list),
        ])
        #expect(throws: SlipwayError.self) { try resolve(asked) }
        asked.hosts = Variable.ownHosts
        let run = try resolve(asked)["server"].run
        #expect(run["ALLOWED_HOSTS"] == "localhost,127.0.0.1")
        #expect(run["DJANGO_ALLOWED_HOSTS"] == "shop.example.com,localhost,127.0.0.1")
        #expect(run["ALL_ALLOWED_HOSTS"] == nil)
    }

    @Test func `a key with a default that everybody can read is made up`() throws {
        var key = Variable(name: "SECRET_KEY", services: ["server"], secret: true)
        #expect(try resolve(resolution([key]))["server"].run["SECRET_KEY"] == nil)
        key.hasPublicDefault = true
        #expect(try resolve(resolution([key]))["server"].run["SECRET_KEY"] != nil)
    }
}
