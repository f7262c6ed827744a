// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// nginx refuses to start.
    static let misplacedConfiguration = Rule(
        "AP167", .error, "an nginx configuration stands where nginx refuses it",
        why: "Files of conf.d are read inside the http block, nginx.conf is read as the whole: the wrong one ends with "
            + "\"directive is not allowed here\" and nginx does not start.",
        catches: [
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/nginx.conf\n",
                "nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf:ro\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
        ]
    ) { repository in
        NginxPlaces.all(in: repository).compactMap { place in
            guard let file = repository.nginxFiles.first(where: { $0.location == place.configuration }) else {
                return nil
            }
            let names = Set(file.directives.map(\.name))
            let isWhole = !names.isDisjoint(with: ["http", "events"])
            let isServer = names.contains("server") && !names.contains("include")
            if place.isInsideHTTP, isWhole {
                return Violation(
                    file: place.file, line: place.line,
                    "\(place.configuration) is a whole configuration (http, events); write: /etc/nginx/nginx.conf")
            }
            guard place.isMain, isServer, !isWhole else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "\(place.configuration) holds servers without http around them; write: /etc/nginx/conf.d/default.conf")
        }
    }
}

/// One configuration at the path that an image or a service gives it.
struct NginxPlaces {
    /// The repository's path.
    let configuration: String
    /// Where nginx finds it.
    let target: String
    /// Who puts it there.
    let file: String
    let line: Int

    /// Whether nginx.conf includes it in its http block.
    var isInsideHTTP: Bool {
        ["/etc/nginx/conf.d/", "/etc/nginx/sites-enabled/", "/etc/nginx/http.d/", "/etc/nginx/templates/"]
            .contains { target.hasPrefix($0) }
    }
    /// Whether nginx reads it first.
    var isMain: Bool { target == "/etc/nginx/nginx.conf" }

    /// COPY of single files, and mounts of them.
    static func all(in repository: CheckedRepository) -> [NginxPlaces] {
        let configurations = Set(repository.nginxFiles.map(\.location))
        guard !configurations.isEmpty else { return [] }
        var found: [NginxPlaces] = []
        for unit in repository.images {
            let contexts = BuildContexts.of(unit)
            for copy in unit.instructions where copy.keyword == "COPY" && copy.flag("from") == nil {
                guard let target = copy.arguments.last, target.hasPrefix("/etc/nginx/"), !copy.text.contains("$") else {
                    continue
                }
                for source in copy.arguments.dropLast() {
                    let paths = contexts.map { GoPath.clean($0 + "/" + source) }
                    guard let path = paths.first(where: configurations.contains) else { continue }
                    let name = SourceTree.Entry(path: path).name
                    let isFolder = target.hasSuffix("/") || !SourceTree.Entry(path: target).name.contains(".conf")
                    found.append(
                        NginxPlaces(
                            configuration: path,
                            target: isFolder ? (target.hasSuffix("/") ? target : target + "/") + name : target,
                            file: unit.dockerfile.location, line: copy.line))
                }
            }
        }
        for file in repository.composeFiles {
            for service in file.services {
                for mount in service.mounts where mount.target.hasPrefix("/etc/nginx/") {
                    guard let path = mount.source.flatMap(file.resolve), configurations.contains(path) else { continue }
                    found.append(
                        NginxPlaces(
                            configuration: path, target: mount.target, file: file.location, line: mount.position.line))
                }
            }
        }
        return found
    }
}
