// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// nginx does not start with it, and none of its other sites either.
    static let sslWithoutCertificate = Rule(
        "NX033", .error, "a server listens with TLS and has no certificate",
        why: "nginx refuses the whole configuration: no \"ssl_certificate\" is defined for the \"listen ... ssl\" "
            + "directive. It does not start, and a running one does not reload.",
        catches: [
            "server {\n  listen 443 ssl;\n  server_name a.example;\n}\n",
            "server {\n  listen [::]:443 ssl http2;\n  # ssl_certificate /etc/letsencrypt/live/a/fullchain.pem;\n}\n",
        ],
        passes: [
            "server {\n  listen 443 ssl;\n  ssl_certificate /a.pem;\n  ssl_certificate_key /a.key;\n}\n",
            "server {\n  listen 443 ssl default_server;\n  ssl_reject_handshake on;\n}\n",
            "http {\n  ssl_certificate /a.pem;\n  server {\n    listen 443 ssl;\n  }\n}\n",
            "server {\n  listen 443 ssl;\n  include snippets/certificate.conf;\n}\n",
            "server {\n  listen 443 ssl;\n  ssl_certificate /a.pem;\n}\nserver {\n  listen 443 ssl;\n  server_name b;\n}\n",
        ]
    ) { file in
        let servers = file.document.servers
        guard !Certificates.isAround(file) else { return [] }
        var answered: Set<UInt16> = []
        return servers.compactMap { server -> Violation? in
            let ports = Set(server.ports)
            guard let listen = server.listens.first(where: { $0.parameters.dropFirst().contains("ssl") }) else {
                return nil
            }
            if Certificates.isGiven(in: server) {
                answered.formUnion(ports)
                return nil
            }
            // The first server of an address answers for those that have no certificate of their own.
            guard ports.isDisjoint(with: answered), answered.insert(ports.first ?? 443).inserted else { return nil }
            return Violation(
                line: listen.line, column: listen.position.column,
                "nginx does not start without a certificate here; write: ssl_certificate and ssl_certificate_key with "
                    + "paths of files that exist, or take ssl away until they do")
        }
    }

    /// Everybody finds the page, and many of them ask for nothing.
    static let openConsole = Rule(
        "NX034", .warning, "a page for administrators is open to everybody",
        why: "A console shows or changes everything behind it. On a public name it is found within hours, and its own "
            + "login, where it has one, is tried with every known password.",
        catches: [
            "server {\n  location /minio-admin/ {\n    proxy_pass http://localhost:9001/;\n  }\n}\n",
            "server {\n  server_name db.a.example;\n  location / {\n    proxy_pass http://adminer:8080;\n  }\n}\n",
            "upstream mq {\n  server rabbitmq:15672;\n}\nserver {\n  location /mq/ {\n    proxy_pass http://mq/;\n  }\n}\n",
        ],
        passes: [
            RuleExample(
                "server {\n  location /minio-admin/ {\n    auth_basic admin;\n    auth_basic_user_file /p;\n"
                    + "    proxy_pass http://localhost:9001/;\n  }\n}\n"),
            "server {\n  allow 10.0.0.0/8;\n  deny all;\n  location / {\n    proxy_pass http://adminer:8080;\n  }\n}\n",
            "server {\n  location /minio/ {\n    proxy_pass http://localhost:9000/;\n  }\n}\n",
            "server {\n  listen 127.0.0.1:80;\n  location / {\n    proxy_pass http://adminer:8080;\n  }\n}\n",
        ]
    ) { file in
        guard !DevelopmentPath.isLikely(file.location) else { return [] }
        return file.locations.compactMap { entry in
            let location = entry.location
            guard let pass = location.proxyPass, let address = pass.parameters.first,
                let console = Consoles.title(of: address, at: location.pattern, in: file),
                !(entry.around + [location.directive]).contains(where: Consoles.isGuarded)
            else { return nil }
            let logsIn =
                console == "phpMyAdmin"
                && file.repository.composeFiles.contains { compose in
                    !compose.isForDevelopment && compose.services.contains(where: Consoles.logsIn)
                }
            return Violation(
                line: pass.line, column: pass.position.column,
                "\(console) is open to everybody"
                    + (logsIn ? " and logs in by itself with PMA_PASSWORD" : "")
                    + "; add here: allow YOUR.ADDRESS; deny all; or auth_basic and auth_basic_user_file",
                severity: logsIn ? .error : nil)
        }
    }
}

/// Where a server of nginx has its certificate from.
private enum Certificates {
    static func isGiven(in server: NginxServer) -> Bool {
        let directive = server.directive
        let isIncluded = directive.all("include").contains { $0.parameters.first?.contains("mime.types") != true }
        return directive.first("ssl_certificate") != nil || isIncluded
            || directive.value("ssl_reject_handshake") == "on"
    }

    /// Whether the file or another one gives a certificate to all servers, or one that answers on the same address.
    static func isAround(_ file: CheckedFile<NginxFile>) -> Bool {
        file.repository.nginxFiles.contains { other in
            let outer = other.directives.flatMap { $0.name == "http" ? [$0] + ($0.block ?? []) : [$0] }
            if outer.contains(where: { $0.name == "ssl_certificate" }) { return true }
            guard other.location != file.location, other.folder == file.folder, other.folder.hasSuffix(".d") else {
                return false
            }
            return other.servers.contains(where: isGiven)
        }
    }
}

/// Pages for administrators, by the names and the ports that they are known by.
enum Consoles {
    private static let hosts: [(name: String, title: String)] = [
        ("adminer", "Adminer"), ("phpmyadmin", "phpMyAdmin"), ("pma", "phpMyAdmin"), ("pgadmin", "pgAdmin"),
        ("pgadmin4", "pgAdmin"), ("mongo-express", "mongo-express"), ("mongoexpress", "mongo-express"),
        ("redis-commander", "Redis Commander"), ("redisinsight", "Redis Insight"), ("portainer", "Portainer"),
        ("flower", "Flower"), ("mailhog", "MailHog"), ("mailpit", "Mailpit"), ("kibana", "Kibana"),
        ("prometheus", "Prometheus"), ("dozzle", "Dozzle"), ("cadvisor", "cAdvisor"), ("alertmanager", "Alertmanager"),
        ("kafka-ui", "Kafka UI"), ("akhq", "AKHQ"), ("jaeger", "Jaeger"),
    ]
    /// A port alone says too little: a word of the path, the upstream or the server's name has to agree.
    private static let ports: [(port: String, words: [String], title: String)] = [
        ("9001", ["minio", "console", "s3", "storage"], "MinIO's console"),
        ("15672", ["rabbit", "mq", "queue"], "RabbitMQ's management"), ("5555", ["flower", "celery"], "Flower"),
        ("5601", ["kibana", "logs"], "Kibana"), ("9090", ["prometheus", "metrics"], "Prometheus"),
        ("8025", ["mail"], "the mail catcher"), ("8081", ["mongo", "express", "redis"], "the database's page"),
        ("5050", ["pgadmin"], "pgAdmin"), ("9443", ["portainer"], "Portainer"), ("16686", ["jaeger"], "Jaeger"),
    ]

    /// Whether phpMyAdmin is given the account of the database, so that it asks nobody
    /// (docs.phpmyadmin.net/en/latest/setup.html#docker-environment-variables).
    static func logsIn(_ service: ComposeService) -> Bool {
        guard let image = service.image?.text, ImageName(image).name == "phpmyadmin" else { return false }
        let names = service.environment.filter { $0.value?.isEmpty != true }.map(\.name)
        return names.contains("PMA_USER") && names.contains("PMA_PASSWORD")
    }

    static func title(of address: String, at pattern: String, in file: CheckedFile<NginxFile>) -> String? {
        guard let start = TextSearch.range(of: "://", in: address[...]) else { return nil }
        let authority = String(address[start.upperBound...].prefix { $0 != "/" && $0 != "$" })
        let upstream = file.document.upstream(authority)
        return (upstream?.servers ?? [authority]).lazy.compactMap { server -> String? in
            let parts = server.lowercased().split(separator: ":")
            guard let host = parts.first else { return nil }
            if let known = hosts.first(where: { $0.name == host || host.hasSuffix("-" + $0.name) }) {
                return known.title
            }
            let words = ([pattern, authority, String(host)]).joined(separator: " ").lowercased()
            return ports.first { entry in
                parts.count > 1 && parts[1] == entry.port && entry.words.contains(where: words.contains)
            }?.title
        }.first
    }

    static func isGuarded(_ block: NginxDirective) -> Bool {
        if let basic = block.first("auth_basic"), basic.parameters.first != "off" { return true }
        let addresses = block.all("listen").compactMap(\.parameters.first)
        if !addresses.isEmpty, addresses.allSatisfy({ $0.hasPrefix("127.") || $0.hasPrefix("[::1]") }) { return true }
        // What a file adds is not seen.
        let isIncluded =
            block.name != "http" && block.all("include").contains { $0.parameters.first?.contains("mime") != true }
        return isIncluded
            || ["auth_request", "deny", "ssl_verify_client", "internal", "auth_jwt", "return"].contains {
                block.first($0) != nil
            }
    }
}
