// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Received unregistered task.
    static let unknownPeriodicTask = Rule(
        "AP352", .error, "celery is sent a task that does not exist",
        why:
            "The worker throws the name away as unregistered: what should run every night, or after a request, never runs.",
        catches: [
            [
                "config/celery.py":
                    "app.conf.beat_schedule = {\n    'tidy': {\n        'task': 'files.tasks.tidy',\n        'schedule': 60,\n    },\n}\n",
                "files/models.py": "\n",
            ],
            [
                "shop/settings.py":
                    "CELERY_BEAT_SCHEDULE = {\n    'a': {'task': 'shop.tasks.send_mails', 'schedule': 60},\n}\n",
                "shop/tasks.py": "@shared_task\ndef send_mail():\n    pass\n",
            ],
            [
                "app/queue.py": "client.send_task('worker.tasks.resize', args=[1])\n",
                "worker/tasks/__init__.py": "from .resize import resize\n",
                "worker/tasks/resize.py": "@app.task\ndef resize():\n    pass\n",
            ],
        ],
        passes: [
            [
                "app/queue.py": "client.send_task('worker.tasks.resize.resize', args=[1])\n",
                "worker/tasks/__init__.py": "\n",
                "worker/tasks/resize.py": "@app.task\ndef resize():\n    pass\n",
            ],
            [
                "shop/settings.py":
                    "CELERY_BEAT_SCHEDULE = {\n    'a': {'task': 'shop.tasks.send_mails', 'schedule': 60},\n}\n",
                "shop/tasks.py": "@shared_task\ndef send_mails():\n    pass\n",
            ],
            [
                "shop/settings.py": "CELERY_BEAT_SCHEDULE = {\n    'a': {'task': 'nightly', 'schedule': 60},\n}\n",
                "shop/jobs.py": "@shared_task(name='nightly')\ndef a():\n    pass\n",
            ],
            [
                "shop/settings.py":
                    "CELERY_BEAT_SCHEDULE = {\n    'a': {'task': 'django_mailer.tasks.send', 'schedule': 60},\n}\n",
                "shop/jobs.py": "\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.code([".py"], with: ["beat_schedule", "BEAT_SCHEDULE", "send_task("]).flatMap { code in
            (PeriodicTask.all(in: code) + PeriodicTask.sent(in: code)).compactMap { task in
                PeriodicTask.missing(task.name, repository).map {
                    Violation(file: code.path, line: task.line, "\($0); write the function, or delete the entry")
                }
            }
        }
    }
}

private enum PeriodicTask {
    static func all(in code: CodeText) -> [(name: String, line: Int)] {
        code.bare.enumerated().compactMap { index, line in
            guard let range = TextSearch.range(of: "'task':'", in: line[...]) else { return nil }
            let name = line[range.upperBound...].prefix { $0 != "'" }
            return name.contains(".") ? (String(name), index + 1) : nil
        }
    }

    /// `send_task('shop.tasks.resize')`
    static func sent(in code: CodeText) -> [(name: String, line: Int)] {
        code.bare.enumerated().compactMap { index, line in
            guard let range = TextSearch.range(of: ".send_task('", in: line[...]) else { return nil }
            let name = line[range.upperBound...].prefix { $0 != "'" }
            return name.contains(".") && !name.contains("{") ? (String(name), index + 1) : nil
        }
    }

    /// What lacks, when the name's first part is a package of the repository.
    static func missing(_ name: String, _ repository: CheckedRepository) -> String? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 1, let function = parts.last, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let module = parts.dropLast().joined(separator: "/")
        let tree = repository.tree
        let roots = tree.files(ending: "py").map(\.path)
        let isOwn = roots.contains { ("/" + $0).contains("/\(parts[0])/") || ("/" + $0).hasSuffix("/\(parts[0]).py") }
        guard isOwn, !isRegistered(name, repository) else { return nil }
        let files = roots.filter { path in
            let path = "/" + path
            return path.hasSuffix("/\(module).py") || path.hasSuffix("/\(module)/__init__.py")
        }
        guard !files.isEmpty else {
            return tree.hasDirectory(module) || roots.contains(where: { ("/" + $0).contains("/\(module)/") })
                ? nil : "there is no module \(parts.dropLast().joined(separator: "."))"
        }
        if let whole = wholeModule(parts, roots),
            files.allSatisfy({ tree.text($0)?.contains("def \(function)(") != true })
        {
            return "\(name) is the module \(whole), and the task's name is \(name).\(function)"
        }
        let isThere = files.contains { path in
            guard let text = tree.text(path) else { return true }
            // What is imported may be named so too.
            return text.contains("def \(function)(") || text.contains("class \(function)") || text.contains("import *")
                || text.contains("\(function) =") || text.contains("import \(function)")
                || path.hasSuffix("__init__.py")
        }
        return isThere ? nil : "\(files[0]) has no function \(function)"
    }

    /// The file that the whole name leads to.
    private static func wholeModule(_ parts: [String], _ roots: [String]) -> String? {
        let path = "/" + parts.joined(separator: "/") + ".py"
        return roots.first { ("/" + $0).hasSuffix(path) }
    }

    private static func isRegistered(_ name: String, _ repository: CheckedRepository) -> Bool {
        repository.code([".py"], with: [name]).contains { code in
            code.line(with: "name='\(name)'", "name=f'\(name)'") != nil
        }
    }
}
