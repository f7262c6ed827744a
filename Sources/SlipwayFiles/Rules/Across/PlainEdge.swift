// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The place where visitors' requests arrive, when it speaks HTTP and nothing in the repository speaks TLS before it.
struct PlainEdge {
    let file: String
    let line: Int
    /// Whether its own port 443 leads nowhere, so that no other machine can stand before it.
    let isCertain: Bool

    init?(_ repository: CheckedRepository) {
        guard repository.isWhole, !Self.isOnPlatform(repository) else { return nil }
        for container in ServingContainer.all(in: repository) {
            let ports = container.service.ports.filter(\.isOpen)
            guard let plain = ports.first(where: { $0.published == 80 }), !container.configurations.isEmpty,
                container.configurations.allSatisfy({ !$0.text.contains("ssl") && !$0.text.contains("listen $") }),
                container.configurations.contains(where: { !$0.servers.isEmpty })
            else { continue }
            let isCertain = ports.contains { $0.published == 443 }
            guard !Self.speaksTLS(repository, isCertain ? ["ssl_certificate", "loudflare"] : Self.words) else {
                return nil
            }
            file = container.compose.location
            line = plain.position.line
            self.isCertain = isCertain
            return
        }
        return nil
    }

    private static let words = [
        "ssl_certificate", "loudflare", "certbot", "etsencrypt", "et's Encrypt", "raefik", "addy", "oad balancer",
        "ngrok",
        "tailscale", "nginx-proxy", "HAProxy", "haproxy", "Ingress", "everse proxy", "SSL", "TLS",
    ]

    private static func isOnPlatform(_ repository: CheckedRepository) -> Bool {
        let names = ["Caddyfile", "vercel.json", "app.yaml", "netlify.toml"]
        return Deployments.isOnPlatform(repository) || !repository.manifests.isEmpty
            || names.contains { !repository.tree.files(named: $0).isEmpty }
    }

    /// Whether a file that configures, deploys or explains names one of the words.
    private static func speaksTLS(_ repository: CheckedRepository, _ words: [String]) -> Bool {
        let endings = [".sh", ".conf", ".template", ".md", ".yml", ".yaml", ".j2", ".tf", ".txt"]
        return repository.tree.entries.contains { entry in
            guard endings.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000
            else { return false }
            return words.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}

/// Settings with which an application only works over HTTPS.
struct HTTPSDemand {
    let file: String
    let line: Int
    /// What happens over plain HTTP.
    let effect: String

    private static let lost = "browsers throw the login's cookie away"
    private static let sent = "every visitor is sent to https"

    static func all(in repository: CheckedRepository) -> [HTTPSDemand] {
        let words = ["SSL_REDIRECT", "COOKIE_SECURE", "force_ssl", "ecure", "forceScheme", "forceHttps"]
        return repository.code([".py", ".js", ".ts", ".mjs", ".rb", ".php", ".java", ".kt", ".go"], with: words)
            .compactMap {
                code in
                guard let found = place(in: code, of: repository) else { return nil }
                return HTTPSDemand(file: code.path, line: found.line, effect: found.isRedirect ? sent : lost)
            }
    }

    private static func place(in code: CodeText, of repository: CheckedRepository) -> (line: Int, isRedirect: Bool)? {
        switch code.path.split(separator: ".").last ?? "" {
        case "py": python(code, repository)
        case "rb":
            code.path.hasSuffix("environments/production.rb")
                ? code.bare.firstIndex { $0 == "config.force_ssl=true" }.map { ($0 + 1, true) } : nil
        case "php": code.line(with: "forceScheme('https')", "forceHttps()").map { ($0, true) }
        case "java", "kt":
            code.line(with: "ResponseCookie", "newCookie(") == nil
                ? nil : code.line(with: ".secure(true)", ".setSecure(true)").map { ($0, false) }
        case "go": code.line(with: "http.Cookie{") == nil ? nil : code.line(with: "Secure:true").map { ($0, false) }
        default: script(code)
        }
    }

    private static func python(_ code: CodeText, _ repository: CheckedRepository) -> (line: Int, isRedirect: Bool)? {
        for (name, isRedirect) in [("SECURE_SSL_REDIRECT", true), ("SESSION_COOKIE_SECURE", false)] {
            guard let index = code.bare.lastIndex(where: { $0.hasPrefix(name + "=") }) else { continue }
            let value = code.bare[index].dropFirst(name.utf8.count + 1)
            let isDefault = ["'True')", ",True", "default=True", "'true')", "'1')"].contains(where: value.contains)
            guard value == "True" || value.hasPrefix("notDEBUG") || isDefault && !isGiven(name, repository) else {
                continue
            }
            return (index + 1, isRedirect)
        }
        return nil
    }

    /// Whether a file that deploys, or a template, switches it off.
    private static func isGiven(_ name: String, _ repository: CheckedRepository) -> Bool {
        let texts =
            repository.dotenvFiles.map(\.text) + repository.composeFiles.map(\.text)
            + repository.dockerfiles.map(\.reading.file.text)
        return texts.contains { text in
            text.split(separator: "\n").contains { line in
                line.contains(name) && line.lowercased().contains("false")
            }
        }
    }

    private static func script(_ code: CodeText) -> (line: Int, isRedirect: Bool)? {
        let owners = [
            "session({", "ession({", ".cookie(", "setCookie(", "cookies.set(", "cookieOptions", "CookieOptions",
        ]
        let signs = ["secure:true", "secure:process.env.NODE_ENV==='production'"]
        for (index, line) in code.bare.enumerated() where signs.contains(where: line.contains) {
            let before = code.bare[max(0, index - 8)...index].joined()
            guard owners.contains(where: before.contains), !before.contains("createTransport"), !before.contains("smtp")
            else {
                continue
            }
            return (index + 1, false)
        }
        return nil
    }
}

extension Rule<CheckedRepository> {
    /// Nobody can log in.
    static let httpsDemanded = Rule(
        "AP540", .warning, "the application works over HTTPS alone, and what is deployed speaks HTTP",
        why:
            "Browsers keep a Secure cookie from a plain http:// page, and a redirect to https leads to a port where nothing "
            + "answers: nobody can log in, or nobody sees a page at all.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n",
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
                "shop/settings.py":
                    "if not DEBUG:\n    SECURE_SSL_REDIRECT = os.environ.get('SECURE_SSL_REDIRECT', 'True') == 'True'\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n",
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://web:3000;\n  }\n}\n",
                "src/app.js":
                    "res.cookie('token', token, {\n  httpOnly: true,\n  secure: process.env.NODE_ENV === 'production',\n})\n",
            ],
        ],
        passes: [
            [
                "README.md": "Cloudflare stands before the server.\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n",
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
                "shop/settings.py": "SESSION_COOKIE_SECURE = True\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:8000:8000']\n",
                "shop/settings.py": "SESSION_COOKIE_SECURE = True\n",
            ],
        ]
    ) { repository in
        guard let edge = PlainEdge(repository) else { return [] }
        return HTTPSDemand.all(in: repository).prefix(2).map { demand in
            Violation(
                file: demand.file, line: demand.line,
                "\(demand.effect), and \(edge.file):\(edge.line) publishes plain HTTP; give nginx a server with listen 443 "
                    + "ssl; and a certificate, or take this from a variable that is false until then",
                severity: edge.isCertain ? .error : nil)
        }
    }
}
