// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A certbot command that the repository tells somebody to run.
struct CertbotCall {
    let told: ToldCommand
    /// What `-d` names.
    let names: [String]

    static func all(in repository: CheckedRepository) -> [CertbotCall] {
        repository.toldCommands.compactMap { told in
            let words = told.words
            guard words.contains(where: { $0 == "certbot" || $0.hasPrefix("certbot/") }),
                !words.contains("echo"), !words.contains("renew"), !words.contains("delete")
            else { return nil }
            var names: [String] = []
            for (index, word) in words.enumerated() {
                if ["-d", "--domain", "--domains"].contains(word), index + 1 < words.count {
                    names += words[index + 1].split(separator: ",").map(String.init)
                }
            }
            return CertbotCall(told: told, names: names)
        }
    }
}

extension Rule<CheckedRepository> {
    /// The browser says that the site is another one.
    static let certificateLacksName = Rule(
        "AP541", .warning, "the certificate is asked for fewer names than nginx serves with it",
        why:
            "A browser refuses a certificate that does not name the host: pages and requests to the missing name end with a "
            + "warning that nobody can pass in a script.",
        catches: [
            [
                "README.md": "```bash\ncertbot certonly --webroot -w /var/www -d shop.test\n```\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  server_name shop.test;\n  ssl_certificate /etc/letsencrypt/live/shop.test/fullchain.pem;\n}\nserver {\n  listen 443 ssl;\n  server_name api.shop.test;\n  ssl_certificate /etc/letsencrypt/live/shop.test/fullchain.pem;\n}\n",
            ]
        ],
        passes: [
            [
                "README.md": "```bash\ncertbot certonly --webroot -w /var/www -d shop.test -d api.shop.test\n```\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  server_name shop.test api.shop.test;\n  ssl_certificate /etc/letsencrypt/live/shop.test/fullchain.pem;\n}\n",
            ],
            [
                "README.md": "```bash\ncertbot certonly --webroot -w /var/www -d your-domain.com\n```\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  server_name api.shop.test;\n  ssl_certificate /etc/letsencrypt/live/shop.test/fullchain.pem;\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var served: [String: Set<String>] = [:]
        for server in repository.nginxFiles.flatMap(\.servers) {
            guard let path = server.directive.value("ssl_certificate"),
                let range = TextSearch.range(of: "letsencrypt/live/", in: path[...])
            else { continue }
            let name = String(path[range.upperBound...].prefix { $0 != "/" })
            served[name, default: []].formUnion(
                server.names.filter { $0.contains(".") && !$0.contains("*") && !$0.contains("$") })
        }
        guard !served.isEmpty else { return [] }
        let calls = CertbotCall.all(in: repository)
        return served.sorted { $0.key < $1.key }.compactMap { name, names in
            let asking = calls.filter { $0.names.contains(name) && !$0.names.contains { $0.hasPrefix("*") } }
            let known = Set(asking.flatMap(\.names))
            guard let call = asking.first, let missing = names.subtracting(known).sorted().first else { return nil }
            return Violation(
                file: call.told.file, line: call.told.line,
                "nginx serves \(missing) with the certificate of \(name), which does not name it; add: -d \(missing)")
        }
    }

    /// One port, and two that want it.
    static let hostServerBesideContainer = Rule(
        "AP542", .warning, "an nginx of the machine wants the ports that a container publishes",
        why:
            "certbot --nginx and systemctl start an nginx of the machine itself, and only one program can hold port 80: "
            + "either it or the container does not start.",
        catches: [
            [
                "DEPLOY.md": "```bash\ndocker compose up -d\nsudo certbot --nginx -d shop.test\n```\n",
                "compose.yml": "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n",
            ]
        ],
        passes: [
            [
                "DEPLOY.md":
                    "```bash\ndocker compose up -d\n```\n\nWithout containers:\n\n```bash\nsudo systemctl enable shop\nsudo certbot --nginx -d shop.test\n```\n",
                "compose.yml": "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n",
            ],
            [
                "DEPLOY.md": "```bash\ndocker compose up -d\nsudo certbot --nginx -d shop.test\n```\n",
                "compose.yml": "services:\n  web:\n    image: web:1\n    ports: ['127.0.0.1:8080:80']\n",
            ],
            [
                "DEPLOY.md":
                    "```bash\nsudo systemctl stop nginx\ndocker compose up -d\nsudo systemctl start nginx\n```\n",
                "compose.yml": "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let holders = repository.composeFiles.filter { !$0.isForDevelopment }.compactMap { file in
            file.services.first { service in service.ports.contains { $0.published == 80 && $0.isOpen } }.map {
                (file, $0)
            }
        }
        guard let (file, service) = holders.first,
            holders.count == repository.composeFiles.count(where: { !$0.isForDevelopment })
        else { return [] }
        let told = repository.toldCommands.filter { [.document, .script, .remote, .workflow].contains($0.teller) }
        let grouped = Dictionary(grouping: told, by: \.file)
        return grouped.sorted { $0.key < $1.key }.compactMap { path, commands in
            let starts = commands.contains { told in
                ComposeCall(told.words).map { $0.verb == "up" } == true
            }
            let stops = commands.contains { told in
                let words = told.words
                return words.contains("nginx") && !Set(words).isDisjoint(with: ["stop", "disable", "remove", "purge"])
            }
            guard starts, !stops, !commands.contains(where: Self.startsHostProgram),
                let host = commands.first(where: Self.startsHostServer)
            else { return nil }
            return Violation(
                file: path, line: host.line,
                "\(service.name) of \(file.location) holds port 80; let certbot use a folder that it serves: certonly "
                    + "--webroot -w FOLDER, or publish another port: 127.0.0.1:8080:80")
        }
    }

    /// Whether the file also tells how to run the application without containers, which is another way.
    private static func startsHostProgram(_ told: ToldCommand) -> Bool {
        let words = told.words
        if ["pm2", "gunicorn", "uwsgi", "supervisorctl", "uvicorn", "waitress-serve"].contains(words.first ?? "") {
            return true
        }
        let own = [
            "nginx", "docker", "certbot", "certbot.timer", "ufw", "cron", "fail2ban", "ssh", "sshd", "firewalld",
        ]
        return words.first == "systemctl" && !Set(words).isDisjoint(with: ["start", "enable", "restart"])
            && !words.contains(where: own.contains)
    }

    private static func startsHostServer(_ told: ToldCommand) -> Bool {
        let words = told.words
        if words.first == "certbot" { return words.contains("--nginx") }
        return words.first == "systemctl" && words.contains("nginx")
            && !Set(words).isDisjoint(with: ["start", "restart", "enable"])
    }

    /// The page asks for its styles at http://.
    static let proxiesNotTrusted = Rule(
        "AP543", .warning, "Laravel does not trust the proxy that speaks TLS for it",
        why:
            "TLS ends before the container, so Laravel sees HTTP and writes http:// into every address: browsers block the "
            + "styles and scripts of an https:// page, and forms are sent in the clear.",
        catches: [
            [
                "app/Http/Middleware/TrustProxies.php":
                    "class TrustProxies extends Middleware\n{\n    protected $proxies;\n}\n",
                "artisan": "", "fly.toml": "app = 'a'\n",
            ],
            [
                "artisan": "",
                "bootstrap/app.php":
                    "return Application::configure(basePath: dirname(__DIR__))\n    ->withMiddleware(function (Middleware $middleware) {\n        //\n    })->create();\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
                "resources/views/a.blade.php": "<link href=\"{{ asset('a.css') }}\">\n",
            ],
        ],
        passes: [
            [
                "artisan": "",
                "bootstrap/app.php":
                    "return Application::configure(basePath: dirname(__DIR__))\n    ->withMiddleware(function (Middleware $middleware) {\n        $middleware->trustProxies(at: '*');\n    })->create();\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
                "resources/views/a.blade.php": "<link href=\"{{ asset('a.css') }}\">\n",
            ],
            [
                "artisan": "",
                "bootstrap/app.php":
                    "return Application::configure(basePath: dirname(__DIR__))\n    ->withMiddleware(function (Middleware $middleware) {\n        //\n    })->create();\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
                "routes/api.php": "Route::get('/a', fn () => []);\n",
            ],
            [
                "app/Http/Middleware/TrustProxies.php":
                    "class TrustProxies extends Middleware\n{\n    protected $proxies = '*';\n}\n",
                "artisan": "", "fly.toml": "app = 'a'\n",
            ],
            [
                "app/Http/Middleware/TrustProxies.php":
                    "class TrustProxies extends Middleware\n{\n    protected $proxies;\n}\n",
                "app/Providers/AppServiceProvider.php": "URL::forceScheme('https');\n", "artisan": "",
                "fly.toml": "app = 'a'\n",
            ],
            [
                "app/Http/Middleware/TrustProxies.php":
                    "class TrustProxies extends Middleware\n{\n    protected $proxies;\n}\n",
                "artisan": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "artisan").isEmpty,
            let proxy = LaravelProxies.place(in: repository), !LaravelProxies.isForced(in: repository)
        else { return [] }
        return repository.tree.files(named: "TrustProxies.php").compactMap { entry in
            guard entry.path.contains("Middleware/"), let text = repository.tree.text(entry.path),
                let line = CodeText(path: entry.path, text: text).line(
                    with: "protected$proxies;", "protected$proxies=null;", "protected$proxies=[];")
            else { return nil }
            return Violation(
                file: entry.path, line: line,
                "behind \(proxy) addresses begin with http://; write: protected $proxies = '*';")
        } + LaravelProxies.unnamed(in: repository, behind: proxy)
    }
}

private enum LaravelProxies {
    /// What says that TLS ends before the container.
    static func place(in repository: CheckedRepository) -> String? {
        if let file = repository.flyFiles.first?.location ?? repository.renderBlueprints.first?.location
            ?? repository.railwayConfigs.first?.location ?? repository.procfiles.first?.location
        {
            return file
        }
        if let file = repository.tree.files(named: "app.yaml").first, !repository.dockerfiles.isEmpty {
            return file.path
        }
        let run = repository.toldCommands.first { told in
            told.words.prefix(3).elementsEqual(["gcloud", "run", "deploy"])
        }
        if let run { return "\(run.file):\(run.line)" }
        return repository.nginxFiles.first { file in
            file.servers.contains { server in
                server.listens.contains { $0.parameters.contains("ssl") }
                    && server.locations.contains { $0.proxyPass != nil }
            }
        }?.location
    }

    /// Since Laravel 11 bootstrap/app.php names them, and the framework's own middleware trusts none
    /// (Illuminate/Http/Middleware/TrustProxies.php).
    static func unnamed(in repository: CheckedRepository, behind proxy: String) -> [Violation] {
        let tree = repository.tree
        return tree.files(named: "app.php").compactMap { entry in
            guard entry.path == "bootstrap/app.php" || entry.path.hasSuffix("/bootstrap/app.php"),
                let text = tree.text(entry.path), text.contains("Application::configure(")
            else { return nil }
            let root = String(entry.path.dropLast("bootstrap/app.php".count))
            guard !isNamed(below: root, in: tree), hasPages(below: root, in: tree) else { return nil }
            let code = CodeText(path: entry.path, text: text)
            return Violation(
                file: entry.path, line: code.line(with: "->withMiddleware(", "Application::configure(") ?? 1,
                "behind \(proxy) addresses begin with http://; write in withMiddleware: $middleware->trustProxies(at: '*');"
            )
        }
    }

    private static func isNamed(below root: String, in tree: SourceTree) -> Bool {
        if tree.contains(root + "config/trustedproxy.php") { return true }
        return ["bootstrap", "app", "config"].flatMap { tree.files(under: root + $0) }.contains { entry in
            guard entry.name.hasSuffix(".php"), let bytes = tree.bytes(entry.path) else { return false }
            return ["trustProxies(", "TrustProxies", "setTrustedProxies(", "ASSET_URL"].contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }
    }

    /// Whether a page has addresses that Laravel writes.
    private static func hasPages(below root: String, in tree: SourceTree) -> Bool {
        tree.files(under: root + "resources/views").contains { entry in
            guard entry.name.hasSuffix(".blade.php"), let bytes = tree.bytes(entry.path) else { return false }
            return ["asset(", "@vite", "route(", "mix("].contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }

    static func isForced(in repository: CheckedRepository) -> Bool {
        let signs = ["forceScheme(", "forceHttps(", "forceRootUrl(", "fastcgi_param HTTPS"]
        return ["php", "conf"].flatMap { repository.tree.files(ending: $0) }.contains { entry in
            guard !entry.path.contains("vendor/"), let bytes = repository.tree.bytes(entry.path) else { return false }
            return signs.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}
