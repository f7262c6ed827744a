// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Permission denied: 'celerybeat-schedule'
    static let unwritableTimetable = Rule(
        "AP662", .error, "Celery's timetable cannot write its file",
        why:
            "celery beat keeps what ran last in a file celerybeat-schedule of the working folder, and ends with \"Permission "
            + "denied\" where its account may not write: WORKDIR belongs to root, whatever COPY --chown says of the files in it.",
        catches: [
            [
                "compose.yml": "services:\n  beat:\n    build: .\n    command: celery -A shop beat -l info\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd -r app\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
            [
                "compose.yml":
                    "services:\n  beat:\n    build: .\n    read_only: true\n    command: celery -A shop beat -l info\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  beat:\n    build: .\n    command: celery -A shop beat -l info -s /tmp/beat\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd -r app\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
            [
                "compose.yml": "services:\n  beat:\n    build: .\n    command: celery -A shop beat -l info\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd -r app && chown -R app /app\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
            [
                "compose.yml": "services:\n  beat:\n    build: .\n    command: celery -A shop beat -l info\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN useradd -r app\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
                "shop/settings.py": "CELERY_BEAT_SCHEDULER = 'django_celery_beat.schedulers:DatabaseScheduler'\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let units = repository.deployedUnits.compactMap { unit in BeatTimetable(unit) }
        guard !units.isEmpty, !BeatTimetable.isElsewhere(repository) else { return [] }
        return units.compactMap(\.violation)
    }

    /// Every job runs as often as there are containers.
    static let timetableTwice = Rule(
        "AP663", .error, "Celery's timetable runs in several containers",
        why: "Each beat sends every job of the timetable: with two of them each mail goes out twice.",
        catches: [
            [
                "compose.yml":
                    "services:\n  jobs:\n    build: .\n    command: celery -A shop worker -B -l info\n    deploy:\n      replicas: 3\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  jobs:\n    build: .\n    command: celery -A shop worker -l info\n    deploy:\n      replicas: 3\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
            [
                "compose.yml":
                    "services:\n  jobs:\n    build: .\n    command: celery -A shop beat -S redbeat.RedBeatScheduler\n    deploy:\n      replicas: 3\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/celery.py": "app = Celery('shop')\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let beat = BeatTimetable(unit), let service = unit.service, let compose = unit.compose,
                let replicas = service.replicas, replicas > 1,
                // It has a lock of its own.
                !beat.text.contains("redbeat"),
                repository.codeFiles([".py"], with: ["redbeat", "RedBeat"]).isEmpty
            else { return nil }
            return Violation(
                file: compose.location, line: service.node.at("deploy", "replicas")?.line ?? service.line,
                "\(service.name) sends every job \(replicas) times; give beat a service of its own with replicas: 1")
        }
    }
}

/// A container that starts Celery's beat.
private struct BeatTimetable {
    let unit: DeployedUnit
    let text: String
    private let words: [String]
    private let file: String
    private let line: Int

    init?(_ unit: DeployedUnit) {
        guard !unit.isForDevelopment, !unit.mountsItsSource, let start = unit.start else { return nil }
        let lines = StoreAtStart.startLines(of: unit).filter(Self.startsBeat)
        guard let text = Self.startsBeat(start.text) ? start.text : lines.first else { return nil }
        (self.unit, self.text, file, line) = (unit, text, start.file, start.line)
        words = Self.words(of: text)
    }

    private static func words(of text: String) -> [String] {
        text.split { " \t\"',[]".contains($0) }.map(String.init)
    }

    private static func startsBeat(_ text: String) -> Bool {
        let words = words(of: text)
        guard let celery = words.firstIndex(where: { $0 == "celery" || $0.hasSuffix("/celery") }) else { return false }
        let rest = words[celery...]
        return rest.contains("beat") || rest.contains("worker") && (rest.contains("-B") || rest.contains("--beat"))
    }

    /// Whether the code keeps the timetable in a store, or in a file that it names.
    static func isElsewhere(_ repository: CheckedRepository) -> Bool {
        let words = [
            "beat_schedule_filename", "BEAT_SCHEDULE_FILENAME", "beat_scheduler", "BEAT_SCHEDULER", "DatabaseScheduler",
            "redbeat",
        ]
        return !repository.codeFiles([".py"], with: words).isEmpty
    }

    private var isNamed: Bool {
        words.contains { word in
            ["-s", "-S", "--schedule", "--scheduler", "--workdir"].contains { word == $0 || word.hasPrefix($0 + "=") }
                || word.hasPrefix("-s/") || word.hasPrefix("-S") && word.utf8.count > 2
        }
    }

    var violation: Violation? {
        guard !isNamed, !text.contains("cd "), let folder = unit.service?.node["working_dir"]?.text ?? workdir,
            !(unit.service?.mounts ?? []).contains(where: { DataPaths.covers($0.target, folder) })
        else { return nil }
        if unit.service?.node["read_only"]?.text == "true" {
            return violation("the file system is read-only, so beat cannot write \(folder)/celerybeat-schedule")
        }
        return RootOwnedFolder(of: unit).flatMap {
            violation("\($0.user) may not write \($0.path)/celerybeat-schedule")
        }
    }

    private func violation(_ reason: String) -> Violation {
        Violation(file: file, line: line, "\(reason); write: celery … beat -s /tmp/celerybeat-schedule")
    }

    private var workdir: String? {
        let folder = unit.instructions.last { $0.keyword == "WORKDIR" }?.arguments.first
        return folder.flatMap { $0.hasPrefix("/") && !$0.contains("$") ? $0 : nil }
    }
}
