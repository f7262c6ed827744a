// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// https:// meets a server that speaks http.
    static let plainOnTLSPort = Rule(
        "AP200", .error, "port 443 leads to a server without TLS",
        why:
            "Browsers begin with a TLS handshake on 443, and nginx answers it with 400 in plain text: https:// fails, and "
            + "what works goes unencrypted over port 80.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['443:8080', '80:8080']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 8080;\n  location / {\n    root /usr/share/nginx/html;\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['443:443']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n      - /etc/letsencrypt:/etc/letsencrypt\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate /etc/letsencrypt/a.pem;\n  ssl_certificate_key /etc/letsencrypt/a.key;\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "init-tls.sh": "#!/bin/sh\nset -e\ncp nginx.tls.conf nginx.conf\n# ssl_certificate\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
        ]
    ) { repository in
        ServingContainer.all(in: repository).compactMap { container in
            guard let port = container.service.ports.first(where: { $0.published == 443 }),
                !container.configurations.isEmpty,
                !container.configurations.contains(where: { $0.text.contains("include ") && $0.text.contains("ssl") })
            else { return nil }
            let servers = container.configurations.flatMap(\.servers)
            let listens = servers.flatMap { server in
                server.listens.filter { listen in
                    let tail = listen.parameters.first?.split(separator: ":").last ?? ""
                    return UInt16(tail) == port.target
                }
            }
            guard let plain = listens.first else { return unanswered(container, port, servers) }
            guard !listens.contains(where: { $0.parameters.contains("ssl") }),
                !servers.contains(where: { $0.directive.all("ssl").first?.parameters.first == "on" })
            else { return nil }
            let file = container.configurations.first { $0.document.all("listen").contains(plain) }
            return Violation(
                file: container.compose.location, line: port.position.line,
                "443 leads to \(port.target), where nginx speaks no TLS (\(file?.location ?? "nginx.conf"):\(plain.line)); "
                    + "write there: listen \(port.target) ssl; with a certificate, or delete the port")
        }
    }

    /// A port of TLS behind which no server listens at all.
    private static func unanswered(
        _ container: ServingContainer, _ port: ComposePort, _ servers: [NginxServer]
    ) -> Violation? {
        let repository = container.compose.repository
        // A script or another file can bring the certificate's server later.
        let endings = [".sh", ".conf", ".template", ".md", ".yml", ".j2"]
        let isBrought = repository.tree.entries.contains { entry in
            guard endings.contains(where: entry.name.hasSuffix), let bytes = repository.tree.bytes(entry.path) else {
                return false
            }
            return ByteSearch.contains("ssl_certificate".utf8, in: bytes)
        }
        guard !servers.isEmpty, !isBrought,
            !container.configurations.contains(where: { $0.text.contains("$") && $0.text.contains("listen $") })
        else { return nil }
        return Violation(
            file: container.compose.location, line: port.position.line,
            "nginx listens on \(servers.flatMap(\.ports).map(String.init).joined(separator: ", ")) alone, and https:// is "
                + "refused; write a server with listen \(port.target) ssl; and a certificate, or delete the port",
            severity: .warning)
    }
}
