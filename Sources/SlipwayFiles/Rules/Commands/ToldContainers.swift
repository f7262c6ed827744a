// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The program ends at its first line.
    static let runWithoutVariables = Rule(
        "AP256", .error, "docker run gives an image none of the variables that it needs",
        why:
            "A container gets no variable of the machine by itself: the program stops where it reads the first one, and the "
            + "job with it.",
        catches: [
            [
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - docker build -t shop backend/\ntest:\n  script:\n    - docker run --rm shop python manage.py test\n",
                "backend/Dockerfile": "FROM python:3.13\n",
                "backend/shop/settings.py": "import os\nALLOWED_HOSTS = os.getenv('HOSTS').split(',')\n",
            ]
        ],
        passes: [
            [
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - docker build -t shop backend/\ntest:\n  script:\n    - docker run --rm --env-file test.env shop python manage.py test\n",
                "backend/Dockerfile": "FROM python:3.13\n",
                "backend/shop/settings.py": "import os\nALLOWED_HOSTS = os.getenv('HOSTS').split(',')\n",
            ],
            [
                ".gitlab-ci.yml":
                    "test:\n  script:\n    - docker build -t shop backend/\n    - docker run --rm shop python -m pytest\n",
                "backend/Dockerfile": "FROM python:3.13\nENV HOSTS=a\n",
                "backend/shop/settings.py": "import os\nALLOWED_HOSTS = os.getenv('HOSTS').split(',')\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let builds = repository.toldCommands.compactMap { told in builtImage(told).map { (told, $0.0, $0.1) } }
        return repository.toldCommands.compactMap { told in
            guard [.workflow, .pipeline, .script].contains(told.teller), let (image, words) = runImage(told.words),
                !words.isEmpty,
                let build = builds.first(where: { $0.0.file == told.file && $0.1 == image }),
                ["python", "python3", "gunicorn", "uvicorn", "celery", "flask", "pytest"].contains(words[0]),
                let (name, place) = insisted(in: build.2, repository)
            else { return nil }
            let dockerfile = repository.tree.text(GoPath.clean(build.2 + "/Dockerfile")) ?? ""
            guard !dockerfile.contains(name) else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(place) ends without \(name); write: docker run -e \(name)=VALUE \(image)",
                severity: told.severity)
        }
    }

    private static func builtImage(_ told: ToldCommand) -> (String, String)? {
        let words = told.words
        guard words.first == "docker", words.contains("build"),
            let flag = words.firstIndex(where: { $0 == "-t" || $0 == "--tag" }),
            words.indices.contains(flag + 1), let context = words.last, ToldCommand.isPlain(context)
        else { return nil }
        let folder = GoPath.clean((told.folder ?? ".") + "/" + context)
        return folder.hasPrefix("..") ? nil : (words[flag + 1], folder)
    }

    /// The image of a `docker run` without variables, and what runs in it.
    private static func runImage(_ words: [String]) -> (String, [String])? {
        guard words.starts(with: ["docker", "run"]),
            !words.contains(where: {
                ["-e", "--env", "--env-file"].contains($0) || $0.hasPrefix("--env") || $0.hasPrefix("-e=")
            })
        else { return nil }
        let bare: Set<String> = [
            "--rm", "-d", "-it", "-i", "-t", "--detach", "--init", "--tty", "--interactive", "-ti",
        ]
        var rest = words.dropFirst(2)
        while let first = rest.first, first.hasPrefix("-") {
            rest = rest.dropFirst(bare.contains(first) || first.contains("=") ? 1 : 2)
        }
        return rest.first.map { ($0, Array(rest.dropFirst())) }
    }

    /// A variable whose absence ends the program when its settings are read.
    private static func insisted(in folder: String, _ repository: CheckedRepository) -> (String, String)? {
        for entry in repository.tree.files(under: folder)
        where entry.name.hasSuffix(".py") && entry.path.contains("settings") {
            let lines = (repository.tree.text(entry.path) ?? "").split(
                separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.first?.isUppercase == true {
                let bare = line.filter { $0 != " " }.replacing("\"", with: "'")
                for opening in ["os.getenv('", "os.environ.get('", "os.environ['"] {
                    guard let range = TextSearch.range(of: opening, in: bare[...]) else { continue }
                    let name = bare[range.upperBound...].prefix { $0 != "'" }
                    let rest = bare[range.upperBound...].dropFirst(name.count)
                    guard rest.hasPrefix("').split(") || opening.hasSuffix("[\'") && rest.hasPrefix("']") else {
                        continue
                    }
                    return (String(name), "\(entry.path):\(index + 1)")
                }
            }
        }
        return nil
    }

    /// env file not found
    static let pipelineWithoutEnvironmentFile = Rule(
        "AP257", .error, "a pipeline starts Compose without the env_file that it names",
        why:
            "The file is not in git, and no step of the job writes it: Compose ends with \"env file not found\", and nothing "
            + "is deployed.",
        catches: [
            [
                ".gitlab-ci.yml": "deploy:\n  stage: deploy\n  script:\n    - docker compose up -d --build\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    env_file:\n      - backend/.env.prod\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker compose up -d --wait\n",
                "compose.yml": "services:\n  api:\n    build: .\n    env_file: .env\n",
            ],
        ],
        passes: [
            [
                ".gitlab-ci.yml":
                    "deploy:\n  stage: deploy\n  script:\n    - cp \"$ENV_FILE\" backend/.env.prod\n    - docker compose up -d --build\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    env_file:\n      - backend/.env.prod\n",
            ],
            [
                ".gitlab-ci.yml": "deploy:\n  stage: deploy\n  script:\n    - docker compose up -d --build\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    env_file:\n      - path: .env\n        required: false\n",
            ],
            [
                ".gitlab-ci.yml":
                    "deploy:\n  stage: deploy\n  script:\n    - ssh a@b 'cd app && docker compose up -d'\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    env_file: .env\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.toldCommands.compactMap { told in
            guard told.teller == .pipeline || told.teller == .workflow, let folder = told.folder,
                let call = ComposeCall(told.words), ["up", "build", "run", "config", "pull"].contains(call.verb),
                !told.command.isFollowedByOr
            else { return nil }
            let names =
                call.files.isEmpty
                ? ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"] : call.files
            let paths = names.map { GoPath.clean(folder + "/" + $0) }
            let asked = ComposeCommandLine(told.command)?.services ?? []
            for file in repository.composeFiles where paths.contains(file.location) {
                for service in file.services where asked.isEmpty || asked.contains(service.name) {
                    guard let path = missing(service, of: file), !isWritten(path, told, in: repository) else {
                        continue
                    }
                    return Violation(
                        file: told.file, line: told.line,
                        "\(path) is not in git; write it in the step before, from a secret variable")
                }
            }
            return nil
        }
    }

    private static func missing(_ service: ComposeService, of file: CheckedFile<ComposeFile>) -> String? {
        guard let node = service.node["env_file"] else { return nil }
        let items = node.sequence ?? [node]
        for item in items where item["required"]?.bool != false {
            guard let path = (item.text ?? item["path"]?.text).flatMap(file.resolve),
                !file.repository.tree.contains(path),
                file.repository.tracked?.contains(path) != true
            else { continue }
            return path
        }
        return nil
    }

    /// Whether any line of the pipeline speaks of the file.
    private static func isWritten(_ path: String, _ told: ToldCommand, in repository: CheckedRepository) -> Bool {
        let name = SourceTree.Entry(path: path).name
        let text = repository.tree.text(told.file) ?? ""
        return text.split(separator: "\n").contains { line in
            line.contains(name) && !line.trimmed.hasPrefix("#")
                && [
                    ">", "cp ", "mv ", "touch", "echo", "tee", "envfile", "file", "create", "sops", "decrypt", "vault",
                    "doppler", "make",
                ].contains(where: line.contains)
        } || text.contains("dotenv") || text.contains("make-envfile") || text.contains("create-env")
            || text.contains("make env")
    }

    /// An image does not exist locally with the tag.
    static let pushedUnderOtherName = Rule(
        "AP259", .error, "an image is pushed under a name that it was not given",
        why:
            "docker push ends with \"An image does not exist locally with the tag\": the registry keeps the old image.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker build -t shop .\ndocker push registry.example.com/a/shop:latest\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build -t acme/web:latest .\n      - run: docker push acme/website:latest\n"
            ],
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker build -t shop .\ndocker tag shop registry.example.com/a/shop\ndocker push registry.example.com/a/shop:latest\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker build -t \"$IMAGE\" .\ndocker push registry.example.com/a/shop:latest\n"
            ],
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose build\ndocker push registry.example.com/a/shop:latest\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker build -t acme/web:1 -t acme/web:latest .\ndocker push --all-tags acme/web\n"
            ],
        ]
    ) { repository in
        let byFile = Dictionary(
            grouping: repository.toldCommands.filter { $0.teller != .document && $0.teller != .makefile }, by: \.file)
        return byFile.keys.sorted().flatMap { file -> [Violation] in
            let told = byFile[file] ?? []
            let names = told.flatMap { namesGiven(by: $0.words) }
            guard !names.isEmpty, names.allSatisfy({ !$0.contains("$") && !$0.contains("EXPRESSION") }),
                !told.contains(where: {
                    ComposeCall($0.words)?.verb == "build" || $0.words.contains("bake") || $0.words.first == "make"
                        || $0.words.contains("load")
                })
            else { return [] }
            let known = Set(names.map(withTag))
            return told.compactMap { command in
                let words = command.words
                guard words.starts(with: ["docker", "push"]), let name = words.last, words.count > 2,
                    !name.contains("$"), !name.contains("EXPRESSION"),
                    !words.contains("-a"), !words.contains("--all-tags"), !known.contains(withTag(name)),
                    !command.command.isFollowedByOr,
                    repository.tree.text(file)?.contains("build-push-action") != true
                else { return nil }
                let near = known.sorted().first ?? ""
                return Violation(
                    file: file, line: command.line,
                    "no image is called \(name); write before it: docker tag \(near) \(name)",
                    severity: command.severity)
            }
        }
    }

    private static func namesGiven(by words: [String]) -> [String] {
        guard words.first == "docker", words.count > 2 else { return [] }
        if words[1] == "tag" || words.starts(with: ["docker", "image", "tag"]) || words[1] == "pull" {
            return words.last.map { [$0] } ?? []
        }
        guard words.contains("build") else { return [] }
        return words.indices.compactMap { index in
            if words[index].hasPrefix("--tag=") { return String(words[index].dropFirst(6)) }
            return ["-t", "--tag"].contains(words[index]) && words.indices.contains(index + 1) ? words[index + 1] : nil
        }
    }

    private static func withTag(_ name: String) -> String {
        (name.split(separator: "/").last ?? "").contains(":") ? name : name + ":latest"
    }
}
