// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The files stand beside the folder that is served.
    static let servedFolder = Rule(
        "AP161", .error, "nginx serves another folder than the one with the files",
        why: "Every request answers 404 or nginx's own page: the built files stand in a folder that no root names.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n"
                    + "COPY --from=build /app/dist /usr/share/nginx/html/shop\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  root /usr/share/nginx/html;\n  location / { try_files $uri /index.html; }\n}\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n"
                    + "COPY --from=build /app/dist /usr/share/nginx/html\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  root /usr/share/nginx/html;\n  location / { try_files $uri /index.html; }\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n"
                    + "COPY --from=build /app/dist /usr/share/nginx/html/admin\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  root /usr/share/nginx/html;\n  location / { try_files $uri /admin/index.html; }\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
                "nginx.conf": "server {\n  listen 80;\n  root /srv/www;\n}\n",
            ],
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard unit.dockerfile.finalBase.map({ ImageName($0).name.hasPrefix("nginx") }) == true else { return nil }
            let files = NginxConfigurations.of(unit)
            let roots = Set(
                files.flatMap { file in
                    (file.document.all("root") + file.document.all("alias")).compactMap(\.parameters.first)
                }.map(GoPath.clean))
            guard !roots.isEmpty, roots.allSatisfy({ $0.hasPrefix("/") && !$0.contains("$") }) else { return nil }
            let copies = unit.instructions.filter { $0.keyword == "COPY" && $0.flag("from") != nil }
            let targets = copies.compactMap { $0.arguments.last }.filter {
                $0.hasPrefix("/") && !$0.hasPrefix("/etc") && !$0.contains("$")
            }
            guard let target = targets.last, targets.allSatisfy({ target in !roots.contains(GoPath.clean(target)) }),
                !targets.contains(where: { path in roots.contains { $0.hasPrefix(GoPath.clean(path) + "/") } }),
                // Paths of the site can name the folder below the root.
                !roots.contains(where: { root in
                    let below = GoPath.clean(target).dropFirst(root.count)
                    return target.hasPrefix(root + "/") && files.contains { $0.text.contains(below + "/") }
                }),
                let copy = copies.last(where: { $0.arguments.last == target })
            else { return nil }
            let root = roots.sorted()[0]
            return Violation(
                file: unit.dockerfile.location, line: copy.line,
                "nginx serves \(roots.sorted().joined(separator: ", ")), the files go to \(target); "
                    + "write: \(copy.arguments.dropLast().joined(separator: " ")) \(root)")
        }
    }

    /// The build leaves its files elsewhere.
    static let builtFolder = Rule(
        "AP162", .error, "COPY takes another folder than the one that the build makes",
        why: "The build of the image stops: the folder that COPY --from names does not exist.",
        catches: [
            RuleExample(
                [
                    "web/Dockerfile":
                        "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/build /usr/share/nginx/html\n"
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "web", directory: "web", role: .spa, framework: "vite", outputDirectory: "dist")
                    ],
                    origins: ["services.web.outputDirectory": Origin(why: "vite", confidence: 0.9)]))
        ],
        passes: [
            RuleExample(
                [
                    "web/Dockerfile":
                        "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n"
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "web", directory: "web", role: .spa, framework: "vite", outputDirectory: "dist")
                    ],
                    origins: ["services.web.outputDirectory": Origin(why: "vite", confidence: 0.9)]))
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard let app = unit.app, app.role == .spa, let output = app.outputDirectory,
                let origin = repository.app?.origins["services.\(app.name).outputDirectory"], origin.confidence >= 0.6
            else { return nil }
            let usual: Set<String> = ["dist", "build", "out", "public", "www"]
            for instruction in unit.instructions where instruction.keyword == "COPY" && instruction.flag("from") != nil
            {
                guard let source = instruction.arguments.first else { continue }
                let name = SourceTree.Entry(path: GoPath.clean(source)).name
                let wanted = SourceTree.Entry(path: output).name
                guard usual.contains(name), usual.contains(wanted), name != wanted, !output.contains(name) else {
                    continue
                }
                let isMade =
                    unit.dockerfile.text.contains("--outDir") || unit.dockerfile.text.contains("BUILD_PATH")
                    || unit.dockerfile.text.contains("mv ")
                if isMade { return nil }
                return Violation(
                    file: unit.dockerfile.location, line: instruction.line,
                    "\(app.framework ?? "the build") leaves its files in \(output), not in \(name); write: "
                        + GoPath.clean(source.dropLast(name.count) + wanted))
            }
            return nil
        }
    }

    /// A reload of any page but the first answers 404.
    static let noFallback = Rule(
        "AP163", .error, "client-side routes and a server without a fallback",
        why: "The image's own nginx configuration answers 404 for every address that is no file: a reload or a link to "
            + "a page inside the application fails.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"7\"}}",
            ],
            [
                "nginx/Dockerfile":
                    "FROM node:22 AS build\nCOPY client/package.json .\nRUN npm run build\nFROM nginx:1.27\n"
                    + "COPY --from=build /app/dist /usr/share/nginx/html\nCOPY nginx/nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx/nginx.conf":
                    "server {\n  listen 80;\n  location / {\n    root /usr/share/nginx/html;\n    index index.html;\n  }\n}\n",
                "client/package.json": "{\"dependencies\":{\"react-router-dom\":\"7\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY default.conf /etc/nginx/conf.d/\n"
                    + "COPY --from=build /app/dist /usr/share/nginx/html\n",
                "default.conf": "server {\n  location / { try_files $uri /index.html; }\n}\n",
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"7\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
                "package.json": "{\"dependencies\":{\"react\":\"19\"}}",
            ],
            [
                "web/Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
                "web/package.json": "{\"dependencies\":{\"react-router-dom\":\"7\"}}",
                "compose.yml":
                    "services:\n  nginx:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx/conf.d:ro', './web/dist:/usr/share/nginx/html']\n",
                "nginx/app.conf": "server {\n  location / { try_files $uri /index.html; }\n}\n",
            ],
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard unit.dockerfile.finalBase.map({ ImageName($0).repository }) == "nginx", !unit.isForDevelopment,
                let copy = unit.instructions.first(where: {
                    $0.keyword == "COPY" && $0.flag("from") != nil
                        && $0.arguments.last?.contains("/usr/share/nginx/html") == true
                }), isWithoutFallback(unit),
                !repository.deployedUnits.contains(where: { other in
                    other.dockerfile.location == unit.dockerfile.location
                        && other.service?.mounts.contains { $0.target.contains("/etc/nginx") } == true
                }), unit.service != nil || !isServedElsewhere(repository)
            else { return nil }
            guard let folder = packageFolder(of: unit),
                let manifest = repository.tree.text(GoPath.clean(folder + "/package.json"))
            else { return nil }
            let routers = [
                "\"react-router", "\"vue-router", "\"@tanstack/react-router", "\"@angular/router", "\"wouter",
                "\"svelte-routing", "\"@solidjs/router",
            ]
            guard routers.contains(where: { manifest.contains($0) }), !manifest.contains("HashRouter"),
                !usesHash(folder, repository)
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: copy.line,
                "routes of the client answer 404; copy a configuration with: try_files $uri /index.html;")
        }
    }

    /// Whether a Compose file starts an nginx with a fallback of its own, so that an image that no service names is aside.
    private static func isServedElsewhere(_ repository: CheckedRepository) -> Bool {
        repository.composeFiles.contains { file in
            !file.isForDevelopment
                && file.services.contains { service in
                    let sources = service.mounts.filter { $0.target.contains("/etc/nginx") }
                        .compactMap { $0.source.flatMap(file.resolve) }
                    return repository.nginxFiles.contains { nginx in
                        sources.contains { nginx.location == $0 || nginx.location.hasPrefix($0 + "/") }
                            && nginx.document.all("try_files").contains {
                                $0.parameters.last?.hasSuffix(".html") == true
                            }
                    }
                }
        }
    }

    /// Whether the image keeps nginx's own configuration, or brings one that knows the site's files alone.
    private static func isWithoutFallback(_ unit: DeployedUnit) -> Bool {
        let touching = unit.instructions.filter { $0.keyword != "CMD" && $0.text.contains("/etc/nginx") }
        guard !touching.isEmpty else { return true }
        let files = NginxConfigurations.of(unit)
        guard files.count == 1, let file = files.first, touching.allSatisfy({ $0.keyword == "COPY" }),
            file.document.all("try_files").isEmpty, file.document.all("error_page").isEmpty,
            file.document.all("rewrite").isEmpty, file.document.all("include").isEmpty
        else { return false }
        // The page itself comes from here, not from another server.
        return file.servers.contains { server in
            server.locations.contains { location in
                location.pattern == "/" && location.proxyPass == nil && (location.root ?? server.root) != nil
            }
        }
    }

    /// Where the front end's package.json stands: beside the Dockerfile, or where its COPY takes it from.
    private static func packageFolder(of unit: DeployedUnit) -> String? {
        let tree = unit.dockerfile.repository.tree
        let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
        if tree.contains(GoPath.clean(folder + "/package.json")) { return folder }
        for copy in unit.dockerfile.reading.file.instructions where copy.keyword == "COPY" && copy.flag("from") == nil {
            for source in copy.arguments.dropLast() where source.contains("package") {
                for context in BuildContexts.of(unit) {
                    // A path never leaves its context: BuildKit drops what leads out.
                    let inside = source.split(separator: "/").filter { $0 != ".." && $0 != "." }.dropLast()
                        .joined(separator: "/")
                    let candidate = GoPath.clean(context + "/" + inside)
                    if tree.contains(GoPath.clean(candidate + "/package.json")) { return candidate }
                }
            }
        }
        return nil
    }

    private static func usesHash(_ folder: String, _ repository: CheckedRepository) -> Bool {
        repository.tree.files(under: folder).contains { entry in
            [".tsx", ".jsx", ".js", ".ts", ".vue"].contains { entry.name.hasSuffix($0) }
                && !entry.path.contains("node_modules")
                && repository.tree.bytes(entry.path).map {
                    RouteSearch.contains($0, Array("HashRouter".utf8))
                        || RouteSearch.contains($0, Array("createWebHashHistory".utf8))
                } == true
        }
    }

    /// A file that nobody uses says what nobody does.
    static let unusedConfiguration = Rule(
        "AP164", .info, "an nginx configuration is used by no image",
        why: "The file looks like the truth, and changes to it change nothing.",
        catches: [
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY index.html /usr/share/nginx/html/\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ]
        ]
    ) { repository in
        let hasNginx = repository.images.contains {
            $0.dockerfile.finalBase.map { ImageName($0).name.hasPrefix("nginx") } == true
        }
        guard hasNginx, repository.isWhole else { return [] }
        return repository.nginxFiles.compactMap { file in
            let name = SourceTree.Entry(path: file.location).name
            let folder = SourceTree.Entry(path: file.location).directory
            let isNamed = repository.tree.entries.contains { entry in
                guard
                    FileFormat(path: entry.path).map({ $0 != .nginx }) == true || entry.name.hasSuffix(".sh")
                        || entry.name == "Makefile"
                else { return false }
                guard let text = repository.tree.text(entry.path) else { return false }
                return text.contains(name)
                    || (folder != "." && text.contains(SourceTree.Entry(path: folder).name + "/"))
            }
            return isNamed
                ? nil
                : Violation(
                    file: file.location, line: 1,
                    "no image takes \(file.location); copy it to /etc/nginx/conf.d/default.conf, or delete it")
        }
    }

    /// The proxy refuses what the application would take.
    static let uploadLimit = Rule(
        "AP165", .warning, "nginx refuses uploads that the application takes",
        why: "nginx refuses bodies over 1 MB with 413 unless told otherwise, before the application sees them.",
        catches: [
            [
                "nginx.conf": "server {\n  location /api { proxy_pass http://api:8000; }\n}\n",
                "a.py": "from fastapi import UploadFile\n",
            ]
        ],
        passes: [
            [
                "nginx.conf":
                    "server {\n  client_max_body_size 20m;\n  location /api { proxy_pass http://api:8000; }\n}\n",
                "a.py": "from fastapi import UploadFile\n",
            ],
            ["nginx.conf": "server {\n  location /api { proxy_pass http://api:8000; }\n}\n", "a.py": "x = 1\n"],
        ]
    ) { repository in
        let proxies = repository.nginxFiles.filter {
            !$0.document.all("proxy_pass").isEmpty && $0.document.all("client_max_body_size").isEmpty
        }
        guard !proxies.isEmpty else { return [] }
        let words = [
            "UploadFile", "multer(", "request.FILES", "FileField(", "ImageField(", "MultipartFile", "formidable",
            "busboy", "request.files", "FormFile(", "FileInterceptor", "IFormFile", "has_one_attached", "form-data",
        ].map { Array($0.utf8) }
        let place = repository.codeFiles.first { entry in
            guard !entry.path.hasSuffix(".d.ts"), let bytes = repository.tree.bytes(entry.path) else { return false }
            return words.contains { RouteSearch.contains(bytes, $0) }
        }
        guard let place else { return [] }
        return proxies.compactMap { file in
            guard
                let server = file.document.servers.first(where: {
                    !NginxLocation.all(in: $0.directive).filter { $0.proxyPass != nil }.isEmpty
                })
            else { return nil }
            return Violation(
                file: file.location, line: server.directive.line,
                "\(place.path) takes uploads and nginx refuses more than 1 MB; add: client_max_body_size 20m;")
        }
    }

    /// The handshake never reaches the application.
    static let websocketUpgrade = Rule(
        "AP166", .warning, "nginx does not pass WebSocket upgrades on",
        why:
            "Without the Upgrade and Connection headers the handshake arrives as a plain request, and the connection fails.",
        catches: [
            [
                "nginx.conf": "server {\n  location /ws { proxy_pass http://api:8000; }\n}\n",
                "a.py": "@app.websocket('/ws')\nasync def ws(socket: WebSocket): ...\n",
            ]
        ],
        passes: [
            [
                "nginx.conf":
                    "server {\n  location /ws {\n    proxy_pass http://api:8000;\n    proxy_http_version 1.1;\n"
                    + "    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection $connection_upgrade;\n  }\n}\n",
                "a.py": "@app.websocket('/ws')\nasync def ws(socket: WebSocket): ...\n",
            ]
        ]
    ) { repository in
        let proxies = repository.nginxFiles.filter { file in
            !file.document.all("proxy_pass").isEmpty
                && !file.document.all("proxy_set_header").contains { $0.parameters.first?.lowercased() == "upgrade" }
        }
        guard !proxies.isEmpty else { return [] }
        let words = [
            "@app.websocket(", "router.websocket(", "WebSocketServer(", "socket.io\"", "AsyncWebsocketConsumer",
            "WebSocketGateway", "websocket.Upgrader", "EnableWebSocket", "flask_socketio",
        ].map { Array($0.utf8) }
        let isUsed = repository.codeFiles.contains { entry in
            repository.tree.bytes(entry.path).map { bytes in words.contains { RouteSearch.contains(bytes, $0) } }
                == true
        }
        guard isUsed else { return [] }
        return proxies.compactMap { file in
            file.document.all("proxy_pass").first.map {
                Violation(
                    file: file.location, line: $0.line,
                    "WebSockets of the code do not pass; add: proxy_http_version 1.1; "
                        + "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";")
            }
        }
    }
}
