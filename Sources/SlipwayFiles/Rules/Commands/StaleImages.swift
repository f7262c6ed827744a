// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A deployment that reports success and changes nothing.
    static let staleImages = Rule(
        "AP236", .warning, "a deployment starts the images of the last one",
        why:
            "docker compose up builds an image only when there is none, and pulls one only when there is none: the new "
            + "code is fetched, and the old one goes on running.",
        catches: [
            [
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\ndocker compose up -d\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            [
                ".gitlab-ci.yml": "deploy:\n  stage: deploy\n  script:\n    - docker compose up -d\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\ndocker compose build --pull\ndocker compose up -d\n",
                "compose.yml": "services:\n  web:\n    image: registry.example.com/a/web:latest\n",
            ],
            [
                "README.md": "## Update\n\n```sh\ngit pull\ndocker compose up -d\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            [
                ".github/workflows/deploy.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            cd /srv/shop\n            docker compose pull\n            docker compose up -d\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n  web:\n    build: .\n",
            ],
        ],
        passes: [
            [
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\ndocker compose up -d --build\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\ndocker compose pull\ndocker compose up -d\n",
                "compose.yml": "services:\n  web:\n    image: registry.example.com/a/web:latest\n",
            ],
            [
                "README.md": "```sh\ngit clone https://a.example/a.git\ndocker compose up -d\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\ngit pull\ndocker compose up -d db\n",
                "compose.yml": "services:\n  db:\n    image: a:1\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.composeFiles.isEmpty else { return [] }
        let blocks = Dictionary(grouping: repository.toldCommands.filter { $0.teller != .package }) {
            "\($0.file)#\($0.block)"
        }
        return blocks.keys.sorted().flatMap { violations(in: blocks[$0] ?? [], of: repository) }
    }

    private static func violations(in block: [ToldCommand], of repository: CheckedRepository) -> [Violation] {
        guard let first = block.first, fetchesAnew(block, in: repository) else { return [] }
        let calls = block.compactMap { told in ComposeCall(told.words).map { (told, $0) } }
        let builds =
            calls.contains { $0.1.verb == "build" || $0.1.after.contains("--build") }
            || block.contains { $0.words.contains("bake") || $0.words.first == "make" }
        let pulls = block.contains { told in
            told.words.contains("pull") && told.words.first != "git" || told.words.contains("load")
                || told.words.contains("--pull=always") || told.command.contains(["--pull", "always"])
        }
        guard let (told, up) = calls.first(where: { $0.1.verb == "up" }), !pulls || !builds else { return [] }
        let files = repository.composeFiles.filter { file in
            up.files.isEmpty
                ? ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"].contains(file.location)
                : up.files.contains { GoPath.clean($0) == file.location || file.location.hasSuffix("/" + $0) }
        }
        let asked = ComposeCommandLine(told.command)?.services ?? []
        let services = files.flatMap(\.services).filter { asked.isEmpty || asked.contains($0.name) }
        let isBuilt = services.contains { $0.build != nil }
        let severity: Severity = first.teller == .document ? .warning : .error
        // Compose pulls no image of a service that only says how it is built.
        if asked.isEmpty, !builds, calls.contains(where: { $0.1.verb == "pull" }),
            let own = services.first(where: { $0.build != nil && $0.image == nil })
        {
            return [
                Violation(
                    file: told.file, line: told.line,
                    "\(own.name) has a build section and no image, so pull brings nothing for it and the old one starts; "
                        + "write: docker compose up -d --build, or name the pushed image: image: NAME",
                    severity: severity
                )
            ]
        }
        if isBuilt, !builds, !pulls {
            return [
                Violation(
                    file: told.file, line: told.line,
                    "what is built here is not built anew; write: docker compose up -d --build", severity: severity)
            ]
        }
        // A registry's own host: the image is the application's, and moves.
        let own = services.lazy.compactMap { $0.image?.text }.first { image in
            image.contains(".") && image.contains("/") && !image.contains("@")
                && (image.hasSuffix(":latest") || !(image.split(separator: "/").last ?? "").contains(":"))
                && !["docker.io/", "mcr.microsoft.com", "quay.io", "gcr.io/", "ghcr.io"].contains(
                    where: image.hasPrefix)
        }
        guard let own, !isBuilt, !pulls, builds else { return [] }
        return [
            Violation(
                file: told.file, line: told.line,
                "no service has a build section, so nothing is built, and \(own) is not pulled; write before it: "
                    + "docker compose pull", severity: severity)
        ]
    }

    /// Whether the commands bring a new state to a machine that has run an older one.
    private static func fetchesAnew(_ block: [ToldCommand], in repository: CheckedRepository) -> Bool {
        let pullsSource = block.contains {
            $0.words.starts(with: ["git", "pull"]) || $0.words.starts(with: ["git", "reset"])
        }
        switch block[0].teller {
        case .pipeline:
            // On a shell runner the job runs in the machine's own checkout.
            return repository.tree.text(block[0].file)?.contains("deploy") == true
                && !block.contains { $0.words.contains("test") || $0.words.contains("down") }
        case .workflow, .package, .makefile, .platform: return false
        case .remote:
            return pullsSource
                || block.contains { ComposeCall($0.words)?.verb == "pull" }
                    && !block.contains { ["docker", "git"].contains($0.words.first) && $0.words.contains("build") }
        case .script, .document: return pullsSource && !block.contains { $0.words.starts(with: ["git", "clone"]) }
        }
    }
}
