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
            ]
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
            guard let plain = listens.first, !listens.contains(where: { $0.parameters.contains("ssl") }),
                !servers.contains(where: { $0.directive.all("ssl").first?.parameters.first == "on" })
            else { return nil }
            let file = container.configurations.first { $0.document.all("listen").contains(plain) }
            return Violation(
                file: container.compose.location, line: port.position.line,
                "443 leads to \(port.target), where nginx speaks no TLS (\(file?.location ?? "nginx.conf"):\(plain.line)); "
                    + "write there: listen \(port.target) ssl; with a certificate, or delete the port")
        }
    }
}
