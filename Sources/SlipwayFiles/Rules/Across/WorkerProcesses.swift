// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// More processes than memory.
    static let workerMemory = Rule(
        "AP183", .warning, "a memory limit is small for the workers",
        why:
            "Each worker process takes 100 MB or so before the first request; at the limit the kernel ends one of them, "
            + "and requests with it.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    mem_limit: 256m\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    mem_limit: 1g\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let compose = unit.compose, let limit = unit.service?.memoryLimit,
                let bytes = ByteCount.read(limit.text),
                let workers = unit.server?.line.workers, bytes < workers * WorkerMemory.inBytes
            else { return nil }
            return Violation(
                file: compose.location, line: limit.line,
                "\(workers) workers want \(workers * WorkerMemory.inBytes >> 20) MB and more; write fewer workers or: mem_limit: 1g"
            )
        }
    }

    /// A queue that nobody empties.
    static let workerMissing = Rule(
        "AP184", .warning, "a worker of the code is started by no file",
        why: "Jobs are queued and nobody works on them: mails are not sent, and nothing says so.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "web", directory: ".", role: .backend, start: "gunicorn a:app"),
                        Service(name: "worker", directory: ".", role: .worker, start: "celery -A a worker"),
                    ])),
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker:email\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "listen()\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
            [
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\n",
                "compose.yml":
                    "services:\n  app:\n    build: .\n  worker:\n    build: .\n    command: [php, artisan, 'queue:work']\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\n",
                "compose.yml":
                    "services:\n  app:\n    build: .\n  worker:\n    build: .\n    command: [php, artisan, 'queue:work']\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    env: docker\n  - type: worker\n    name: b\n    env: docker\n    dockerCommand: php artisan queue:work\n",
            ],
            [
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\n",
                "compose.yml":
                    "services:\n  app:\n    build: .\n  worker:\n    build: .\n    command: [php, artisan, 'queue:work']\n",
                "docker/supervisord.conf": "[program:queue]\ncommand=php artisan queue:work\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "fly.toml": "app = 'a'\n[processes]\nweb = 'npm start'\nworker = 'npm run worker:email'\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker:email\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "listen()\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "import './workers/emailWorker'\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A a worker\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "worker", directory: ".", role: .worker, start: "celery -A a worker")])),
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return queueWorkers(repository) + WorkerScripts.notStarted(in: repository)
            + PlatformWorkers.leftOut(in: repository)
    }

    private static func queueWorkers(_ repository: CheckedRepository) -> [Violation] {
        guard let app = repository.app else { return [] }
        let files = repository.composeFiles.filter {
            !$0.isForDevelopment && $0.document.services.contains { $0.build != nil }
        }
        guard let file = files.first else { return [] }
        return app.services.filter { $0.role == .worker }.compactMap { worker in
            guard let start = worker.start, let command = ServerCommandLine(start) else { return nil }
            let program = command.program
            guard ["celery", "rq", "dramatiq", "arq", "huey", "sidekiq", "bullmq", "saq"].contains(program) else {
                return nil
            }
            let isStarted = repository.tree.entries.contains { entry in
                let format = FileFormat(path: entry.path)
                let isPlace =
                    format == .compose || format == .dockerfile || format == .procfile || format == .fly
                    || format == .render
                    || format == .shell || format == .systemd || entry.name.hasSuffix(".conf")
                    || entry.name.hasSuffix(".ini") || format == .railway
                return isPlace && repository.tree.text(entry.path)?.contains(program) == true
            }
            guard !isStarted else { return nil }
            return Violation(
                file: file.location, line: 1, "nothing starts \(worker.name); add a service with: command: \(start)")
        }
    }
}
