// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The task is sent, and nobody takes it.
    static let unreadQueue = Rule(
        "AP671", .error, "tasks go to a queue that no Celery worker reads",
        why:
            "Without another word Celery sends to the queue celery; workers that are started with -Q read the named queues alone, "
            + "so nothing is ever done.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  work:\n    build: .\n    command: celery -A tasks worker -Q default,mail\n",
                "tasks.py": "app = Celery('a', broker=url)\n@app.task\ndef mail():\n    pass\n",
                "views.py": "mail.delay()\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  work:\n    build: .\n    command: celery -A worker worker --queues=default\n",
                "queue.py": "client = Celery(broker=url)\ndef send():\n    client.send_task('worker.run', args=[1])\n",
                "worker.py": "app = Celery('w', broker=url)\napp.conf.task_default_queue = 'default'\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  work:\n    build: .\n    command: celery -A tasks worker -Q celery,mail\n",
                "tasks.py": "app = Celery('a', broker=url)\n", "views.py": "mail.delay()\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  work:\n    build: .\n    command: celery -A tasks worker -Q default\n",
                "tasks.py": "app = Celery('a', broker=url)\napp.conf.task_default_queue = 'default'\n",
                "views.py": "mail.delay()\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n  a:\n    build: .\n    command: celery -A tasks worker -Q mail\n  b:\n    build: .\n    command: celery -A tasks worker\n",
                "tasks.py": "app = Celery('a', broker=url)\n", "views.py": "mail.delay()\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let starts =
            repository.deployedUnits.filter { !$0.isForDevelopment }.flatMap(\.startedCommands)
            + repository.procfiles.flatMap { file in
                file.document.processes.map { (text: $0.command, file: file.location, line: $0.line) }
            }
        let workers = starts.filter { start in
            start.text.contains("celery") && start.text.split { " \"',[]".contains($0) }.contains("worker")
        }
        let read = workers.map { queues(in: $0.text) }
        guard let first = workers.first, !read.contains(where: { $0 == nil }),
            !read.contains(where: {
                $0?.contains("celery") == true || $0?.contains(where: { $0.contains("$") }) == true
            })
        else { return [] }
        let routed = [
            "default_queue", "DEFAULT_QUEUE", "task_routes", "TASK_ROUTES", "task_queues", "TASK_QUEUES",
            "CELERY_QUEUES",
        ]
        let apps = repository.code([".py"], with: ["Celery("]).filter { code in
            code.bare.contains { $0.contains("=Celery(") }
        }
        // One that only sends, and says no queue.
        let sender = apps.lazy.compactMap { code -> Violation? in
            let text = code.bare.joined(separator: "\n")
            guard !routed.contains(where: text.contains), !text.contains("queue="),
                !text.contains("config_from_object"),
                let line = code.line(with: ".send_task(")
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "this goes to the queue celery, and \(first.file):\(first.line) reads \(read.compactMap { $0 }.flatMap { $0 }.prefix(3).joined(separator: ", ")) alone; "
                    + "write: queue=\"\(read.first.flatMap { $0?.first } ?? "default")\"")
        }.first
        if let sender { return [sender] }
        let isRouted = !repository.codeFiles([".py"], with: routed + ["queue=", "'queue'", "\"queue\""]).isEmpty
        let sends = !repository.codeFiles([".py"], with: [".delay(", ".apply_async(", ".send_task("]).isEmpty
        guard !isRouted, sends, !apps.isEmpty else { return [] }
        return [
            Violation(
                file: first.file, line: first.line,
                "tasks go to the queue celery, which no worker reads; add it: -Q celery,\(read.first.flatMap { $0?.joined(separator: ",") } ?? "default")"
            )
        ]
    }

    /// `nil` when the command says none and reads the default queue.
    private static func queues(in text: String) -> [String]? {
        let words = text.split { " \"'[]".contains($0) }.map(String.init)
        for (index, word) in words.enumerated() {
            if word == "-Q" || word == "--queues", words.indices.contains(index + 1) {
                return words[index + 1].split(separator: ",").map(String.init)
            }
            if word.hasPrefix("--queues=") { return word.dropFirst(9).split(separator: ",").map(String.init) }
            if word.hasPrefix("-Q"), word.utf8.count > 2 {
                return word.dropFirst(2).split(separator: ",").map(String.init)
            }
        }
        return nil
    }
}
