// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The development server was the proxy.
    static let unproxiedCall = Rule(
        "AP566", .error, "calls of the page that only the development server passes on",
        why:
            "The page asks its own server below /api, and only Vite's or Vue's development server passes that on. What is "
            + "deployed answers with the page itself, or with 404 and 405.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  api:\n    image: a/api:1\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "web/nginx.conf": "server {\n  listen 80;\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/vite.config.ts":
                    "export default {\n  server: {\n    proxy: {\n      '/api': 'http://localhost:8000',\n    },\n  },\n}\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/src/a.ts": "export const list = () => fetch('/api/items')\n",
            ],
            [
                "web/netlify.toml":
                    "[build]\npublish = \"dist\"\n[[redirects]]\nfrom = \"/*\"\nto = \"/index.html\"\nstatus = 200\n",
                "web/vite.config.ts":
                    "export default {\n  server: {\n    proxy: {\n      '/api': { target: 'http://localhost:8000' },\n    },\n  },\n}\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/src/a.ts": "export const list = () => axios.get('/api/items')\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  api:\n    image: a/api:1\n",
                "web/Dockerfile":
                    "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY dist /usr/share/nginx/html\n",
                "web/nginx.conf":
                    "server {\n  listen 80;\n  location /api/ {\n    proxy_pass http://api:8000;\n  }\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/vite.config.ts":
                    "export default {\n  server: {\n    proxy: {\n      '/api': 'http://localhost:8000',\n    },\n  },\n}\n",
                "web/package.json": "{}", "web/src/a.ts": "export const list = () => fetch('/api/items')\n",
            ],
            [
                "web/netlify.toml":
                    "[[redirects]]\nfrom = \"/api/*\"\nto = \"https://api.a.example/api/:splat\"\nstatus = 200\n[[redirects]]\nfrom = \"/*\"\nto = \"/index.html\"\nstatus = 200\n",
                "web/vite.config.ts":
                    "export default {\n  server: {\n    proxy: {\n      '/api': 'http://localhost:8000',\n    },\n  },\n}\n",
                "web/package.json": "{}", "web/src/a.ts": "export const list = () => fetch('/api/items')\n",
            ],
            [
                "web/netlify.toml": "[[redirects]]\nfrom = \"/*\"\nto = \"/index.html\"\nstatus = 200\n",
                "web/vite.config.ts":
                    "export default {\n  server: {\n    proxy: {\n      '/api': 'http://localhost:8000',\n    },\n  },\n}\n",
                "web/package.json": "{}",
                "web/src/a.ts": "export const list = () => fetch(`${import.meta.env.VITE_API_URL || '/api'}/items`)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return DevelopmentProxy.all(in: repository.tree).flatMap { proxy -> [Violation] in
            guard let call = proxy.call(in: repository) else { return [] }
            let places =
                StaticPlaces.images(of: proxy.folder, call.prefix, repository)
                + StaticPlaces.hosts(of: proxy.folder, call.prefix, repository.tree)
            return places.map { place in
                Violation(
                    file: place.file, line: place.line,
                    "\(call.file):\(call.line) asks \(call.prefix), which only \(proxy.file) passes on; add here: "
                        + place.advice(call.prefix))
            }
        }
    }
}

/// Places that serve a built front end, and pass nothing below a prefix on.
struct StaticPlaces {
    let file: String
    let line: Int
    let advice: (String) -> String

    /// nginx in the image that the front end is built into, where nothing stands before it.
    static func images(of folder: String, _ prefix: String, _ repository: CheckedRepository) -> [StaticPlaces] {
        repository.deployedUnits.compactMap { unit in
            guard let compose = unit.compose, let service = unit.service, !unit.isForDevelopment,
                unit.context == folder || unit.app?.directory == folder,
                unit.dockerfile.finalBase.map({ ImageName($0).name.hasPrefix("nginx") }) == true,
                service.ports.contains(where: \.isOpen), !isBehindProxy(service, in: compose)
            else { return nil }
            let files = NginxConfigurations.of(unit)
            let locations = files.flatMap { file in file.servers.flatMap(\.locations).map { (file, $0.directive) } }
            guard !locations.isEmpty,
                !files.contains(where: { $0.text.contains("include ") && $0.text.contains("conf.d") }),
                !locations.contains(where: { _, directive in answers(prefix, directive) }),
                let (file, directive) = locations.first(where: { $0.1.parameters.last == "/" }) ?? locations.first
            else { return nil }
            return StaticPlaces(file: file.location, line: directive.position.line) { prefix in
                "location \(prefix)/ { proxy_pass http://SERVICE:PORT; }"
            }
        }
    }

    /// Whether another service of the file stands before this one.
    private static func isBehindProxy(_ service: ComposeService, in compose: CheckedFile<ComposeFile>) -> Bool {
        compose.services.contains { other in
            guard other.name != service.name, let image = compose.runningImage(of: other) else { return false }
            return ["nginx", "caddy", "traefik", "haproxy", "envoy", "kong", "cloudflared", "swag", "apisix"].contains {
                ImageName(image).name.contains($0)
            }
        }
    }

    /// Whether the location takes the prefix, or passes everything on.
    private static func answers(_ prefix: String, _ location: NginxDirective) -> Bool {
        let name = prefix.dropFirst().split(separator: "/").first.map(String.init) ?? prefix
        if location.parameters.contains(where: { $0.contains(name) }) { return true }
        return location.first("proxy_pass") != nil && location.parameters.last == "/"
    }

    /// Netlify, Vercel.
    static func hosts(of folder: String, _ prefix: String, _ tree: SourceTree) -> [StaticPlaces] {
        let below = folder == "." ? "" : folder + "/"
        var found: [StaticPlaces] = []
        for entry in tree.files(named: "netlify.toml") {
            guard let root = tree.text(entry.path).flatMap({ TOMLDocument(parsing: $0).root }),
                (root.at("build", "base")?.text.map(GoPath.clean) ?? entry.directory) == folder,
                let redirects = root["redirects"]?.sequence, let last = redirects.last,
                !redirects.contains(where: { covers(prefix, $0["from"]?.text) }),
                !tree.contains(below + "public/_redirects"), root["functions"] == nil
            else { continue }
            found.append(
                StaticPlaces(file: entry.path, line: last.line) { prefix in
                    "[[redirects]] from = \"\(prefix)/*\", to = \"https://YOUR-API\(prefix)/:splat\", status = 200"
                })
        }
        for entry in tree.files(named: "vercel.json") where entry.directory == folder {
            guard let root = tree.text(entry.path).flatMap({ JSONDocument(parsing: $0).root }), root["builds"] == nil,
                root["functions"] == nil, !tree.hasDirectory(below + "api"),
                let rewrites = root["rewrites"] ?? root["routes"], let rules = rewrites.sequence, !rules.isEmpty,
                !rules.contains(where: { covers(prefix, ($0["source"] ?? $0["src"])?.text) })
            else { continue }
            found.append(
                StaticPlaces(file: entry.path, line: rewrites.line) { prefix in
                    "{\"source\": \"\(prefix)/(.*)\", \"destination\": \"https://YOUR-API\(prefix)/$1\"}"
                })
        }
        return found
    }

    private static func covers(_ prefix: String, _ source: String?) -> Bool {
        guard let source else { return true }
        return source.hasPrefix(prefix) || source.contains(prefix.dropFirst() + "/")
    }
}
