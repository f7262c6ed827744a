// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// A started database is not a ready one.
    static let startsBeforeReady = Rule(
        "CO015", .warning, "a service does not wait until its database answers",
        why: "depends_on waits until the container runs, not until the database answers: on the first start, while it "
            + "initialises, migrations and connections fail.",
        catches: [
            "services:\n  web:\n    image: web:1\n    depends_on:\n      - db\n  db:\n    image: postgres:17\n",
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n        condition: service_started\n"
                    + "  db:\n    image: postgres:17\n    healthcheck:\n      test: pg_isready\n"),
        ],
        passes: [
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n        condition: service_healthy\n"
                    + "  db:\n    image: postgres:17\n    healthcheck:\n      test: pg_isready\n"),
            "services:\n  web:\n    image: web:1\n    depends_on: [mail]\n  mail:\n    image: mail:1\n",
            // It waits by itself.
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:17\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nwhile ! nc -z db 5432; do sleep 1; done\nexec gunicorn shop.wsgi\n",
            ],
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            // A tool for people can try again.
            if file.known(service)?.isForPeople == true, service.build == nil { return [] }
            // What ends at its first start and is started by nobody again stays down.
            let need = StoreAtStart.isStartedAgain(service, in: file) ? nil : StoreAtStart.need(of: service, in: file)
            let isWaiting = StoreAtStart.waitsItself(service, in: file)
            return service.dependencies.compactMap { dependency in
                guard dependency.condition == "service_started", let other = file[dependency.service],
                    let image = file.known(other), image.isStore, image.readiness != nil || other.healthcheck != nil,
                    !isWaiting || image.kind != .database
                else { return nil }
                let hasCheck = other.healthcheck != nil
                let first = hasCheck ? "" : "give \(other.name) a healthcheck (test: \(image.readiness ?? "")) and "
                let end = image.kind == .database ? need.map { ": \($0) fails, and nothing starts it again" } : nil
                return Violation(
                    line: dependency.position.line, column: dependency.position.column,
                    "\(service.name) does not wait until \(image.title) answers\(end ?? ""); \(first)write: "
                        + "\(other.name): {condition: service_healthy}",
                    fix: hasCheck ? waiting(service, in: file) : nil,
                    severity: image.kind == .cache || file.isForDevelopment ? .info : end == nil ? .warning : .error)
            }
        }
    }

    /// Rewrites a plain list of names, one on each line, as a mapping with conditions.
    private static func waiting(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Fix? {
        guard let items = service.node["depends_on"]?.sequence, let first = items.first else { return nil }
        let lines = file.textLines
        var replacement: [String] = []
        for (offset, item) in items.enumerated() {
            guard let name = item.text, item.line == first.line + offset, lines.indices.contains(item.line - 1)
            else { return nil }
            let line = lines[item.line - 1]
            let indent = line.prefix { $0 == " " }
            guard line.dropFirst(indent.count).hasPrefix("- ") else { return nil }
            let isChecked = file[name]?.healthcheck != nil
            replacement += [
                "\(indent)\(name):", "\(indent)  condition: \(isChecked ? "service_healthy" : "service_started")",
            ]
        }
        return Fix(
            "wait until the checks pass", line: first.line, count: items.count, replacement: replacement, isUnsafe: true
        )
    }

    /// Compose gives up: there is no health to wait for.
    static let healthyWithoutCheck = Rule(
        "CO016", .error, "service_healthy without a health check",
        why: "Compose waits for a health that nothing measures and fails: the container has no healthcheck configured.",
        catches: [
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n        condition: service_healthy\n"
                    + "  db:\n    image: postgres:17\n"),
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    healthcheck:\n      test: pg_isready\n",
                "compose.prod.yml": "services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n"
                    + "        condition: service_healthy\n  db:\n    image: postgres:17\n",
            ],
        ],
        passes: [
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n        condition: service_healthy\n"
                    + "  db:\n    image: postgres:17\n    healthcheck:\n      test: pg_isready\n"),
            [
                "compose.yml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n    healthcheck:\n"
                    + "      test: pg_isready\n",
                "compose.prod.yml":
                    "services:\n  web:\n    depends_on:\n      db:\n        condition: service_healthy\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    depends_on:\n      api:\n"
                    + "        condition: service_healthy\n  api:\n    build: .\n",
                "Dockerfile": "FROM debian:12\nHEALTHCHECK CMD true\nCMD [\"a\"]\n",
            ],
        ]
    ) { file in
        file.services.flatMap { service in
            service.dependencies.compactMap { dependency -> Violation? in
                guard dependency.condition == "service_healthy" else { return nil }
                let others = file.running(dependency.service)
                guard !others.isEmpty, others.allSatisfy({ isUnchecked($0, in: file) }) else { return nil }
                let test = file[dependency.service].flatMap { file.known($0)?.readiness } ?? "COMMAND"
                return Violation(
                    line: dependency.position.line,
                    "\(dependency.service) has no health check to wait for; add to it: healthcheck: {test: \(test)}")
            }
        }
    }

    /// Whether neither the file nor the image can have a check.
    private static func isUnchecked(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        if service.node["healthcheck"] != nil || service.node["extends"] != nil {
            return service.healthcheck?.isDisabled == true
        }
        if service.build != nil {
            guard let dockerfile = file.dockerfile(of: service), service.build?.target == nil else { return false }
            let isOfficial = dockerfile.finalBase.map { ImageName($0).repository.split(separator: "/").count == 1 }
            return isOfficial == true && !dockerfile.reading.file.instructions.contains { $0.keyword == "HEALTHCHECK" }
        }
        guard let image = service.image?.text else { return false }
        // The official images come without one; others are not known here.
        let name = ImageName(image)
        return name.registry.isEmpty && !name.repository.contains("/") && file.known(service)?.isStore == true
    }
}
