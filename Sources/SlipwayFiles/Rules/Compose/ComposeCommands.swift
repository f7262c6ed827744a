// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The program sees one word that it does not know.
    static let optionInOneWord = Rule(
        "CO037", .error, "an option and its value stand in one word",
        why: "Each element of a list is one word. The program gets the option and its value as one name that it does "
            + "not know, and stops.",
        catches: ["services:\n  a:\n    image: redis:7\n    command: ['redis-server', '--loglevel warning']\n"],
        passes: [
            "services:\n  a:\n    image: redis:7\n    command: ['redis-server', '--loglevel', 'warning']\n",
            "services:\n  a:\n    image: a:1\n    command: ['sh', '-c', 'a --b c']\n",
            "services:\n  a:\n    image: a:1\n    command: ['--rule=a || b']\n",
        ]
    ) { file in
        file.services.flatMap { service in
            ["command", "entrypoint"].flatMap { key -> [Violation] in
                let items = service.node[key]?.sequence ?? []
                let words = items.compactMap(\.text)
                // What follows -c is a text for a shell; one element alone is often meant as a line.
                guard !words.contains("-c"), !words.contains("-lc"), !words.contains("/bin/sh") else { return [] }
                return items.compactMap { item in
                    guard let text = item.text, text.hasPrefix("-"), let space = text.firstIndex(of: " "),
                        !text[..<space].contains("="),
                        text[..<space].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
                    else { return nil }
                    let (option, value) = (text[..<space], text[space...].drop { $0 == " " })
                    return Violation(
                        line: item.line, column: item.column,
                        "\(service.name) gets \"\(text)\" as one word; write: \"\(option)\", \"\(value)\"")
                }
            }
        }
    }

    /// Compose puts its own value there, which is empty.
    static let earlyExpansion = Rule(
        "CO038", .warning, "Compose replaces a variable that the container should",
        why: "Compose replaces $NAME from its own environment before the container exists; the shell in the container "
            + "gets an empty text, and the check or command works on nothing.",
        catches: [
            RuleExample(
                "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_USER: app}\n"
                    + "    healthcheck:\n      test: pg_isready -U $POSTGRES_USER\n")
        ],
        passes: [
            RuleExample(
                "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_USER: app}\n"
                    + "    healthcheck:\n      test: pg_isready -U $$POSTGRES_USER\n"),
            RuleExample(
                "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: ${POSTGRES_USER}\n"
                    + "    healthcheck:\n      test: pg_isready -U ${POSTGRES_USER}\n"),
        ]
    ) { file in
        let given = file.givenByDotenv
        return (file.root?["services"]?.mapping?.entries ?? []).flatMap { entry -> [Violation] in
            let service = ComposeService(entry.key, at: entry.position, entry.value)
            // A value that is itself interpolated comes from the same place, so both agree.
            let own = Set(
                service.environment.filter { Interpolation.references(in: $0.value ?? "$X").isEmpty }.map(\.name))
            let nodes =
                ["command", "entrypoint"].compactMap { entry.value[$0] }
                + [entry.value.at("healthcheck", "test")]
                .compactMap { $0 }
            return nodes.flatMap { $0.sequence ?? [$0] }.flatMap { node in
                Interpolation.references(in: node.text ?? "").compactMap { reference in
                    guard own.contains(reference.name), !reference.hasDefault, !given.contains(reference.name) else {
                        return nil
                    }
                    return Violation(
                        line: node.line,
                        "\(reference.name) is replaced before the container sees it; write: $${\(reference.name)}")
                }
            }
        }
    }

    /// Compose refuses a list that does not say how to run it.
    static let checkWithoutForm = Rule(
        "CO039", .error, "a health check's list has no CMD, or its text has one",
        why:
            "Compose refuses a test that is a list and does not begin with NONE, CMD or CMD-SHELL. A text is run by a shell "
            + "as it is, and CMD-SHELL is no program: the container is never healthy.",
        catches: [
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: [curl, -f, 'http://127.0.0.1/']\n",
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: [CMD, 'curl -f http://127.0.0.1/']\n",
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: CMD-SHELL curl -f http://127.0.0.1/\n",
        ],
        passes: [
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: [CMD, curl, -f, 'http://127.0.0.1/']\n",
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: curl -f http://127.0.0.1/\n",
        ]
    ) { file in
        file.services.compactMap { service in
            let test = service.node.at("healthcheck", "test")
            if let test, let text = test.text?.trimmed, let form = ["CMD ", "CMD-SHELL "].first(where: text.hasPrefix) {
                return Violation(
                    line: test.line,
                    "the shell of \(service.name) looks for a program called \(form.trimmed); write: "
                        + "test: \(text.dropFirst(form.count).prefix { !$0.isNewline })")
            }
            guard let items = test?.sequence, let first = items.first, let word = first.text else { return nil }
            guard ["CMD", "CMD-SHELL", "NONE"].contains(word) else {
                return Violation(
                    line: first.line, "the check of \(service.name) must begin with CMD; write: [CMD, \(word), ...]")
            }
            guard word == "CMD", items.count == 2, let text = items[1].text, text.contains(" ") else { return nil }
            return Violation(
                line: items[1].line,
                "CMD takes each word by itself, and \"\(text)\" is no program; write: [CMD-SHELL, ...]")
        }
    }

    /// Always healthy is never checked.
    static let checkCannotFail = Rule(
        "CO040", .warning, "a health check cannot fail",
        why:
            "A check that always succeeds says healthy while nothing answers, and everything that waits starts too early.",
        catches: [
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: curl http://127.0.0.1/ || exit 0\n",
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: ['CMD', 'curl', 'http://127.0.0.1/']\n",
        ],
        passes: [
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: curl -f http://127.0.0.1/ || exit 1\n",
            "services:\n  a:\n    image: a:1\n    healthcheck:\n      test: ['CMD', 'curl', '-fsS', 'http://127.0.0.1/']\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let check = service.healthcheck, !check.isDisabled, let line = check.node["test"]?.line else {
                return nil
            }
            let text = check.test.joined(separator: " ")
            if text.hasSuffix("|| exit 0") || text.hasSuffix("|| true") || text == "exit 0" || text == "true" {
                return Violation(line: line, "the check of \(service.name) always succeeds; write: || exit 1")
            }
            let words = text.split(separator: " ").map(String.init)
            guard words.first == "curl", !text.contains("|"), !text.contains("&&") else { return nil }
            let fails = words.contains { word in
                word.hasPrefix("--fail") || (word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("f"))
                    || word.hasPrefix("-w") || word.hasPrefix("--write-out")
            }
            guard !fails else { return nil }
            return Violation(line: line, "curl without -f takes an error page for an answer; write: curl -f")
        }
    }

    /// What the check calls is not in the image.
    static let checkToolMissing = Rule(
        "CO041", .error, "a health check calls a program that the image does not have",
        why: "The check fails for ever, although the service works: what it calls is not in the image.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    healthcheck:\n      test: curl -f http://127.0.0.1/\n",
                "Dockerfile": "FROM python:3.13-slim\nCMD [\"python\", \"a.py\"]\n",
            ],
            "services:\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, curl, -f, 'http://127.0.0.1:5432']\n",
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    healthcheck:\n      test: curl -f http://127.0.0.1/\n",
                "Dockerfile":
                    "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y curl\nCMD [\"python\"]\n",
            ],
            "services:\n  web:\n    image: unknown:1\n    healthcheck:\n      test: curl -f http://127.0.0.1/\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let check = service.healthcheck, !check.isDisabled, let line = check.node["test"]?.line,
                let tool = check.test.joined(separator: " ").split(separator: " ").first.map(String.init),
                let image = file.builtImage(of: service), ImageTools.lacks(tool, image)
            else { return nil }
            if let dockerfile = file.builder(of: service) {
                guard service.build?.target == nil,
                    let stage = dockerfile.stages.last
                else { return nil }
                let brings = dockerfile.lineage(of: stage).contains { instruction in
                    instruction.keyword == "RUN"
                        ? instruction.text.contains(tool)
                        : instruction.keyword == "COPY" && instruction.arguments.contains { $0.contains(tool) }
                }
                guard !brings else { return nil }
            }
            return Violation(
                line: line,
                "\(ImageName(image).repository) has no \(tool); \(ImageTools.advice(for: tool, image))")
        }
    }

    /// Alpine resolves localhost to ::1 first.
    static let checkOnLocalhost = Rule(
        "CO042", .warning, "a health check asks localhost on Alpine",
        why: "Alpine's wget tries ::1 first and does not go on to 127.0.0.1, where most servers listen.",
        catches: [
            "services:\n  a:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: wget -q --spider http://localhost/\n"
        ],
        passes: [
            "services:\n  a:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: wget -q --spider http://127.0.0.1/\n",
            "services:\n  a:\n    image: nginx:1.27\n    healthcheck:\n      test: curl -f http://localhost/\n",
            "services:\n  a:\n    image: node:22-alpine\n    healthcheck:\n      test: wget -qO- http://localhost:3000/\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let check = service.healthcheck, let line = check.node["test"]?.line,
                let image = file.runningImage(of: service), ImageName(image).isAlpine
            else { return nil }
            let text = check.test.joined(separator: " ")
            guard text.contains("wget"), text.contains("//localhost"), isOnIPv4Alone(service, image, in: file) else {
                return nil
            }
            return Violation(line: line, "wget asks ::1 here; write: http://127.0.0.1")
        }
    }

    /// Go, Node and others listen on both unless told otherwise.
    private static func isOnIPv4Alone(
        _ service: ComposeService, _ image: String, in file: CheckedFile<ComposeFile>
    ) -> Bool {
        if ImageName(image).name == "nginx" || service.command?.text.contains("0.0.0.0") == true { return true }
        guard service.command == nil, let dockerfile = file.dockerfile(of: service), let stage = dockerfile.stages.last
        else { return false }
        return dockerfile.lineage(of: stage).contains(where: \.listensOnIPv4Alone)
    }
}
