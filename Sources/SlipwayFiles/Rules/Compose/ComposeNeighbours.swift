// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// It lies on the author's machine alone.
    static let contextOutside = Rule(
        "CO085", .error, "a service is built from a folder outside of the repository",
        why:
            "A clone does not bring the folder along: Compose ends with \"path not found\" before it starts anything, "
            + "the other services too.",
        catches: [
            "services:\n  app:\n    build: ../shop-mobile\n",
            "services:\n  app:\n    build:\n      context: ../shop-mobile\n      dockerfile: Dockerfile.prod\n",
        ],
        passes: [
            "services:\n  app:\n    build: ./mobile\n",
            ["deploy/compose.yml": "services:\n  app:\n    build: ..\n", "Dockerfile": "FROM debian:12\n"],
            [
                "compose.yml": "services:\n  app:\n    build: ../shop-mobile\n",
                "deploy.sh": "#!/bin/sh\nset -e\ngit clone https://a.example/shop-mobile.git ../shop-mobile\n",
            ],
            "services:\n  app:\n    build: ${MOBILE:-../shop-mobile}\n",
            [
                "compose.yml":
                    "services:\n  app:\n    image: shop-mobile:1\n    profiles: [mobile]\n    build: ../shop-mobile\n"
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.services.compactMap { service in
            guard let build = service.build, service.profiles.isEmpty, build.context.hasPrefix("."),
                !isOpen(service, in: file), !build.context.contains("://"),
                GoPath.clean(file.folder + "/" + build.context).hasPrefix("../"),
                let name = build.context.split(separator: "/").last, !isFetched(String(name), in: file.repository)
            else { return nil }
            return Violation(
                line: build.position.line,
                "a clone has no \(build.context); write: image: of a registry, or bring \(name) into this repository "
                    + "(git submodule add)",
                severity: file.isForDevelopment ? .warning : nil)
        }
    }

    /// Whether a variable says where the folder is.
    private static func isOpen(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        let build = file.document.root?.at("services", service.name, "build")
        return (build?.text ?? build?["context"]?.text)?.contains("$") == true
    }

    /// Whether anything tells where the folder comes from.
    private static func isFetched(_ name: String, in repository: CheckedRepository) -> Bool {
        repository.toldCommands.contains { told in
            told.words.contains("clone") && told.words.contains { $0.contains(name) }
        } || repository.workflows.contains { $0.text.contains("path: \(name)") }
            || repository.documents.contains { entry in
                repository.tree.text(entry.path).map { $0.contains(name) } == true
            }
    }

    /// The scheduler's table is not there yet.
    static let beatBeforeTables = Rule(
        "CO086", .warning, "celery beat reads its timetable from tables that nothing has made",
        why:
            "The DatabaseScheduler asks its table at once. Before the first migration beat ends with \"relation "
            + "django_celery_beat_periodictask does not exist\", and nothing starts it again.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: gunicorn a.wsgi\n  beat:\n    build: .\n    command: celery -A a beat\n",
                "a/settings.py": "CELERY_BEAT_SCHEDULER = 'django_celery_beat.schedulers:DatabaseScheduler'\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
            ],
            "services:\n  beat:\n    image: a:1\n    command: celery -A a beat --scheduler django_celery_beat.schedulers:DatabaseScheduler\n",
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c \"python manage.py migrate && gunicorn a.wsgi\"\n  beat:\n    build: .\n    command: celery -A a beat\n",
                "a/settings.py": "CELERY_BEAT_SCHEDULER = 'django_celery_beat.schedulers:DatabaseScheduler'\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
            ],
            "services:\n  beat:\n    image: a:1\n    restart: always\n    command: celery -A a beat -S django_celery_beat.schedulers:DatabaseScheduler\n",
            "services:\n  beat:\n    image: a:1\n    command: celery -A a beat\n",
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        let scheduler = "DatabaseScheduler"
        return file.services.compactMap { service in
            guard let command = service.command, command.text.contains("celery"), command.text.contains(" beat"),
                service.restart == nil, service.node["entrypoint"] == nil, !migrates(file),
                command.text.contains(scheduler)
                    || !file.repository.code([".py"], with: [scheduler]).filter({
                        $0.line(with: "CELERY_BEAT_SCHEDULER", "beat_scheduler") != nil
                    }).isEmpty
            else { return nil }
            return Violation(
                line: command.position.line,
                "\(service.name) ends on a new database; add: restart: unless-stopped, and a service that runs first: "
                    + "python manage.py migrate")
        }
    }

    /// Whether a service, or what its image starts with, makes the tables.
    private static func migrates(_ file: CheckedFile<ComposeFile>) -> Bool {
        file.family.contains { $0.text.contains("migrate") }
            || file.repository.scripts.contains { script in
                script.text.contains("migrate")
                    && (!script.startingDockerfiles.isEmpty
                        || file.text.contains(SourceTree.Entry(path: script.location).name))
            }
            || file.repository.dockerfiles.contains { dockerfile in
                dockerfile.finalStage.contains {
                    ["CMD", "ENTRYPOINT"].contains($0.keyword) && $0.text.contains("migrate")
                }
            }
    }
}
