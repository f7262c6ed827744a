// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Logins that everybody on the way reads.
    static let publishedPlain = Rule(
        "CO152", .warning, "the file for production publishes the application itself, without TLS",
        why:
            "Whoever reaches the machine reaches the program past any proxy with TLS: logins and tokens go over the network "
            + "as they are, and the forwarded headers are whatever the visitor writes.",
        catches: [
            RuleExample([
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
                "compose.production.yml": "services:\n  api:\n    build: .\n    ports: ['8010:8000']\n",
            ])
        ],
        passes: [
            RuleExample([
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
                "compose.production.yml": "services:\n  api:\n    build: .\n    ports: ['127.0.0.1:8010:8000']\n",
            ]),
            RuleExample([
                "Dockerfile": "FROM nginx:1.28\nCOPY . /usr/share/nginx/html\n",
                "compose.production.yml": "services:\n  pages:\n    build: .\n    ports: ['8080:8080']\n",
            ]),
            RuleExample([
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8010:8000']\n",
            ]),
        ]
    ) { file in
        guard DevelopmentPath.isProduction(SourceTree.Entry(path: file.location).name), !file.isForDevelopment,
            !file.services.contains(where: isFront)
        else { return [] }
        return file.services.flatMap { service -> [Violation] in
            guard service.build != nil || service.image?.text.contains("/") == true, file.known(service) == nil,
                !isServer(file.dockerfile(of: service)?.finalBase)
            else { return [] }
            return service.ports.prefix(1).compactMap { port in
                guard port.isOpen, let published = port.published, (1024...9999).contains(published),
                    port.protocol == "tcp", port.target == 80 || (3000...9999).contains(port.target),
                    port.target != 8443
                else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "everybody reaches \(service.name) over plain HTTP; write: 127.0.0.1:\(published):\(port.target), and let "
                        + "a proxy with TLS pass requests on")
            }
        }
    }

    /// Whether an image stands on one of those that serve files and pass requests on: what TLS ends at or before is its
    /// configuration's to say.
    private static func isServer(_ base: String?) -> Bool {
        guard let name = base.map({ ImageName($0).name }) else { return false }
        return ["nginx", "httpd", "caddy", "haproxy", "traefik"].contains { name.hasPrefix($0) }
    }

    /// Whether the service takes the visitors' requests for the others.
    private static func isFront(_ service: ComposeService) -> Bool {
        let image = service.image?.text ?? ""
        return service.ports.contains { [80, 443].contains($0.published ?? 0) }
            || ["traefik", "caddy", "cloudflared", "tailscale", "nginx-proxy"].contains(where: image.contains)
    }
}
