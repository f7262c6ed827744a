// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The application runs in another container.
    static let nginxAsksItself = Rule(
        "AP118", .error, "nginx looks for the application in its own container",
        why: "Inside a container localhost is the container itself, and in this one only nginx runs: every request is "
            + "answered 502.",
        catches: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx/conf.d']\n",
                "nginx/a.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://localhost:8001;\n  }\n}\n",
            ],
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  location /api {\n    proxy_pass http://127.0.0.1:3000;\n  }\n}\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx/conf.d']\n",
                "nginx/a.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://app:8001;\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    network_mode: host\n    volumes: ['./nginx:/etc/nginx/conf.d']\n",
                "nginx/a.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://localhost:8001;\n  }\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCMD [\"supervisord\", \"-n\"]\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  location /api {\n    proxy_pass http://127.0.0.1:3000;\n  }\n}\n",
            ],
            [
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://localhost:8001;\n  }\n}\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx/conf.d']\n",
                "nginx/a.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://localhost:8001;\n  }\n}\nserver {\n  listen 8001;\n}\n",
            ],
        ]
    ) { repository in
        guard !repository.nginxFiles.isEmpty else { return [] }
        let homes = NginxContainers.all(in: repository)
        return repository.nginxFiles.flatMap { file -> [Violation] in
            let own = homes.filter { $0.files.contains(file.location) }
            guard !own.isEmpty, own.allSatisfy(\.holdsNginxAlone) else { return [] }
            let all = Set(own.flatMap(\.files))
            let ports = Set(
                repository.nginxFiles.filter { all.contains($0.location) }.flatMap { $0.servers.flatMap(\.ports) })
            return ProxyTargets.of(file).compactMap { target -> Violation? in
                guard ["localhost", "127.0.0.1"].contains(target.host), let port = target.port, !ports.contains(port)
                else { return nil }
                return Violation(
                    file: file.location, line: target.line,
                    "\(target.host) is nginx's own container; write the service's name: http://SERVICE:\(port)",
                    severity: DevelopmentPath.isLikely(file.location) ? .warning : .error)
            }
        }
    }

    /// A configuration in a folder that no include names.
    static let unreadConfiguration = Rule(
        "AP168", .error, "nginx never reads a configuration that it is given",
        why: "The image's nginx.conf reads conf.d/*.conf and nothing else, and one that takes its place reads what it "
            + "includes: elsewhere the servers do not exist, and nginx answers with its own page or not at all.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf', './nginx/sites:/etc/nginx/sites-available']\n",
                "nginx.conf": "events {}\nhttp {\n  include /etc/nginx/sites-enabled/*;\n}\n",
                "nginx/sites/a.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/sites-enabled/default\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf', './nginx/sites:/etc/nginx/sites-enabled']\n",
                "nginx.conf": "events {}\nhttp {\n  include /etc/nginx/sites-enabled/*;\n}\n",
                "nginx/sites/a.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "Dockerfile": "FROM debian:12\nCOPY nginx.conf /etc/nginx/sites-enabled/default\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/sites-available/a\nRUN ln -s /etc/nginx/sites-available/a /etc/nginx/conf.d/a.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf', './nginx/parts:/etc/nginx/parts']\n",
                "nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n    include parts/*.conf;\n  }\n}\n",
                "nginx/parts/a.conf": "location / {\n  return 200;\n}\n",
            ],
        ]
    ) { repository in
        NginxContainers.all(in: repository).flatMap { home -> [Violation] in
            guard home.holdsNginxAlone, home.isOfficial, !home.isChanged else { return [] }
            let files = repository.nginxFiles
            let main = home.places.first { $0.target == "/etc/nginx/nginx.conf" }
            let read = main.flatMap { place in files.first { $0.location == place.path } }
            // A main configuration that cannot be read here can include anything.
            if main != nil, read == nil { return [] }
            let others = home.places.compactMap { place in files.first { $0.location == place.path } }
            let includes =
                read == nil
                ? ["/etc/nginx/conf.d/*.conf"]
                : others.flatMap { $0.document.all("include") }.compactMap(\.parameters.first)
            let servers = home.places.filter { place in
                place.target != "/etc/nginx/nginx.conf" && !place.target.contains("/templates")
                    && files.first { $0.location == place.path }?.servers.isEmpty == false
            }
            // Where one is read, the others may wait for their turn.
            guard read?.servers.isEmpty != false, !home.places.contains(where: { $0.target.contains("/templates") }),
                !servers.contains(where: { place in
                    includes.contains { NginxContainers.matches($0, place.target) }
                })
            else { return [] }
            let wanted = includes.first { $0.contains("*") } ?? "/etc/nginx/conf.d/*.conf"
            let folder = GoPath.clean(wanted.split(separator: "*").first.map(String.init) ?? wanted)
            return servers.map { place in
                Violation(
                    file: place.file, line: place.line,
                    "nothing includes \(place.target), only \(wanted); write: "
                        + "\(folder)/\(SourceTree.Entry(path: place.path).name)")
            }
        }
    }
}

/// A container that runs nginx, with the configurations that stand in it.
struct NginxContainers {
    struct Place {
        /// The repository's path.
        let path: String
        /// Where nginx finds it.
        let target: String
        /// Who puts it there.
        let file: String
        let line: Int
    }

    let places: [Place]
    /// Whether nothing but nginx is started in it.
    let holdsNginxAlone: Bool
    let image: ImageName
    /// Whether a command of the image changes nginx's folder.
    let isChanged: Bool

    var files: Set<String> { Set(places.map(\.path)) }
    /// Whether its image is nginx's own, whose main configuration is known.
    var isOfficial: Bool { image.repository == "nginx" }

    /// Whether it speaks HTTP/1.1 to upstreams by itself: nginx does so since 1.29.7 (nginx.org/en/CHANGES, March 2026),
    /// and a tag that names no version brings a later one.
    var speaksHTTP11: Bool {
        guard image.name.hasPrefix("nginx"), image.digest == nil else { return false }
        let version = (image.tag ?? "").prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        // `1.29` and `1` are the last of their kind.
        let first = [1, 29, 7].prefix(version.count)
        return !version.lexicographicallyPrecedes(first)
    }

    /// Of Compose files and of Dockerfiles that are built on nginx.
    static func all(in repository: CheckedRepository) -> [NginxContainers] {
        let configurations = repository.nginxFiles.map(\.location)
        guard !configurations.isEmpty else { return [] }
        var found: [NginxContainers] = []
        for file in repository.composeFiles {
            for service in file.services where service.build == nil {
                let image = ImageName(service.image?.text ?? "")
                guard image.name.hasPrefix("nginx") else { continue }
                let starts = service.command?.text ?? ""
                found.append(
                    NginxContainers(
                        places: mounted(service, in: file, configurations),
                        holdsNginxAlone: service.node["network_mode"] == nil
                            && service.node["extra_hosts"] == nil && (starts.isEmpty || starts.contains("nginx")),
                        image: image, isChanged: starts.contains("/etc/nginx")))
            }
        }
        for unit in repository.deployedUnits {
            guard let base = unit.dockerfile.finalBase.map(ImageName.init), base.name.hasPrefix("nginx") else {
                continue
            }
            let starts = unit.start?.text ?? "nginx"
            let isPlain = starts.contains("nginx") && !starts.contains(" & ") && !starts.contains("&&")
            let mounts =
                unit.compose.flatMap { file in unit.service.map { mounted($0, in: file, configurations) } } ?? []
            found.append(
                NginxContainers(
                    places: copied(unit, configurations) + mounts,
                    holdsNginxAlone: isPlain && unit.service?.node["network_mode"] == nil,
                    image: base,
                    isChanged: unit.instructions.contains { $0.keyword == "RUN" && $0.text.contains("/etc/nginx") }))
        }
        return found
    }

    private static func mounted(
        _ service: ComposeService, in file: CheckedFile<ComposeFile>, _ configurations: [String]
    ) -> [Place] {
        service.mounts.flatMap { mount -> [Place] in
            guard mount.target.hasPrefix("/etc/nginx"), let path = mount.source.flatMap(file.resolve) else { return [] }
            return configurations.compactMap { configuration in
                guard configuration == path || configuration.hasPrefix(path + "/") else { return nil }
                let tail = configuration == path ? "" : String(configuration.dropFirst(path.count))
                return Place(
                    path: configuration, target: GoPath.clean(mount.target + tail), file: file.location,
                    line: mount.position.line)
            }
        }
    }

    private static func copied(_ unit: DeployedUnit, _ configurations: [String]) -> [Place] {
        let contexts = BuildContexts.of(unit)
        return unit.instructions.flatMap { copy -> [Place] in
            guard copy.keyword == "COPY", copy.flag("from") == nil, let target = copy.arguments.last,
                target.hasPrefix("/etc/nginx"), !copy.text.contains("$")
            else { return [] }
            return copy.arguments.dropLast().flatMap { source -> [Place] in
                let paths = contexts.map { GoPath.clean($0 + "/" + source) }
                let isFolder =
                    target.hasSuffix("/") || !SourceTree.Entry(path: target).name.contains(".") && target.hasSuffix("d")
                return configurations.compactMap { configuration in
                    guard let path = paths.first(where: { configuration == $0 || configuration.hasPrefix($0 + "/") })
                    else { return nil }
                    let tail =
                        configuration == path
                        ? (isFolder ? "/" + SourceTree.Entry(path: path).name : "")
                        : String(configuration.dropFirst(path.count))
                    return Place(
                        path: configuration, target: GoPath.clean(target + tail), file: unit.dockerfile.location,
                        line: copy.line)
                }
            }
        }
    }

    /// Whether an include names the file; relative ones start at /etc/nginx.
    static func matches(_ include: String, _ path: String) -> Bool {
        let pattern = GoPath.clean(include.hasPrefix("/") ? include : "/etc/nginx/" + include)
        guard let star = pattern.firstIndex(of: "*") else { return pattern == path }
        let (head, tail) = (pattern[..<star], pattern[pattern.index(after: star)...])
        return path.hasPrefix(head) && (path.hasSuffix(tail) || tail.contains("*"))
    }
}
