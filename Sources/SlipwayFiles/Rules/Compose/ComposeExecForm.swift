// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Words that only a shell understands, in a list that no shell reads.
enum ShellOnlyWords {
    private static let all: Set<String> = ["||", "&&", "|", ">", ">>", "2>&1", ";", "2>/dev/null"]

    /// The first such word; `nil` when a shell reads the list.
    static func first(in words: [String]) -> String? {
        guard !words.contains(where: { $0 == "-c" || $0 == "-ec" || $0 == "-lc" || $0 == "-exc" || $0 == "/c" }) else {
            return nil
        }
        return words.first(where: all.contains)
    }
}

extension Rule<CheckedFile<ComposeFile>> {
    /// The program gets `||` as one of its arguments.
    static let shellWordInList = Rule(
        "CO049", .error, "a list holds a word that only a shell understands",
        why:
            "No shell reads a list: the program gets || or && and everything behind it as arguments, so a health check "
            + "fails for ever, and a second command never runs.",
        catches: [
            "services:\n  web:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: [CMD, wget, --spider, 'http://127.0.0.1/', '||', exit, '1']\n",
            "services:\n  web:\n    build: .\n    command: [python, manage.py, migrate, '&&', gunicorn, shop.wsgi]\n",
        ],
        passes: [
            "services:\n  web:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: [CMD-SHELL, 'wget --spider http://127.0.0.1/ || exit 1']\n",
            "services:\n  web:\n    build: .\n    command: [sh, -c, 'python manage.py migrate && exec gunicorn shop.wsgi']\n",
            "services:\n  web:\n    build: .\n    command: python manage.py migrate\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let check = service.node.at("healthcheck", "test")
            let lists = [check, service.node["command"], service.node["entrypoint"]]
            return lists.compactMap { node -> Violation? in
                guard let items = node?.sequence, items.first?.text != "CMD-SHELL",
                    let word = ShellOnlyWords.first(in: items.compactMap(\.text)),
                    let item = items.first(where: { $0.text == word })
                else { return nil }
                let words = items.compactMap(\.text)
                let isCheck = words.first == "CMD" && node == check
                return Violation(
                    line: item.line, column: item.position.column,
                    "\(word) reaches \(isCheck ? words.dropFirst().first ?? "" : words[0]) as an argument; write: "
                        + (isCheck ? "[CMD-SHELL, \"...\"]" : "[sh, -c, \"...\"]"))
            }
        }
    }

    /// Alpine's cron has its tables elsewhere.
    static let unreadTimetable = Rule(
        "CO050", .error, "Alpine's crond does not read /etc/cron.d",
        why: "BusyBox's crond reads /etc/crontabs alone: what is mounted at /etc/cron.d never runs.",
        catches: [
            "services:\n  cron:\n    image: alpine:3.22\n    volumes: ['./jobs:/etc/cron.d/jobs']\n    command: crond -f\n"
        ],
        passes: [
            "services:\n  cron:\n    image: alpine:3.22\n    volumes: ['./jobs:/etc/crontabs/root']\n    command: crond -f\n",
            "services:\n  cron:\n    image: debian:12\n    volumes: ['./jobs:/etc/cron.d/jobs']\n    command: cron -f\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let image = file.runningImage(of: service), ImageName(image).isAlpine,
                service.command?.text.contains("crond") == true,
                service.command?.text.contains("/etc/cron.d") != true,
                let mount = service.mounts.first(where: { $0.target.hasPrefix("/etc/cron.d") })
            else { return nil }
            return Violation(
                line: mount.position.line,
                "BusyBox's crond reads /etc/crontabs/USER; write: \(mount.source ?? "FILE"):/etc/crontabs/root:ro")
        }
    }

    /// Everybody on the network is the database's administrator.
    static let trustingDatabase = Rule(
        "CO051", .warning, "PostgreSQL asks nobody for a password",
        why: "With trust whoever reaches the port is any user that they name, the administrator too.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n"
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n"
        ]
    ) { file in
        file.services.flatMap { service in
            service.environment.filter { $0.name == "POSTGRES_HOST_AUTH_METHOD" && $0.value == "trust" }.map {
                variable in
                Violation(
                    line: variable.line,
                    "\(service.name) lets everybody in; delete the line, and give POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}",
                    severity: file.isForDevelopment || isForTests(service) ? .info : .warning)
            }
        }
    }

    private static func isForTests(_ service: ComposeService) -> Bool {
        service.name.lowercased().split { "-_.".contains($0) }.contains { ["test", "tests", "ci", "e2e"].contains($0) }
    }

    /// Its own database goes with the container.
    static let keycloakWithoutDatabase = Rule(
        "CO052", .warning, "Keycloak keeps its users in the container",
        why:
            "Without a database of its own Keycloak writes users and sessions into a file of the container, which goes "
            + "with the next one.",
        catches: [
            "services:\n  login:\n    image: quay.io/keycloak/keycloak:26.0\n    command: start-dev\n"
        ],
        passes: [
            "services:\n  login:\n    image: quay.io/keycloak/keycloak:26.0\n    command: start\n    environment:\n      KC_DB: postgres\n",
            "services:\n  login:\n    image: quay.io/keycloak/keycloak:26.0\n    command: start-dev\n    volumes: ['users:/opt/keycloak/data']\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let image = service.image?.text, ImageName(image).name == "keycloak", service.build == nil,
                service.environmentFiles.isEmpty
            else { return nil }
            let whole = file.running(service.name)
            let names = whole.flatMap(\.environment).map(\.name)
            let text = whole.compactMap { $0.command?.text }.joined(separator: " ")
            guard !names.contains(where: { $0.hasPrefix("KC_DB") || $0.hasPrefix("DB_") }), !text.contains("--db"),
                !whole.flatMap(\.mounts).contains(where: {
                    $0.source != nil && $0.target.hasSuffix("/data") || $0.target.hasSuffix("keycloak.conf")
                })
            else { return nil }
            return Violation(
                line: service.line,
                "\(service.name) loses its users with the container; add KC_DB with a database, or: volumes: "
                    + "['\(service.name)-data:/opt/keycloak/data']",
                severity: file.isForDevelopment ? .info : .warning)
        }
    }

    /// Who reaches the port runs code.
    static let publishedDebugger = Rule(
        "CO053", .warning, "a debugger's port is published",
        why: "A debugger asks for no password: whoever reaches its port runs code in the application.",
        catches: [
            [
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8080:8080', '5005:5005']\n",
                "Dockerfile":
                    "FROM eclipse-temurin:21\nCMD [\"java\", \"-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005\", \"-jar\", \"a.jar\"]\n",
            ],
            "services:\n  api:\n    image: node:22\n    command: node --inspect=0.0.0.0:9229 a.js\n    ports: ['9229:9229']\n",
            "services:\n  api:\n    build: .\n    ports: ['8080:8080', '5005:5005']\n",
        ],
        passes: [
            "services:\n  api:\n    image: node:22\n    command: node --inspect=0.0.0.0:9229 a.js\n    ports: ['127.0.0.1:9229:9229']\n",
            "services:\n  api:\n    image: node:22\n    command: node a.js\n    ports: ['3000:3000']\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let dockerfile = service.build == nil ? nil : file.dockerfile(of: service)?.text
            let text = (service.command?.text ?? "") + (dockerfile ?? "")
            return service.ports.compactMap { port in
                guard let debugger = debuggers.first(where: { $0.port == port.target }), let published = port.published,
                    port.isOpen, file.known(service) == nil
                else { return nil }
                // Others listen on these ports too: beside the application's own it is the debugger's.
                let isUsual = service.build != nil && service.ports.count > 1 && debugger.isUnshared
                guard isUsual || text.contains(debugger.sign) else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(debugger.name) on \(published) runs anyone's code; delete the port, or write: "
                        + "127.0.0.1:\(published):\(port.target)",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// The ports that debuggers listen on unless told otherwise, by their documentation.
    private static let debuggers: [(port: UInt16, name: String, sign: String, isUnshared: Bool)] = [
        (5005, "the Java debugger", "jdwp", true), (9229, "the Node.js debugger", "--inspect", true),
        (5678, "debugpy", "debugpy", false), (2345, "the Go debugger", "dlv", false),
    ]

    /// Kestrel reads a certificate before it listens.
    static let certificateMissing = Rule(
        "CO054", .error, "ASP.NET is told to serve HTTPS and gets no certificate",
        why: "Kestrel ends at the start: it was unable to configure an HTTPS endpoint, no certificate was specified.",
        catches: [
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_URLS=https://+:443;http://+:80\n",
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_HTTPS_PORTS=8081\n    volumes: ['${APPDATA}/ASP.NET/Https:/root/.aspnet/https:ro']\n",
        ],
        passes: [
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_HTTP_PORTS=8080\n",
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_URLS=https://+:443\n      - ASPNETCORE_Kestrel__Certificates__Default__Path=/https/a.pfx\n",
        ]
    ) { file in
        file.services.compactMap { service in
            let whole = file.running(service.name)
            let variables = whole.flatMap(\.environment)
            guard
                let https = service.environment.first(where: {
                    $0.name == "ASPNETCORE_HTTPS_PORTS" && $0.value?.isEmpty == false
                        || $0.name == "ASPNETCORE_URLS" && $0.value?.contains("https://") == true
                }), !variables.contains(where: { $0.name.contains("Kestrel__") || $0.name.contains("KESTREL__") }),
                whole.allSatisfy({ $0.environmentFiles.isEmpty })
            else { return nil }
            let certificates = whole.flatMap(\.mounts).filter { $0.target.contains(".aspnet/https") }
            let isOfWindows = !certificates.isEmpty && file.family.contains { $0.text.contains("${APPDATA}") }
            guard certificates.isEmpty || isOfWindows else { return nil }
            return Violation(
                line: https.line,
                (isOfWindows ? "the certificate stands on a developer's Windows alone" : "Kestrel has no certificate")
                    + "; delete \(https.name), and let a proxy serve HTTPS, or add ASPNETCORE_Kestrel__Certificates__Default__Path",
                severity: isOfWindows || file.isForDevelopment ? .warning : .error)
        }
    }
}
