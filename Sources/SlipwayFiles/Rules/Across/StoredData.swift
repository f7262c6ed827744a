// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What the application writes goes with the container.
    static let dataWithoutVolume = Rule(
        "AP131", .warning, "the application writes where no volume is",
        why: "Uploads and database files below a folder without a volume are gone with the next container.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["uploads"])]))
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  pages:\n    build: .\n    command: [sh, -c, mkdir -p /out/a && cp -R /app/a/. /out/a]\n    volumes: ['out:/out']\nvolumes: {out: {}}\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["uploads"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    volumes: ['up:/app/uploads']\nvolumes: {up: {}}\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["uploads"])])),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["app/logs"])])),
        ]
    ) { repository in
        let absolute = repository.isWhole ? AbsoluteFolders.all(in: repository) : []
        return repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, !compose.isForDevelopment, let app = unit.app,
                !app.role.isServedFromFiles, !service.ports.isEmpty || app.role == .backend,
                let folder = unit.dockerfile.finalWorkingFolders.last
            else { return [] }
            let own = absolute.filter { app.directory == "." || $0.file.hasPrefix(app.directory + "/") }.map(\.path)
            let mounts = compose.anywhere(service.name).flatMap(\.mounts).map { GoPath.clean($0.target) }
            return (app.writableDirectories + own).compactMap { directory in
                guard directory != ".", directory != "", !PassingFolder.isPassing(directory) else { return nil }
                let path = directory.hasPrefix("/") ? directory : GoPath.clean(folder + "/" + directory)
                guard
                    !mounts.contains(where: { path == $0 || path.hasPrefix($0 + "/") || $0.hasSuffix("/" + directory) })
                else { return nil }
                return Violation(
                    file: compose.location, line: service.line,
                    "\(service.name) writes to \(path), which no volume keeps; add: volumes: ['\(service.name)-data:\(path)']"
                )
            }
        }
    }

    /// A new volume belongs to root when the image has no such folder.
    static let volumeOwner = Rule(
        "AP132", .warning, "a volume belongs to root and the process does not",
        why: "Docker makes the folder of a new volume for root unless the image has it; the process's account cannot "
            + "write there, and the first upload fails.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['data:/data']\nvolumes: {data: {}}\n",
                "Dockerfile": "FROM python:3.13\nRUN useradd app\nUSER app\nCMD [\"python\", \"a.py\"]\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['media:/app/media']\nvolumes: {media: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd app && chown -R app /app\nUSER app\nCMD [\"python\", \"a.py\"]\n",
                "a.py": "",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['media:/home/app/web/media']\nvolumes: {media: {}}\n",
                "Dockerfile":
                    "FROM python:3.13 AS build\nRUN pip wheel -w /wheels flask\nFROM python:3.13\nENV HOME=/home/app\n"
                    + "ENV APP_HOME=/home/app/web\nRUN mkdir -p $APP_HOME && useradd app\nWORKDIR $APP_HOME\n"
                    + "COPY --from=build /wheels /wheels\nCOPY . $APP_HOME\nRUN chown -R app:app $APP_HOME\nUSER app\n",
                "a.py": "",
            ],
            // A folder beside it says nothing.
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['media:/app/media']\nvolumes: {media: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd app && mkdir -p /app/static && chown app "
                    + "/app/static\nUSER app\nCMD [\"python\", \"a.py\"]\n",
                "a.py": "", "media/keep": "",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['media:/home/app/web/media']\nvolumes: {media: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nENV APP_HOME=/home/app/web\nRUN mkdir -p $APP_HOME/media\nWORKDIR $APP_HOME\n"
                    + "COPY . $APP_HOME\nRUN chown -R app:app $APP_HOME\nUSER app\n",
                "a.py": "",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['data:/data']\nvolumes: {data: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nRUN useradd app && mkdir /data && chown app /data\nUSER app\nCMD [\"python\", \"a.py\"]\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['data:/data']\nvolumes: {data: {}}\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['media:/app/media']\nvolumes: {media: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN chown -R app /app\nUSER app\nCMD [\"python\", \"a.py\"]\n",
                "a.py": "", "media/keep": "",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['data:/app/data']\nvolumes: {data: {}}\n",
                "Dockerfile":
                    "FROM python:3.13 AS own\nRUN install -d -o 1000 /own/app/data\n"
                    + "FROM python:3.13\nCOPY --from=own /own /\nUSER 1000\nCMD [\"python\", \"a.py\"]\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, service.user == nil else { return [] }
            guard let user = unit.instructions.last(where: { $0.keyword == "USER" })?.arguments.first,
                !["root", "0"].contains(String(user.prefix { $0 != ":" })), !user.contains("$")
            else { return [] }
            return service.mounts.compactMap { mount in
                if let path = missingFolder(mount, in: compose) {
                    return Violation(
                        file: compose.location, line: mount.position.line,
                        "Docker makes \(path) for root, and \(user) cannot write there; type: mkdir -p \(path) && chown \(user) "
                            + path)
                }
                guard mount.kind == .volume, mount.source != nil, !mount.isReadOnly,
                    !PreparedFolders.has(GoPath.clean(mount.target), unit)
                else { return nil }
                return Violation(
                    file: compose.location, line: mount.position.line,
                    "\(user) cannot write to \(mount.target); add to \(unit.dockerfile.location) before USER: "
                        + "RUN mkdir -p \(mount.target) && chown \(user) \(mount.target)")
            }
        }
    }

    /// The folder of the host that a mount writes to and that the repository does not bring.
    private static func missingFolder(_ mount: ComposeMount, in compose: CheckedFile<ComposeFile>) -> String? {
        guard mount.kind == .bind, !mount.isReadOnly, !compose.isForDevelopment, let source = mount.source,
            let path = compose.resolve(source), path != ".", !SourceTree.Entry(path: path).name.contains("."),
            !compose.repository.tree.contains(path), !compose.repository.tree.hasDirectory(path)
        else { return nil }
        return path
    }

    /// Two writers of one SQLite file, or two memories of one truth.
    static let singleInstance = Rule(
        "AP133", .error, "several instances of what may run only once",
        why:
            "State that stands in one process's memory or in a local file is not shared: the second instance schedules "
            + "every job again, forgets sessions or locks the database.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    deploy:\n      replicas: 2\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, singleInstance: "a scheduler in the process")
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    deploy:\n      replicas: 2\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "a", directory: ".", role: .backend)]))
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let reason = unit.app?.singleInstance, let service = unit.service, let compose = unit.compose,
                let replicas = service.replicas, replicas > 1
            else { return nil }
            return Violation(
                file: compose.location, line: service.node.at("deploy", "replicas")?.line ?? service.line,
                "\(service.name) may run only once (\(reason)); write: replicas: 1")
        }
    }

    /// Each worker process has a memory of its own.
    static let singleInstanceWorkers = Rule(
        "AP134", .warning, "several worker processes of what may run only once",
        why: "Each worker process has its own memory: connections, rooms and timers of one are unknown to the others.",
        catches: [
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0\", \"a:app\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, singleInstance: "WebSocket rooms")]))
        ],
        passes: [
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"1\", \"-b\", \"0.0.0.0\", \"a:app\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, singleInstance: "WebSocket rooms")])),
            // Processes of one container have one disk.
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0\", \"a:app\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, singleInstance: SingleInstance.files(in: "media")
                        )
                    ])),
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let reason = unit.app?.singleInstance, !SingleInstance.isAboutFiles(reason), let server = unit.server,
                let workers = server.line.workers,
                workers > 1
            else { return nil }
            return Violation(
                file: server.file, line: server.number,
                "\(workers) workers share no memory (\(reason)); write: --workers 1")
        }
    }

    /// Nothing can be written, not even what must be.
    static let readOnlyRoot = Rule(
        "AP135", .error, "a read-only root and a folder that is written",
        why: "With read_only every write outside volumes and tmpfs fails, /tmp included.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    read_only: true\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["data"])])),
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    read_only: true\n"],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    read_only: true\n    tmpfs: [/var/cache/nginx, /var/run, /tmp]\n"
            ]
        ]
    ) { repository in
        let units = repository.deployedUnits
        return repository.composeFiles.flatMap { file in
            file.services.compactMap { service -> Violation? in
                guard let node = service.node["read_only"], node.bool == true else { return nil }
                let writable =
                    service.mounts.filter { !$0.isReadOnly }.map(\.target)
                    + (service.node["tmpfs"]?.texts ?? []).map {
                        String($0.prefix { $0 != ":" })
                    }
                let unit = units.first { $0.service?.name == service.name && $0.compose?.location == file.location }
                var wanted: [String] = []
                let movesWrites = repository.nginxFiles.contains { !$0.document.all("client_body_temp_path").isEmpty }
                if let image = file.runningImage(of: service), ImageName(image).name == "nginx", !movesWrites {
                    wanted = ["/var/cache/nginx", "/var/run"]
                }
                if let unit, let app = unit.app, let folder = unit.dockerfile.finalWorkingFolders.last {
                    wanted += app.writableDirectories.map { $0.hasPrefix("/") ? $0 : GoPath.clean(folder + "/" + $0) }
                }
                let missing = wanted.first { path in
                    !writable.contains {
                        path == $0 || path.hasPrefix($0 + "/") || ($0 == "/run" && path == "/var/run")
                    }
                }
                // A worker of the same image need not write what the server writes.
                let isOther = unit != nil && service.command != nil
                return missing.map {
                    Violation(
                        file: file.location, line: node.line, "\(service.name) writes to \($0); add: tmpfs: [\($0)]",
                        severity: isOther ? .warning : nil)
                }
            }
        }
    }
}
