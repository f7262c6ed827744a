// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Tasks pile up, and nothing says so.
    static let unreadQueue = Rule(
        "AP653", .error, "no worker takes from the queue that tasks are sent to",
        why:
            "Without a queue of its own a task goes to the one called celery (docs.celeryq.dev, task_default_queue), and a "
            + "worker with --queues takes from those alone: tasks wait for ever, without an error.",
        catches: [
            [
                "compose.yml":
                    "services:\n  work:\n    build: .\n    command: celery -A shop worker --queues=default,heavy\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/tasks.py": "from celery import shared_task\n@shared_task\ndef resize():\n    pass\n",
                "shop/views.py": "from .tasks import resize\ndef upload():\n    resize.delay()\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A shop worker -Q celery,heavy\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/views.py": "from .tasks import resize\ndef upload():\n    resize.delay()\n",
            ],
            [
                "compose.yml":
                    "services:\n  work:\n    build: .\n    command: celery -A shop worker -Q default\n  rest:\n    build: .\n    command: celery -A shop worker\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/views.py": "from .tasks import resize\ndef upload():\n    resize.delay()\n",
            ],
            [
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A shop worker -Q default\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/settings.py": "CELERY_TASK_DEFAULT_QUEUE = 'default'\n",
                "shop/views.py": "from .tasks import resize\ndef upload():\n    resize.delay()\n",
            ],
        ]
    ) { repository in
        let workers = CeleryQueues.workers(in: repository)
        guard let first = workers.first, workers.allSatisfy({ $0.queues != nil }),
            !workers.contains(where: { $0.queues?.contains("celery") == true }),
            let call = repository.code([".py"], with: [".delay(", ".apply_async("]).lazy.compactMap({ code in
                code.line(with: ".delay(", ".apply_async(").map { "\(code.path):\($0)" }
            }).first,
            // Whoever names queues in code has thought about them.
            repository.code([".py"], with: CeleryQueues.routing).isEmpty
        else { return [] }
        let queues = (first.queues ?? []).joined(separator: ",")
        return [
            Violation(
                file: first.file, line: first.line,
                "\(call) sends to the queue celery, and the workers take \(queues) alone; write: celery,\(queues)")
        ]
    }
}

/// Which queues the deployed workers of Celery take from.
private enum CeleryQueues {
    struct Worker {
        let file: String
        let line: Int
        /// `nil` for those that take what the settings say.
        let queues: [String]?
    }

    /// What sends tasks elsewhere than to the usual queue.
    static let routing = [
        "default_queue", "DEFAULT_QUEUE", "task_routes", "TASK_ROUTES", "task_queues", "TASK_QUEUES", "CELERY_QUEUES",
        "CELERY_ROUTES", "queue=", "routing_key=",
    ]

    static func workers(in repository: CheckedRepository) -> [Worker] {
        let commands =
            repository.deployedUnits.filter { !$0.isForDevelopment }.compactMap {
                $0.start.map { ($0.text, $0.file, $0.line) }
            }
            + repository.procfiles.flatMap { file in
                file.document.processes.map { ($0.command, file.location, $0.line) }
            }
        return commands.compactMap { text, file, line in
            let words = text.split { " \t\"',[]".contains($0) && $0 != "," || $0 == "\n" }.map(String.init)
            guard words.contains(where: { $0.hasSuffix("celery") }), words.contains("worker"), !text.contains("$")
            else {
                return nil
            }
            var queues: [String]?
            for (index, word) in words.enumerated() {
                if word == "-Q" || word == "--queues" {
                    queues = words.indices.contains(index + 1) ? names(words[index + 1]) : nil
                } else if word.hasPrefix("--queues=") {
                    queues = names(String(word.dropFirst(9)))
                } else if word.hasPrefix("-Q"), word.count > 2 {
                    queues = names(String(word.dropFirst(2)))
                }
            }
            return Worker(file: file, line: line, queues: queues)
        }
    }

    private static func names(_ text: String) -> [String] { text.split(separator: ",").map { String($0).trimmed } }
}
