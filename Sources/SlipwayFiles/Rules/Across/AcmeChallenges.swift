// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The certificate never comes.
    static let challengeUnserved = Rule(
        "AP544", .error, "certbot's challenge has no location in nginx",
        why:
            "Let's Encrypt asks /.well-known/acme-challenge/ for the file that certbot has written. nginx passes the request "
            + "to the application, which does not have it: no certificate is ever issued.",
        catches: [
            [
                "compose.yml":
                    "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n      - www:/var/www/certbot\n  certbot:\n    image: certbot/certbot\n    command: certonly --webroot -w /var/www/certbot -d shop.test\n    volumes:\n      - www:/var/www/certbot\nvolumes:\n  www:\n",
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n      - www:/var/www/certbot\n  certbot:\n    image: certbot/certbot\n    command: certonly --webroot -w /var/www/certbot -d shop.test\n    volumes:\n      - www:/var/www/certbot\nvolumes:\n  www:\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  location /.well-known/acme-challenge/ {\n    root /var/www/certbot;\n  }\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
            ]
        ]
    ) { repository in
        ServingContainer.all(in: repository).compactMap { container in
            let asker = container.compose.services.first { service in
                (service.image?.text.contains("certbot") ?? false)
                    && [service.command?.text, service.entrypoint?.text].contains { $0?.contains("webroot") == true }
            }
            guard let asker, container.service.ports.contains(where: { $0.published == 80 }),
                !isNamedElsewhere(container),
                let (file, location) = container.configurations.lazy.compactMap({ file in
                    Self.passing(file).map { (file, $0) }
                }).first
            else { return nil }
            return Violation(
                file: file.location, line: location.directive.line,
                "the challenge of \(asker.name) ends at the application; add before it: location /.well-known/acme-challenge/ "
                    + "{ root /var/www/certbot; }")
        }
    }

    /// The location of port 80 that takes every request, and passes it on.
    private static func passing(_ file: CheckedFile<NginxFile>) -> NginxLocation? {
        file.servers.first { $0.ports.contains(80) }?.locations.first { location in
            location.pattern == "/" && location.modifier == nil
                && (location.proxyPass != nil || location.directive.first("return") != nil)
        }
    }

    /// Whether a configuration, a script or a guide knows the challenge.
    private static func isNamedElsewhere(_ container: ServingContainer) -> Bool {
        let endings = [".sh", ".conf", ".md", ".template", ".j2", ".inc"]
        return container.compose.repository.tree.entries.contains { entry in
            guard endings.contains(where: entry.name.hasSuffix),
                let bytes = container.compose.repository.tree.bytes(entry.path)
            else { return false }
            return ByteSearch.contains("acme-challenge".utf8, in: bytes)
                || ByteSearch.contains("well-known".utf8, in: bytes)
        }
    }
}
