// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of fly.toml (fly.io/docs/reference/configuration; flyctl internal/appconfig).
enum FlyKeys {
    static let top: Set<String> = [
        "app", "primary_region", "kill_signal", "kill_timeout", "swap_size_mb", "console_command", "host_dedication_id",
        "build", "env", "deploy", "http_service", "services", "checks", "mounts", "vm", "processes", "statics", "files",
        "metrics", "restart", "experimental", "machine_config", "machine_checks", "mcp", "compute", "launch",
    ]
    static let build: Set<String> = [
        "builder", "args", "buildpacks", "image", "settings", "builtin", "dockerfile", "ignorefile", "build-target",
        "compression", "compression_level",
    ]
    static let deploy: Set<String> = [
        "release_command", "release_command_vm", "release_command_timeout", "strategy", "max_unavailable",
        "wait_timeout",
        "seed_command", "release_command_compute",
    ]
    static let http: Set<String> = [
        "processes", "internal_port", "protocol", "force_https", "auto_stop_machines", "auto_start_machines",
        "min_machines_running", "concurrency", "checks", "tls_options", "http_options", "machine_checks",
    ]
}

extension Rule<CheckedFile<FlyToml>> {
    /// flyctl warns, or says nothing, and goes on without it.
    static let flyUnknownKey = Rule(
        "FL001", .warning, "flyctl ignores the key",
        why: "flyctl goes on without a key that it does not know, so what it should set is not set.",
        catches: [
            "app = 'a'\n[build]\ntarget = 'production'\n", "app = 'a'\n[http_services]\ninternal_port = 8080\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\nmin_machines = 1\n",
        ],
        passes: ["app = 'a'\n[build]\nbuild-target = 'production'\n[http_service]\ninternal_port = 8080\n"]
    ) { file in
        guard let root = file.document.root?.mapping else { return [] }
        func unknown(_ mapping: DataMapping?, _ known: Set<String>, _ place: String) -> [Violation] {
            (mapping?.entries ?? []).filter { !known.contains($0.key) }.map { entry in
                let special = ["target": "build-target", "build_target": "build-target"][entry.key]
                let near =
                    place == "[build]"
                    ? special ?? NearestWord.of(entry.key, among: known) : NearestWord.of(entry.key, among: known)
                return Violation(
                    line: entry.line, column: entry.position.column,
                    "\(entry.key) is no key of \(place); \(near.map { "write: \($0)" } ?? "delete it")")
            }
        }
        return unknown(root, FlyKeys.top, "fly.toml")
            + unknown(root["build"]?.mapping, FlyKeys.build, "[build]")
            + unknown(root["deploy"]?.mapping, FlyKeys.deploy, "[deploy]")
            + unknown(root["http_service"]?.mapping, FlyKeys.http, "[http_service]")
    }

    /// Parsed, and read by nothing.
    static let flyDeadKey = Rule(
        "FL002", .info, "flyctl reads the key and does nothing",
        why: "The key is parsed and nothing reads it: a failed deployment is not rolled back because of it.",
        catches: ["app = 'a'\n[experimental]\nauto_rollback = true\n"],
        passes: ["app = 'a'\n[experimental]\ncmd = ['a']\n"]
    ) { file in
        guard let entry = file.document.root?["experimental"]?.mapping?.entry("auto_rollback") else { return [] }
        return [
            Violation(
                line: entry.line,
                "auto_rollback is read by nothing; delete it, and write: [deploy] strategy = \"bluegreen\"",
                fix: Fix("delete auto_rollback", line: entry.line, count: 1, replacement: []))
        ]
    }

    /// Fly's proxy asks where nobody answers.
    static let flyPort = Rule(
        "FL003", .error, "internal_port is not where the application listens",
        why: "Fly's proxy finds nobody on the port: checks fail and the release stops.",
        catches: [
            [
                "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 8080\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
            ],
            ["fly.toml": "app = 'a'\n[http_service]\nforce_https = true\n"],
        ],
        passes: [
            [
                "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 8000\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
            ]
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard let port = service.internalPort else {
                let isMissing = service.node["internal_port"] == nil
                return isMissing
                    ? Violation(line: service.node.line, "the service has no port; add: internal_port = 8080") : nil
            }
            guard service.processes.isEmpty || service.processes == ["app"], file.document.processes.isEmpty,
                let unit = FlyImages.unit(of: file), let number = UInt16(exactly: port)
            else { return nil }
            let given = file.document.environment.first { $0.name == "PORT" }?.value
            guard given == nil else { return nil }
            let ports = unit.listeningPorts
            guard !ports.isEmpty, !ports.contains(number) else { return nil }
            return Violation(
                line: service.node["internal_port"]?.line ?? service.node.line,
                "the image listens on \(ports.sorted().map(String.init).joined(separator: ", ")) "
                    + "(\(unit.imageStart.map { "\($0.file):\($0.line)" } ?? unit.dockerfile.location)); "
                    + "write: internal_port = \(ports.sorted()[0])")
        }
    }

    /// Two services, one port, and one of them is lost.
    static let flyTwoServices = Rule(
        "FL004", .error, "http_service and services use one port",
        why: "flyctl accepts both, keeps one of them, and the other's checks fail.",
        catches: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[services]]\ninternal_port = 8080\nprotocol = 'tcp'\n"
        ],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[services]]\ninternal_port = 9000\nprotocol = 'tcp'\n"
        ]
    ) { file in
        guard let http = file.document.root?["http_service"], let port = http["internal_port"]?.int else { return [] }
        return (file.document.root?["services"]?.sequence ?? []).filter { $0["internal_port"]?.int == port }.map {
            Violation(line: $0.line, "[http_service] has \(port) already; delete one of the two")
        }
    }

    /// A service for a process that does not exist.
    static let flyUnknownProcess = Rule(
        "FL005", .error, "a service names a process that is not defined",
        why: "flyctl refuses a service, mount or machine size whose process group is not in [processes].",
        catches: ["app = 'a'\n[processes]\nweb = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['app']\n"],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['app']\n",
            "app = 'a'\n[processes]\nweb = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['web']\n",
        ]
    ) { file in
        let defined = file.document.processes.map(\.name)
        let known = Set(defined.isEmpty ? ["app"] : defined)
        let root = file.document.root
        let users = file.document.services.map(\.node) + file.document.mounts + (root?["vm"]?.sequence ?? [])
        return users.flatMap { node in
            (node["processes"]?.texts ?? []).filter { !known.contains($0) }.map { name in
                Violation(
                    line: node["processes"]?.line ?? node.line,
                    "[processes] has no \(name); write: processes = [\"\(NearestWord.of(name, among: known) ?? known.sorted()[0])\"]"
                )
            }
        }
    }

    /// flyctl refuses checks outside its limits.
    static let flyCheckRange = Rule(
        "FL006", .error, "a check is outside Fly's limits",
        why: "flyctl refuses an interval under 2 s and a timeout over 60 s.",
        catches: [
            "app = 'a'\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\ninterval = '1s'\ntimeout = '5s'\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = '/'\ninterval = '15s'\ntimeout = '90s'\n",
        ],
        passes: ["app = 'a'\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\ninterval = '15s'\ntimeout = '5s'\n"]
    ) { file in
        FlyChecks.all(in: file.document).flatMap { check -> [Violation] in
            var found: [Violation] = []
            if let interval = check["interval"], let seconds = FlyChecks.seconds(interval), seconds < 2 {
                found.append(
                    Violation(line: interval.line, "\(interval.text ?? "") is too often; write: interval = \"15s\""))
            }
            if let timeout = check["timeout"], let seconds = FlyChecks.seconds(timeout), seconds > 60 {
                found.append(
                    Violation(line: timeout.line, "\(timeout.text ?? "") is too long; write: timeout = \"10s\""))
            }
            return found
        }
    }

    /// A release that does not answer is not noticed.
    static let flyNoCheck = Rule(
        "FL007", .warning, "no check: Fly sends requests to what does not answer",
        why:
            "Without a check a release counts as good when its process runs; requests go to machines that do not answer, "
            + "and blue-green deployments are refused.",
        catches: ["app = 'a'\n[http_service]\ninternal_port = 8080\n"],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = '/health'\ninterval = '15s'\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\n",
        ]
    ) { file in
        guard let service = file.document.services.first, FlyChecks.all(in: file.document).isEmpty else { return [] }
        let path = file.repository.app?.services.compactMap(\.healthPath).first ?? "/"
        return [
            Violation(
                line: service.node.line,
                "nothing checks the service; add: [[http_service.checks]] with path = \"\(path)\", interval = \"15s\", timeout = \"5s\", grace_period = \"20s\""
            )
        ]
    }

    /// Workers sleep when nobody looks.
    static let flyAutoStop = Rule(
        "FL008", .warning, "machines with background work stop when nobody asks",
        why: "Fly stops a machine without requests, and with it every worker, schedule and queue that runs on it.",
        catches: [
            RuleExample(
                [
                    "fly.toml":
                        "app = 'a'\n[http_service]\ninternal_port = 8080\nauto_stop_machines = 'stop'\nmin_machines_running = 0\n"
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
                    "fly.toml":
                        "app = 'a'\n[http_service]\ninternal_port = 8080\nauto_stop_machines = 'off'\nmin_machines_running = 1\n"
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, singleInstance: "a scheduler in the process")
                    ])),
            "app = 'a'\n[http_service]\ninternal_port = 8080\nauto_stop_machines = 'stop'\n",
        ]
    ) { file in
        guard let http = file.document.root?["http_service"], let stop = http["auto_stop_machines"],
            stop.bool == true || ["stop", "suspend"].contains(stop.text ?? ""),
            (http["min_machines_running"]?.int ?? 0) == 0,
            let app = file.repository.app
        else { return [] }
        // A file beside the code of some services is about these.
        let beside = app.services.filter { $0.directory == file.folder }
        let reason = (beside.isEmpty ? app.services : beside).lazy.compactMap(\.singleInstance).first { reason in
            ["schedul", "timer", "cron", "background", "queue", "job"].contains { reason.lowercased().contains($0) }
        }
        guard let reason else { return [] }
        return [Violation(line: stop.line, "\(reason) stops with the machine; write: min_machines_running = 1")]
    }

    /// One volume belongs to one machine.
    static let flyVolumes = Rule(
        "FL009", .info, "a volume ties the application to one machine",
        why: "A Fly volume belongs to one machine in one region. A second machine gets a volume of its own with other "
            + "data, canary deployments are refused, and a rolling one stops the only machine.",
        catches: [
            "app = 'a'\n[mounts]\nsource = 'data'\ndestination = '/data'\n[http_service]\ninternal_port = 8080\n"
        ],
        passes: ["app = 'a'\n[http_service]\ninternal_port = 8080\n"]
    ) { file in
        file.document.mounts.prefix(1).map { mount in
            let strategy = file.document.root?.at("deploy", "strategy")
            if strategy?.text == "canary" {
                return Violation(
                    line: strategy?.line, "canary is refused with a volume; write: strategy = \"rolling\"",
                    severity: .error)
            }
            let minimum = file.document.root?.at("http_service", "min_machines_running")
            if let count = minimum?.int, count > 1 {
                return Violation(
                    line: minimum?.line,
                    "\(count) machines have \(count) volumes with different data; write: min_machines_running = 1",
                    severity: .warning)
            }
            return Violation(line: mount.line, "keep it to one machine; type: fly scale count 1")
        }
    }

    /// Release machines have no volumes.
    static let flyReleaseVolume = Rule(
        "FL010", .error, "the release command works on a volume that it does not have",
        why:
            "The release command runs on a machine of its own without volumes: it migrates an empty file that is thrown away.",
        catches: [
            "app = 'a'\n[env]\nDATABASE_URL = 'sqlite:////data/app.db'\n[deploy]\nrelease_command = 'alembic upgrade head'\n[mounts]\nsource = 'd'\ndestination = '/data'\n"
        ],
        passes: [
            "app = 'a'\n[env]\nDATABASE_URL = 'postgres://db'\n[deploy]\nrelease_command = 'alembic upgrade head'\n[mounts]\nsource = 'd'\ndestination = '/data'\n"
        ]
    ) { file in
        guard let release = file.document.releaseCommand, MigrationRuns.runs(release.text),
            let mount = file.document.mounts.first,
            let folder = mount["destination"]?.text,
            file.document.environment.contains(where: {
                ($0.value ?? "").contains(folder) && ($0.value ?? "").hasPrefix("sqlite")
                    || ($0.value ?? "").hasPrefix("file:\(folder)")
            })
        else { return [] }
        return [
            Violation(
                line: release.line,
                "\(folder) is not mounted there; delete release_command, and migrate when the machine starts")
        ]
    }

    /// Paths are relative to fly.toml.
    static let flyDockerfile = Rule(
        "FL011", .error, "the Dockerfile of fly.toml does not exist",
        why: "The path is relative to fly.toml; flyctl stops when the file is not there.",
        catches: [
            ["fly.toml": "app = 'a'\n[build]\ndockerfile = 'docker/Dockerfile'\n", "Dockerfile": "FROM debian:12\n"]
        ],
        passes: [["fly.toml": "app = 'a'\n[build]\ndockerfile = 'Dockerfile'\n", "Dockerfile": "FROM debian:12\n"]]
    ) { file in
        guard file.repository.isWhole, let dockerfile = file.document.dockerfile else { return [] }
        let isAbsolute = dockerfile.text.hasPrefix("/")
        let path = GoPath.clean(
            file.folder + "/" + (isAbsolute ? String(dockerfile.text.dropFirst()) : dockerfile.text))
        let exists = file.repository.tree.contains(path)
        if exists && isAbsolute {
            return [
                Violation(
                    line: dockerfile.line,
                    "\(dockerfile.text) is absolute; write: dockerfile = \"\(dockerfile.text.dropFirst())\"",
                    severity: .warning)
            ]
        }
        guard !exists else { return [] }
        let near = file.repository.tree.files(named: SourceTree.Entry(path: path).name).first?.path
        return [
            Violation(
                line: dockerfile.line,
                "\(path) does not exist; " + (near.map { "there is \($0)" } ?? "write the path of the Dockerfile"))
        ]
    }

    /// A machine that starts and is killed.
    static let flyMemory = Rule(
        "FL012", .warning, "the machine's memory is small for its workers",
        why: "Each worker process of an interpreter takes 100 MB or so before the first request; the kernel ends the "
            + "process that asks for more than the machine has.",
        catches: [
            [
                "fly.toml": "app = 'a'\n[[vm]]\nmemory = '256mb'\n[http_service]\ninternal_port = 8000\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ],
        passes: [
            [
                "fly.toml": "app = 'a'\n[[vm]]\nmemory = '1gb'\n[http_service]\ninternal_port = 8000\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ]
    ) { file in
        guard let vm = file.document.root?["vm"]?.sequence?.first ?? file.document.root?["vm"],
            let memory = vm["memory"] ?? vm["memory_mb"], let text = memory.text,
            let bytes = vm["memory_mb"]?.int.map({ $0 << 20 }) ?? ByteCount.read(text),
            let workers = FlyImages.unit(of: file)?.server?.line.workers, bytes < workers * WorkerMemory.inBytes
        else { return [] }
        return [
            Violation(
                line: memory.line,
                "\(workers) workers want \(workers * WorkerMemory.inBytes >> 20) MB and more; write fewer workers or: memory = \"1gb\""
            )
        ]
    }
}

/// What one worker of an interpreter takes at least: a framework with an ORM, measured idle.
enum WorkerMemory { static let inBytes = 100 << 20 }

/// The image that a fly.toml deploys.
enum FlyImages {
    static func unit(of file: CheckedFile<FlyToml>) -> DeployedUnit? {
        guard file.document.image == nil else { return nil }
        let name = file.document.dockerfile?.text ?? "Dockerfile"
        let path = GoPath.clean(file.folder + "/" + (name.hasPrefix("/") ? String(name.dropFirst()) : name))
        // Fly.io starts what the image starts, whatever a Compose file makes of it.
        return file.repository.images.first { $0.dockerfile.location == path }.map { unit in
            DeployedUnit(
                dockerfile: unit.dockerfile, stage: unit.stage, compose: nil, service: nil, context: unit.context,
                app: unit.app)
        }
    }
}

/// Every check of a fly.toml.
enum FlyChecks {
    static func all(in file: FlyToml) -> [DataNode] {
        let named = (file.root?["checks"]?.mapping?.entries ?? []).map(\.value)
        let ofServices = file.services.flatMap { service in
            ["checks", "http_checks", "tcp_checks", "script_checks"].flatMap { service.node[$0]?.sequence ?? [] }
        }
        return named + ofServices
    }

    /// `10s`, `500ms`, `1m`; bare numbers are milliseconds.
    static func seconds(_ node: DataNode) -> Double? {
        if let number = node.int, node.string == nil { return Double(number) / 1000 }
        guard let text = node.text else { return nil }
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(digits) else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return value / 1000
        case "s": return value
        case "m": return value * 60
        default: return nil
        }
    }
}
