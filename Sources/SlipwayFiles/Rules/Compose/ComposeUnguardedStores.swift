// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
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
}
