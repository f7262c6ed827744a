// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The host's folder lies over what the image was built with.
    static let hiddenByMount = Rule(
        "CO020", .warning, "a bind mount hides what the image installed",
        why: "The host's folder lies over the image's: installed dependencies and built files are gone, and the "
            + "container runs what the host happens to have.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD [\"node\"]\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app', '/app/node_modules']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD [\"node\"]\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./uploads:/app/uploads']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\nRUN npm ci\nCMD [\"node\"]\n",
            ],
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let dockerfile = file.dockerfile(of: service) else { return [] }
            let made = InstalledFolders.of(dockerfile, target: service.build?.target)
            let command = service.command?.text ?? ""
            return service.mounts.compactMap { mount in
                guard mount.kind == .bind,
                    let hidden = made.first(where: { $0 == mount.target || $0.hasPrefix(mount.target + "/") }),
                    !service.mounts.contains(where: { $0.kind != .bind && hidden.hasPrefix($0.target) }),
                    !command.contains("install")
                else { return nil }
                return Violation(
                    line: mount.position.line,
                    "\(mount.source ?? "the mount") hides \(hidden) of the image; delete the mount, or add: - \(hidden)",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// Whoever deploys with this file runs the working copy and not the image.
    static let sourceMounted = Rule(
        "CO021", .info, "the source is mounted over the image",
        why: "The container runs the working copy and not what was built and tested; a checkout changes what runs.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./:/srv']\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./data:/srv/data']\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
            ]
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        return file.services.flatMap { service -> [Violation] in
            guard let build = service.build, let context = file.resolve(build.context),
                let dockerfile = file.dockerfile(of: service)
            else { return [] }
            let folders = dockerfile.finalWorkingFolders
            return service.mounts.compactMap { mount in
                guard mount.kind == .bind, !mount.isReadOnly, let source = mount.source.flatMap(file.resolve),
                    folders.contains(mount.target.count > 1 ? GoPath.clean(mount.target) : mount.target),
                    source == context || source.hasPrefix(context == "." ? "" : context + "/")
                        || context.hasPrefix(source + "/") || source == "."
                else { return nil }
                let isProduction = DevelopmentPath.isProduction(file.location)
                return Violation(
                    line: mount.position.line,
                    "\(service.name) runs the working copy; move this mount to compose.override.yml",
                    severity: isProduction ? .warning : .info)
            }
        }
    }

    /// Docker makes an empty folder where it finds no file.
    static let missingMount = Rule(
        "CO022", .error, "a mounted file does not exist",
        why: "Docker makes an empty folder where it finds nothing, and the program fails to read its configuration.",
        catches: [
            "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']\n"
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n",
                "nginx.conf": "events {}\n",
            ],
            "services:\n  web:\n    image: web:1\n    volumes: ['./data:/data', './acme.json:/acme.json']\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.services.flatMap { service in
            service.mounts.compactMap { mount -> Violation? in
                guard mount.kind == .bind, let source = mount.source, let path = file.resolve(source),
                    isWritten(path), !ScriptPaths.isIgnored(path, in: file.repository.tree),
                    !file.repository.tree.contains(path), !file.repository.tree.hasDirectory(path),
                    !isBroughtByDeployment(path, file.repository)
                else { return nil }
                let near = fitting(path, for: mount.target, in: file.repository).map { "; it stands at \($0)" } ?? ""
                return Violation(
                    line: mount.position.line,
                    "\(path) does not exist, so Docker mounts an empty folder\(near); "
                        + "write the path of the file",
                    severity: file.isForDevelopment ? .warning : .error)
            }
        }
    }

    /// Whether a step of the deployment puts a file of that name beside the Compose file of the server.
    private static func isBroughtByDeployment(_ path: String, _ repository: CheckedRepository) -> Bool {
        let name = SourceTree.Entry(path: path).name
        return repository.toldCommands.contains { told in
            guard told.isOfDeployment, let program = told.words.first, let last = told.words.last else { return false }
            return ["scp", "rsync", "cp", "mv", "install"].contains(program) && last.hasSuffix("/" + name)
        }
    }

    /// A file of the repository that can take the place: of the same name, or of the same kind in the same folder.
    /// `/etc/nginx/nginx.conf` is the whole configuration, and a block of a server alone is refused there.
    private static func fitting(_ path: String, for target: String, in repository: CheckedRepository) -> String? {
        let entry = SourceTree.Entry(path: path)
        let ending = entry.name.split(separator: ".").last.map { "." + $0 } ?? ""
        let beside = repository.tree.files(under: entry.directory).filter {
            $0.stands(in: entry.directory) && $0.name.hasSuffix(ending)
        }
        let isNginx = target.hasPrefix("/etc/nginx/")
        let isWhole = GoPath.clean(target) == "/etc/nginx/nginx.conf"
        let named = repository.tree.files(named: entry.name)
        return (named + (isNginx ? Array(beside) : [])).map(\.path).first { other in
            guard isNginx, let text = repository.tree.text(other) else { return !isNginx }
            return NginxFile(parsing: text).directives.contains { ["events", "http"].contains($0.name) } == isWhole
        }
    }

    /// Whether the name is one of a file that people write and keep in git.
    private static func isWritten(_ path: String) -> Bool {
        let name = path.lowercased()
        if name.contains(".conf.") || name.contains(".conf-") { return true }
        guard
            !["cert", "ssl", "key", "secret", "local", ".env", "vendor/", "node_modules/"].contains(where: {
                name.contains($0)
            })
        else {
            return false
        }
        return [".conf", ".template", ".yml", ".yaml", ".toml", ".sql", ".sh", ".ini", ".cnf", ".py", ".js", ".cfg"]
            .contains { name.hasSuffix($0) } || name.hasSuffix("/caddyfile") || name == "caddyfile"
    }

    /// The whole host is in its hands.
    static let dockerSocket = Rule(
        "CO023", .warning, "the Docker socket is mounted",
        why: "Whoever reaches the socket, read-only or not, can start a container with the host's root folder in it.",
        catches: [
            "services:\n  a:\n    image: a:1\n    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']\n"
        ],
        passes: [
            "services:\n  a:\n    image: a:1\n    volumes: ['./data:/data']\n",
            "services:\n  a:\n    image: tecnativa/docker-socket-proxy:0.3.0\n    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']\n",
        ]
    ) { file in
        file.services.flatMap { service in
            // The proxy that the message asks for has to reach the socket itself.
            guard service.image?.text.contains("socket-proxy") != true else { return [Violation]() }
            return service.mounts.filter { $0.source?.hasSuffix("docker.sock") == true }.map { mount in
                Violation(
                    line: mount.position.line,
                    "\(service.name) can do everything on the host; put a socket proxy between, or delete the mount",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }
}

/// Where a Dockerfile's last stage installs what a mount could hide.
enum InstalledFolders {
    static func of(_ dockerfile: CheckedDockerfile, target: String?) -> [String] {
        let stages = dockerfile.stages
        guard let stage = target.flatMap({ dockerfile.reading.file.stage($0, in: stages) }) ?? stages.last else {
            return []
        }
        var found: [String] = []
        var folder = "/"
        for instruction in dockerfile.lineage(of: stage) {
            if instruction.keyword == "WORKDIR", let path = instruction.arguments.first {
                folder = path.hasPrefix("/") ? GoPath.clean(path) : GoPath.clean(folder + "/" + path)
            }
            guard instruction.keyword == "RUN", let text = instruction.arguments.first else { continue }
            let command = instruction.isJSON ? instruction.arguments.joined(separator: " ") : text
            let installs = [
                "npm ci", "npm install", "npm i ", "yarn install", "pnpm install", "pnpm i ", "bun install",
            ]
            if installs.contains(where: { command.contains($0) && !command.contains("-g") }) || command == "yarn" {
                found.append(GoPath.clean(folder + "/node_modules"))
            }
            if command.contains("composer install") { found.append(GoPath.clean(folder + "/vendor")) }
        }
        return found.contains { $0.hasPrefix("//") } ? [] : found
    }
}

extension CheckedDockerfile {
    /// The instructions of a stage after those of the stages that it is built on.
    func lineage(of stage: DockerfileStage) -> [DockerfileInstruction] {
        var chain = [stage]
        while let parent = chain[0].parent, chain.count <= stages.count { chain.insert(stages[parent], at: 0) }
        return chain.flatMap(\.instructions)
    }

    /// The folders that the last stage works in; its last one is where the process starts.
    var finalWorkingFolders: [String] {
        guard let stage = stages.last else { return [] }
        var folder = "/"
        let instructions = lineage(of: stage)
        let variables = ImageVariables(instructions)
        return instructions.compactMap { instruction in
            guard instruction.keyword == "WORKDIR", let word = instruction.arguments.first else { return nil }
            let path = variables.expanded(word)
            folder = path.hasPrefix("/") ? GoPath.clean(path) : GoPath.clean(folder + "/" + path)
            return folder
        }
    }
}
