// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// 404 for every file below it.
    static let servedNowhere = Rule(
        "AP193", .error, "nginx serves a folder that its container does not have",
        why: "Nothing is mounted or copied to the path of root or alias: every request below it answers 404.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - static:/staticfiles\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\nvolumes: {static: {}}\n",
                "nginx.conf": "server {\n  listen 80;\n  location /static/ {\n    alias /static/;\n  }\n}\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - static:/static\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\nvolumes: {static: {}}\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  location /static/ {\n    alias /static/;\n  }\n  location = /50x.html {\n    root /usr/share/nginx/html;\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf":
                    "server {\n  listen 80;\n  location ~ \\.php$ {\n    root /var/www/html;\n    fastcgi_pass php:9000;\n  }\n}\n",
            ],
        ]
    ) { repository in
        ServingContainer.all(in: repository).compactMap { container in
            for file in container.configurations {
                for entry in file.locations {
                    let block = entry.location.directive
                    guard
                        !["proxy_pass", "fastcgi_pass", "uwsgi_pass", "return"].contains(where: {
                            !block.all($0).isEmpty
                        }),
                        !entry.location.pattern.contains("acme-challenge"),
                        let directive = (block.all("alias") + block.all("root")).first,
                        let raw = directive.parameters.first, raw.hasPrefix("/"), !raw.contains("$"),
                        !container.has(GoPath.clean(raw))
                    else { continue }
                    let path = GoPath.clean(raw)
                    let name = SourceTree.Entry(path: path).name
                    let near = container.service.mounts.first { mount in
                        let other = SourceTree.Entry(path: GoPath.clean(mount.target)).name
                        return other.hasPrefix(name) || name.hasPrefix(other)
                    }
                    let advice = near.map { "write: \($0.source ?? "VOLUME"):\(path)" } ?? "mount the folder there"
                    return Violation(
                        file: container.compose.location, line: near?.position.line ?? container.volumesLine,
                        "nginx serves \(path) (\(file.location):\(directive.line)), which \(container.service.name) does not have; "
                            + advice)
                }
            }
            return nil
        }
    }

    /// nginx ends before it listens.
    static let certificateNowhere = Rule(
        "AP194", .error, "nginx wants a certificate that its container does not have",
        why:
            "nginx loads every certificate when it starts and ends with \"cannot load certificate\" when one is missing: "
            + "nothing is served, not even on port 80.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes:\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate /etc/letsencrypt/live/a.example/fullchain.pem;\n  ssl_certificate_key /etc/letsencrypt/live/a.example/privkey.pem;\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['443:443']\n    volumes:\n      - ./certs:/etc/nginx/certs:ro\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 443 ssl;\n  ssl_certificate /etc/nginx/certs/cert.pem;\n}\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['443:443']\n    volumes:\n      - ./certs:/etc/nginx/certs:ro\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 443 ssl;\n  ssl_certificate /etc/nginx/certs/cert.pem;\n}\n",
                "README.md": "Put the certificate into certs/cert.pem.\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes:\n      - /etc/letsencrypt:/etc/letsencrypt:ro\n      - ./nginx.conf:/etc/nginx/conf.d/default.conf\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate /etc/letsencrypt/live/a.example/fullchain.pem;\n  ssl_certificate_key /etc/letsencrypt/live/a.example/privkey.pem;\n}\n",
            ],
        ]
    ) { repository in
        ServingContainer.all(in: repository).compactMap { container in
            for file in container.configurations {
                for directive in file.document.all("ssl_certificate") {
                    guard let path = directive.parameters.first, path.hasPrefix("/"), !path.contains("$"),
                        !container.makesCertificates
                    else { continue }
                    if let place = container.emptyFolder(of: path) {
                        return Violation(
                            file: file.location, line: directive.line,
                            "\(place) is not in git and nothing says who makes it; write into the README: openssl req "
                                + "-x509 -nodes -newkey rsa:2048 -keyout KEY -out \(place), or fetch it with certbot")
                    }
                    guard !container.has(path) else { continue }
                    let folder =
                        path.hasPrefix("/etc/letsencrypt") ? "/etc/letsencrypt" : SourceTree.Entry(path: path).directory
                    return Violation(
                        file: container.compose.location, line: container.volumesLine,
                        "\(container.service.name) has no \(path) (\(file.location):\(directive.line)); add: volumes: "
                            + "['\(folder):\(folder):ro']")
                }
            }
            return nil
        }
    }

    /// The first page stays for ever.
    static let staleVolume = Rule(
        "AP195", .error, "a volume lies over what the image's build makes",
        why:
            "Docker fills a new volume from the image once. Every later image is hidden behind it: what was built anew is "
            + "never served.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['dist:/usr/share/nginx/html']\nvolumes: {dist: {}}\n",
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['static:/app/staticfiles']\n  edge:\n    image: nginx:1.27\n"
                    + "    volumes: ['static:/static:ro']\nvolumes: {static: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/settings.py": "STATIC_ROOT = BASE_DIR / 'staticfiles'\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'python manage.py collectstatic --noinput && exec gunicorn shop.wsgi'\n"
                    + "    volumes: ['static:/app/staticfiles']\nvolumes: {static: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/settings.py": "STATIC_ROOT = BASE_DIR / 'staticfiles'\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['static:/app/staticfiles']\nvolumes: {static: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "README.md": "After an update: `docker compose exec web python manage.py collectstatic`\n",
                "shop/settings.py": "STATIC_ROOT = BASE_DIR / 'staticfiles'\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['logs:/var/log/nginx']\nvolumes: {logs: {}}\n",
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: cp -r /app/dist/. /out\n    volumes: ['dist:/out']\nvolumes: {dist: {}}\n",
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm run build\nFROM alpine:3.22\nCOPY --from=build /app/dist /app/dist\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, !unit.isForDevelopment,
                unit.start?.text.contains("cp ") != true
            else { return [] }
            let copies = unit.instructions.filter { $0.keyword == "COPY" && $0.flag("from") != nil }
            return service.mounts.compactMap { mount in
                guard mount.kind == .volume, mount.source != nil, !mount.isReadOnly,
                    let copy = copies.last(where: { $0.arguments.last.map(GoPath.clean) == GoPath.clean(mount.target) })
                else { return nil }
                return Violation(
                    file: compose.location, line: mount.position.line,
                    "\(mount.target) keeps the first build (\(unit.dockerfile.location):\(copy.line)); delete the mount, and serve "
                        + "from the image")
            } + CollectedVolumes.violations(of: unit, service, compose)
        }
    }

    /// nginx serves an empty folder.
    static let unfilledVolume = Rule(
        "AP196", .error, "nothing fills the volume that nginx serves",
        why:
            "Only nginx mounts the volume: nobody writes the built files into it, and every page is nginx's own or 403.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['dist:/usr/share/nginx/html']\nvolumes: {dist: {}}\n"
            ]
        ],
        passes: [
            "services:\n  web:\n    image: nginx:1.27\n    volumes: ['dist:/usr/share/nginx/html:ro']\n  build:\n    build: .\n    volumes: ['dist:/out']\nvolumes: {dist: {}}\n",
            "services:\n  web:\n    image: nginx:1.27\n    volumes: ['dist:/usr/share/nginx/html']\nvolumes:\n  dist: {external: true}\n",
        ].map { RuleExample(["compose.yml": $0]) }
    ) { repository in
        ServingContainer.all(in: repository).compactMap { container in
            guard
                let mount = container.service.mounts.first(where: {
                    $0.kind == .volume && $0.source != nil && GoPath.clean($0.target) == "/usr/share/nginx/html"
                }), let volume = mount.source
            else { return nil }
            let others = container.compose.family.flatMap(\.services).filter { other in
                other.name != container.service.name && other.mounts.contains { $0.source == volume }
            }
            let declared = container.compose.root?.at("volumes", volume)
            let scripts = repository.scripts.map(\.text) + repository.workflows.map(\.text)
            guard others.isEmpty, declared?["external"] == nil, declared?["driver_opts"] == nil,
                !scripts.contains(where: { $0.contains(volume) }), !container.fills("/usr/share/nginx/html")
            else { return nil }
            return Violation(
                file: container.compose.location, line: mount.position.line,
                "no other service mounts \(volume); build the files into the image, or mount the volume where they are built"
            )
        }
    }
}

/// A service of a Compose file that runs nginx, with the configurations that it reads.
struct ServingContainer {
    let service: ComposeService
    let compose: CheckedFile<ComposeFile>
    let configurations: [CheckedFile<NginxFile>]
    /// What its image is built with; empty for nginx's own image.
    let instructions: [DockerfileInstruction]

    /// Those that deploy.
    static func all(in repository: CheckedRepository) -> [ServingContainer] {
        guard repository.isWhole else { return [] }
        var found: [ServingContainer] = []
        for file in repository.composeFiles where !file.isForDevelopment && !file.includesOthers {
            for service in file.services where service.build == nil && service.node["extends"] == nil {
                let image = ImageName(service.image?.text ?? "")
                guard image.repository == "nginx", service.entrypoint == nil, file.running(service.name).count == 1
                else {
                    continue
                }
                let sources = service.mounts.filter { $0.target.hasPrefix("/etc/nginx") }.compactMap {
                    $0.source.flatMap(file.resolve)
                }
                let configurations = repository.nginxFiles.filter { configuration in
                    sources.contains { configuration.location == $0 || configuration.location.hasPrefix($0 + "/") }
                }
                found.append(
                    ServingContainer(
                        service: service, compose: file, configurations: configurations, instructions: []))
            }
        }
        for unit in repository.deployedUnits where !unit.isForDevelopment {
            guard let service = unit.service, let compose = unit.compose, !compose.includesOthers,
                unit.dockerfile.finalBase.map({ ImageName($0).name }) == "nginx", service.entrypoint == nil,
                !unit.instructions.contains(where: { $0.keyword == "ENTRYPOINT" })
            else { continue }
            found.append(
                ServingContainer(
                    service: service, compose: compose, configurations: NginxConfigurations.of(unit),
                    instructions: unit.instructions))
        }
        return found
    }

    var volumesLine: Int { service.node["volumes"]?.line ?? service.line }

    /// Whether a command makes them before nginx starts.
    var makesCertificates: Bool {
        let text = instructions.filter { $0.keyword == "RUN" || $0.keyword == "CMD" }.map(\.text).joined()
        return (text + (service.command?.text ?? "")).contains("openssl")
    }

    /// The certificate's place in the repository, when a folder of it is mounted and nothing puts the file there.
    func emptyFolder(of path: String) -> String? {
        let repository = compose.repository
        let mount = service.mounts.first { path.hasPrefix(GoPath.clean($0.target) + "/") }
        guard let mount, let source = mount.source, source.hasPrefix("."), let folder = compose.resolve(source)
        else { return nil }
        let place = GoPath.clean(folder + path.dropFirst(GoPath.clean(mount.target).utf8.count))
        guard repository.keptText(place) == nil else { return nil }
        let name = SourceTree.Entry(path: folder).name
        let signs = ["openssl req", "mkcert", "snakeoil", folder, " " + name + "/", "/" + name + "/"]
        // A guide that writes to the container's own path on the host fills a folder that nobody mounts.
        let inside = SourceTree.Entry(path: path).directory
        let texts = repository.documents.map(\.path) + repository.scripts.map(\.location)
        let makefiles = repository.tree.files(named: "Makefile").map(\.path)
        let isTold = (texts + makefiles).contains { file in
            guard var text = repository.tree.text(file) else { return false }
            if text.contains("-out " + inside + "/") {
                text = text.split(separator: "\n").filter { !$0.contains(inside) && !$0.contains("openssl req") }
                    .joined(separator: "\n")
            }
            return signs.contains { text.contains($0) }
        }
        return isTold || compose.text.contains("certbot") ? nil : place
    }

    /// Whether anything can stand at the path.
    func has(_ path: String) -> Bool {
        let own = ["/usr/share/nginx/html", "/etc/nginx/conf.d", "/var/cache", "/tmp", "/dev", "/var/log"]
        let mounted = service.mounts.map { GoPath.clean($0.target) } + (service.node["tmpfs"]?.texts ?? [])
        let secrets = service.node["secrets"] != nil || service.node["configs"] != nil
        return (own + mounted).contains { path == $0 || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
            || secrets || isCopied(path)
            || instructions.contains { $0.keyword == "RUN" && $0.text.contains(SourceTree.Entry(path: path).directory) }
            || service.command?.text.contains(path) == true
    }

    /// Whether the image's build puts files there.
    func fills(_ path: String) -> Bool { isCopied(path) }

    private func isCopied(_ path: String) -> Bool {
        var folder = "/"
        for instruction in instructions {
            switch instruction.keyword {
            case "WORKDIR":
                let next = instruction.arguments.first ?? ""
                folder = next.hasPrefix("/") ? GoPath.clean(next) : GoPath.clean(folder + "/" + next)
            case "COPY", "ADD":
                guard let place = instruction.arguments.last else { continue }
                let target = place.hasPrefix("/") ? GoPath.clean(place) : GoPath.clean(folder + "/" + place)
                if target.contains("$") || target == path || path.hasPrefix(target + "/")
                    || target.hasPrefix(path + "/") || target == "/"
                {
                    return true
                }
            default: break
            }
        }
        return false
    }
}
