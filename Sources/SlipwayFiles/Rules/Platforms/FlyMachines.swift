// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Machines and volumes of fly.toml.
extension Rule<CheckedFile<FlyToml>> {
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
