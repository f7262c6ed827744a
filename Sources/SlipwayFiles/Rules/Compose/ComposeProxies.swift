// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Traefik's API shows and tells everything about what it leads to.
    static let openProxyAPI = Rule(
        "CO045", .warning, "Traefik's API is open",
        why:
            "api.insecure serves the dashboard and the API without a login: whoever reaches the port sees every route, "
            + "service and middleware.",
        catches: [
            "services:\n  proxy:\n    image: traefik:3.5\n    command: ['--api.insecure=true']\n    ports: ['80:80', '8080:8080']\n",
            [
                "compose.yml":
                    "services:\n  proxy:\n    image: traefik:3.5\n    ports: ['80:80', '8080:8080']\n    volumes: ['./traefik.yml:/etc/traefik/traefik.yml']\n",
                "traefik.yml": "api:\n  insecure: true\n",
            ],
        ],
        passes: [
            "services:\n  proxy:\n    image: traefik:3.5\n    command: ['--api.insecure=true']\n    ports: ['80:80', '127.0.0.1:8080:8080']\n",
            "services:\n  proxy:\n    image: traefik:3.5\n    command: ['--api.dashboard=true']\n    ports: ['80:80', '443:443']\n",
            "services:\n  proxy:\n    image: traefik:3.5\n    command: ['--api.insecure=false']\n    ports: ['8080:8080']\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let image = service.image?.text ?? file.anywhere(service.name).lazy.compactMap { $0.image?.text }.first
            guard let image, ImageName(image).name == "traefik", isInsecure(service, in: file) else { return [] }
            return service.ports.compactMap { port in
                guard port.target == 8080, port.isOpen else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "everybody reads and watches the routes on \(port.published ?? 8080); delete api.insecure, "
                        + "or write: 127.0.0.1:\(port.published ?? 8080):8080",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// In the command, the environment or the configuration that is mounted.
    private static func isInsecure(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        let words = (service.command?.text ?? "").lowercased().split(whereSeparator: { " '\"".contains($0) })
        if words.contains(where: { $0 == "--api.insecure" || $0 == "--api.insecure=true" }) { return true }
        if service.environment.contains(where: { $0.name == "TRAEFIK_API_INSECURE" && $0.value == "true" }) {
            return true
        }
        return service.mounts.contains { mount in
            guard mount.target.hasSuffix("traefik.yml") || mount.target.hasSuffix("traefik.yaml"),
                let path = mount.source.flatMap(file.resolve), let text = file.repository.tree.text(path)
            else { return false }
            return YAMLDocument(parsing: text).root?.at("api", "insecure")?.bool == true
        }
    }

    /// Beside the proxy's door there is another one without a lock.
    static let besideTheProxy = Rule(
        "CO047", .warning, "a service is published beside the proxy that stands before it",
        why:
            "What the proxy adds is passed by: TLS, limits, headers and logins. Whoever asks the port directly can also "
            + "write the forwarded headers that the application believes.",
        catches: [
            [
                "compose.prod.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n  api:\n    build: .\n    ports: ['3000:3000']\n",
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
            ]
        ],
        passes: [
            [
                "compose.prod.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n  api:\n    build: .\n    ports: ['127.0.0.1:3000:3000']\n",
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n",
            ],
            [
                "compose.dev.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n  api:\n    build: .\n    ports: ['3000:3000']\n",
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n",
            ],
            "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n  api:\n    build: .\n    ports: ['3000:3000']\n",
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        guard let proxy = file.services.first(where: { isProxy($0, in: file) }) else {
            return HostProxies.passedBy(file)
        }
        let leadsTo = targets(of: proxy, in: file)
        return file.services.flatMap { service -> [Violation] in
            let names = [service.name, service.node["container_name"]?.text].compactMap { $0 }
            guard service.name != proxy.name, file.known(service) == nil, names.contains(where: leadsTo.contains) else {
                return []
            }
            return service.ports.compactMap { port in
                guard port.isOpen, let published = port.published, published > 0 else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(proxy.name) stands before \(service.name), and \(published) leads past it; "
                        + "write: 127.0.0.1:\(published):\(port.target), or delete the port",
                    severity: isDeployed(file, behind: proxy) ? .warning : .info)
            }
        }
    }

    /// Whether the file says by its name that it deploys, or is the only one that could, with TLS at its proxy.
    private static func isDeployed(_ file: CheckedFile<ComposeFile>, behind proxy: ComposeService) -> Bool {
        if DevelopmentPath.isProduction(file.location) { return true }
        let others = file.repository.composeFiles.filter { $0.location != file.location && !$0.isForDevelopment }
        return others.isEmpty && proxy.ports.contains { $0.published == 443 }
    }

    private static func isProxy(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        let image = file.runningImage(of: service) ?? service.image?.text ?? ""
        // An image of its own that gets nginx's configuration runs nginx.
        let isConfigured = service.mounts.contains {
            $0.target.hasPrefix("/etc/nginx/") && $0.target.hasSuffix(".conf")
        }
        guard
            isConfigured
                || ["nginx", "caddy", "traefik", "nginx-unprivileged", "openresty", "haproxy"].contains(
                    ImageName(image).name)
        else { return false }
        return service.ports.contains { $0.isOpen && [80, 443].contains($0.published ?? 0) }
    }

    /// Hosts that the proxy's configuration names, and services that carry its labels.
    private static func targets(
        of proxy: ComposeService, in file: CheckedFile<ComposeFile>
    ) -> Set<String> {
        var found: Set<String> = []
        for mount in proxy.mounts {
            guard let path = mount.source.flatMap(file.resolve) else { continue }
            for configuration in file.repository.nginxFiles
            where configuration.location == path || configuration.location.hasPrefix(path + "/") {
                found.formUnion(ProxyTargets.of(configuration).map(\.host))
            }
            if SourceTree.Entry(path: path).name == "Caddyfile", let text = file.repository.tree.text(path) {
                let words = text.split(whereSeparator: \.isWhitespace)
                for (index, word) in words.enumerated() where word == "reverse_proxy" {
                    for target in words[(index + 1)...].prefix(2) {
                        found.insert(String(target.split(separator: "/").last ?? target).prefix { $0 != ":" }.trimmed)
                    }
                }
            }
        }
        if let dockerfile = file.dockerfile(of: proxy), let stage = dockerfile.stages.last {
            let unit = DeployedUnit(
                dockerfile: dockerfile, stage: stage, compose: file, service: proxy,
                context: proxy.build.flatMap { file.resolve($0.context) }, app: nil)
            for configuration in NginxConfigurations.of(unit) {
                found.formUnion(ProxyTargets.of(configuration).map(\.host))
            }
        }
        for service in file.services {
            let labels = service.node["labels"]
            let texts =
                (labels?.texts ?? []) + (labels?.mapping?.entries ?? []).map { "\($0.key)=\($0.value.text ?? "")" }
            if texts.contains(where: { $0.hasPrefix("traefik.enable=true") }) { found.insert(service.name) }
        }
        // Without a configuration to read, it waits for what it stands before.
        return found.isEmpty ? Set(proxy.dependencies.map(\.service)) : found
    }
}
