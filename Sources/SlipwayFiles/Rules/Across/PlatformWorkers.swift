// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Workers that a Compose file starts and the file of a platform leaves out.
enum PlatformWorkers {
    /// Words of commands that empty a queue, with what people call them.
    private static let commands = [
        ("queue:work", "queue:work"), ("artisan horizon", "horizon"), ("celery", "celery"), ("sidekiq", "sidekiq"),
        ("rq worker", "rq worker"), ("dramatiq", "dramatiq"), ("messenger:consume", "messenger:consume"),
        ("solid_queue", "solid_queue"), ("arq ", "arq"), ("run_huey", "run_huey"), ("qcluster", "qcluster"),
    ]

    static func leftOut(in repository: CheckedRepository) -> [Violation] {
        guard let place = place(in: repository), let worker = worker(in: repository),
            !isStarted(worker.word, in: repository)
        else { return [] }
        return [
            Violation(
                file: place.file, line: place.line,
                "\(worker.file):\(worker.line) starts \(worker.word), and nothing does here, so jobs wait for ever; add "
                    + place.advice(worker.command))
        ]
    }

    private struct Place {
        let file: String
        let line: Int
        let advice: (String) -> String
    }

    /// Where a platform is told of all processes of the application.
    private static func place(in repository: CheckedRepository) -> Place? {
        let webs = repository.renderBlueprints.flatMap { file in
            file.services.filter { $0.type == "web" && $0.runtime != "static" }.map { (file, $0) }
        }
        if webs.count == 1, let (file, service) = webs.first {
            let key = service.runtime == "docker" ? "dockerCommand" : "startCommand"
            return Place(file: file.location, line: service.name?.line ?? service.node.line) {
                "a service of type worker with \(key): \($0)"
            }
        }
        guard webs.isEmpty, repository.flyFiles.count == 1, let file = repository.flyFiles.first,
            let line = file.root?["processes"]?.line ?? file.root?["http_service"]?.line
        else { return nil }
        return Place(file: file.location, line: line) { "below [processes]: worker = \"\($0)\"" }
    }

    private static func worker(
        in repository: CheckedRepository
    ) -> (word: String, command: String, file: String, line: Int)? {
        for file in repository.composeFiles {
            for service in file.services where service.build != nil && service.profiles.isEmpty {
                guard let command = service.command,
                    let known = commands.first(where: { (command.text + " ").contains($0.0) }),
                    known.1 != "celery" || command.text.contains(" worker")
                else { continue }
                return (known.1, command.text, file.location, command.line)
            }
        }
        return nil
    }

    /// Whether any file but those of Compose and documents speaks of it: the image's own start, supervisord, a
    /// platform's file.
    private static func isStarted(_ word: String, in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard
                [".sh", ".conf", ".ini", ".toml", ".yaml", ".yml", ".json", ".service"].contains(
                    where: entry.name.hasSuffix)
                    || entry.name.contains("Dockerfile") || entry.name.contains("Procfile")
                    || entry.name.contains("entrypoint") || entry.name.contains("start"),
                FileFormat(path: entry.path) != .compose, !entry.name.contains("compose"),
                !["composer.json", "composer.lock", "package-lock.json", "poetry.lock", "pyproject.toml"].contains(
                    entry.name),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains(word.utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                TextSearch.range(of: word, in: line) != nil && !line.trimmed.hasPrefix("#")
            }
        }
    }
}
