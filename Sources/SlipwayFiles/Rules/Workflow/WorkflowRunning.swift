// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// Folders and files that a job needs.
    static let missingWorkflowPath = Rule(
        "WF030", .error, "a workflow names a path that does not exist",
        why: "The step fails, or with a path filter the workflow never starts.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n        working-directory: front\n",
                "frontend/package.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./scripts/deploy.sh\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: docker/Dockerfile.web\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: ./.github/actions/build\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        part: [backend, web]\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd ${{ matrix.part }}\n          docker build .\n",
                "server/package.json": "{}", "web/package.json": "{}",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n        working-directory: frontend\n",
                "frontend/package.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        part: [server, web]\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd ${{ matrix.part }}\n          cd dist && ls\n",
                "server/package.json": "{}", "web/package.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          path: code\n      - run: npm ci\n        working-directory: code\n"
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let places = WorkflowPlaces(file)
        return file.jobs.flatMap { job in
            (places.missing(in: job) + places.missingMoves(in: job)).map { missing in
                Violation(line: missing.line, "\(missing.path) is nowhere in the repository; \(missing.advice)")
            }
        }
    }

    /// setup-node refuses to cache without a lock file.
    static let cacheWithoutLock = Rule(
        "WF031", .error, "a package cache without a lock file",
        why: "The step fails with: dependencies lock file is not found.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n",
                "web/package-lock.json": "{}",
            ]
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n",
                "package-lock.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n          cache-dependency-path: web/package-lock.json\n",
                "web/package-lock.json": "{}",
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let locks = [
            "npm": ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock"], "yarn": ["yarn.lock"],
            "pnpm": ["pnpm-lock.yaml"],
        ]
        return file.jobs.flatMap { job -> [Violation] in
            // Code that comes from elsewhere brings its lock file along.
            let isElsewhere = job.steps.contains {
                $0.action == "actions/checkout" && ($0.input("repository") != nil || $0.input("path") != nil)
            }
            return job.steps.compactMap { step in
                guard step.action == "actions/setup-node", let cache = step.input("cache"), let kind = cache.text,
                    let names = locks[kind], !isElsewhere
                else { return nil }
                let tree = file.repository.tree
                if let path = step.input("cache-dependency-path")?.text {
                    guard !path.contains("*"), !path.contains("$"), !path.contains("\n"),
                        !tree.contains(GoPath.clean(path))
                    else { return nil }
                    return Violation(line: cache.line, "\(path) does not exist; write the path of the lock file")
                }
                let folder = file.projectFolder == "." ? "" : file.projectFolder + "/"
                guard !names.contains(where: { tree.contains(folder + $0) }) else { return nil }
                let near = names.lazy.compactMap { tree.files(named: $0).first?.path }.first
                return Violation(
                    line: cache.line,
                    "the root has no \(names[0]); "
                        + (near.map { "add: cache-dependency-path: \($0)" } ?? "commit one, or delete: cache: \(kind)"))
            }
        }
    }

    /// A key that never changes keeps the first packages forever.
    static let constantCacheKey = Rule(
        "WF032", .warning, "a cache key that never changes",
        why:
            "GitHub never writes a cache twice: a key without the lock file's hash keeps the packages of its first run.",
        catches: [.steps("- uses: actions/cache@v4\n  with:\n    path: node_modules\n    key: ${{ runner.os }}-node")],
        passes: [
            .steps(
                "- uses: actions/cache@v4\n  with:\n    path: ~/.npm\n    key: ${{ runner.os }}-${{ hashFiles('package-lock.json') }}"
            )
        ]
    ) { file in
        file.jobs.flatMap(\.steps).compactMap { step in
            guard step.action == "actions/cache", let key = step.input("key"), let text = key.text,
                ![
                    "hashFiles", "github.sha", "github.run_id", "steps.", "env.", "needs.", "github.run_number",
                    "inputs.",
                ]
                .contains(where: { text.contains($0) })
            else { return nil }
            return Violation(
                line: key.line, "the cache is never renewed; add to the key: -${{ hashFiles('**/package-lock.json') }}")
        }
    }

    /// A database that still starts refuses the first test.
    static let serviceWithoutCheck = Rule(
        "WF033", .warning, "a service container without a health check",
        why:
            "The steps begin while the database still starts, so tests fail now and then and people stop believing them.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: postgres:17\n    steps:\n      - run: make\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: postgres:17\n        options: --health-cmd pg_isready\n    steps:\n      - run: make\n"
        ]
    ) { file in
        file.jobs.flatMap { job -> [Violation] in
            (job.node["services"]?.mapping?.entries ?? []).compactMap { entry in
                guard let image = (entry.value["image"] ?? entry.value).text, let known = KnownImage.of(image),
                    known.isStore, let ready = known.readiness,
                    entry.value["options"]?.text?.contains("--health") != true,
                    !job.steps.contains(where: { step in
                        ["pg_isready", "wait-for", "nc -z", "mysqladmin ping", "wait_for", "sleep "].contains {
                            step.run?.text?.contains($0) == true
                        }
                    })
                else { return nil }
                return Violation(
                    line: entry.line,
                    "steps begin before \(known.title) answers; add: options: --health-cmd \"\(ready)\" --health-interval 5s"
                )
            }
        }
    }

    /// A step that is green whatever happens.
    static let cannotFail = Rule(
        "WF034", .warning, "a step that cannot fail",
        why: "Tests or a deployment that failed are shown in green, and what needs them goes on.",
        catches: [.steps("- run: npm test\n  continue-on-error: true"), .steps("- run: pytest || true")],
        passes: [.steps("- run: npm test"), .steps("- run: docker rm -f app || true")]
    ) { file in
        file.jobs.flatMap(\.steps).compactMap { step in
            guard let run = step.run else { return nil }
            let program = step.program
            let matters: (ShellCommand) -> Bool = { command in
                let words = [command.name] + command.arguments
                return ["pytest", "jest", "vitest", "flyctl", "kubectl", "phpunit", "rspec"].contains(
                    ConsequentialCommand.program(of: command))
                    || words.starts(with: ["npm", "test"]) || words.starts(with: ["yarn", "test"])
                    || words.starts(with: ["npm", "run", "build"]) || words.starts(with: ["go", "test"])
                    || words.starts(with: ["cargo", "test"]) || words.starts(with: ["docker", "push"])
                    || ConsequentialCommand.isMigration(command)
            }
            if step.node["continue-on-error"]?.bool == true, step.id == nil, program.commands.contains(where: matters) {
                return Violation(
                    line: step.node["continue-on-error"]?.line ?? step.line,
                    "a failure stays green; delete: continue-on-error")
            }
            for index in program.commands.indices.dropLast() {
                let (command, next) = (program.commands[index], program.commands[index + 1])
                guard command.isFollowedByOr, next.joint == .or, ["true", ":"].contains(next.name), matters(command),
                    !command.arguments.contains("delete"), !command.arguments.contains("get"),
                    !command.arguments.contains("logs"),
                    !command.arguments.contains("describe"), !command.isInSubshell
                else { continue }
                return Violation(
                    line: file.line(in: run, containing: command.words.first?.text ?? ""),
                    "a failure stays green; delete: || \(next.name)")
            }
            return nil
        }
    }

    /// The older of two deployments can end last.
    static let deployWithoutConcurrency = Rule(
        "WF035", .info, "two deployments can run at once", alias: ["concurrency-limits"],
        why: "After two quick pushes both deploy at once, and the older one can end last and stay.",
        catches: [.steps("- run: make deploy", job: "deploy")],
        passes: [
            "on: push\nconcurrency: deploy\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make deploy\n",
            .steps("- run: make", job: "build"),
        ]
    ) { file in
        guard file.root?["concurrency"] == nil, !file.events.isDisjoint(with: ["push", "workflow_run"]) else {
            return []
        }
        return file.jobs.filter { $0.isDeployment && $0.node["concurrency"] == nil && !$0.isCall }.map { job in
            Violation(line: job.line, "\(job.name) can run twice at once; add: concurrency: deploy")
        }
    }

    /// Code that nobody has fetched.
    static let missingCheckout = Rule(
        "WF036", .error, "a job uses the repository without fetching it",
        why: "A job starts in an empty folder: without a checkout there is no package.json and no script.",
        catches: [
            .steps("- run: npm ci"), .steps("- uses: actions/setup-node@v4\n- run: |\n    npm ci\n    npm test"),
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          cd infra\n          terraform output\n",
                "infra/main.tf": "",
            ],
        ],
        passes: [
            .steps("- uses: actions/checkout@v4\n- run: npm ci"), .steps("- run: npm install -g vercel"),
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          mkdir infra\n          cd infra\n",
                "infra/main.tf": "",
            ],
        ]
    ) { file in
        file.jobs.compactMap { job in
            guard
                !job.steps.contains(where: { step in
                    step.action.contains("checkout") || step.action.hasPrefix(".")
                        || step.action.contains("download-artifact")
                        || step.action.contains("cache") || step.run?.text?.contains("git clone") == true
                        || step.run?.text?.contains("git init") == true
                        || step.run?.text?.contains("gh repo clone") == true
                }), job.node["container"] == nil
            else { return nil }
            for step in job.steps {
                for command in step.program.commands {
                    let words = [command.name] + command.arguments
                    guard
                        [
                            "npm ci", "yarn install --frozen-lockfile", "pip install -r requirements.txt",
                            "poetry install", "bundle install",
                        ]
                        .contains(words.joined(separator: " "))
                    else { continue }
                    return Violation(
                        line: step.line,
                        "\(job.name) has no code yet; add as the first step: - uses: actions/checkout@v4")
                }
            }
            return WorkflowPlaces(file).unfetched(in: job).map { path, line in
                Violation(
                    line: line,
                    "\(job.name) has no code yet, so no \(path); add as the first step: - uses: actions/checkout@v4")
            }
        }
    }

    /// Who sets up the repository cannot guess its names.
    static let undocumentedSecret = Rule(
        "WF037", .info, "a secret that no document names",
        why: "Whoever takes the repository over, or forks it, cannot know which secrets the deployment needs.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n        env:\n          KEY: ${{ secrets.DEPLOY_KEY }}\n",
                "README.md": "# App\n",
            ]
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n        env:\n          KEY: ${{ secrets.DEPLOY_KEY }}\n",
                "README.md": "Set DEPLOY_KEY.\n",
            ]
        ]
    ) { file in
        guard file.repository.isWhole, let root = file.root else { return [] }
        var seen: Set<String> = ["GITHUB_TOKEN"]
        var names: [(name: String, line: Int)] = []
        for expression in WorkflowExpressions.all(in: root) {
            for path in WorkflowExpressions.paths(in: expression.text, of: "secrets") where path.count == 2 {
                if seen.insert(path[1]).inserted { names.append((path[1], expression.line)) }
            }
        }
        guard !names.isEmpty else { return [] }
        let documents = file.repository.tree.entries.lazy.filter { entry in
            let path = entry.path.lowercased()
            return path.hasSuffix(".md") || path.contains(".env") || path.hasSuffix(".rst")
        }.prefix(100).compactMap { file.repository.tree.text($0.path) }
        let texts = Array(documents)
        let missing = names.filter { name in !texts.contains { $0.contains(name.name) } }
        guard let first = missing.first else { return [] }
        let list = missing.map(\.name).joined(separator: ", ")
        return [Violation(line: first.line, "no document names \(list); add a table of secrets to the README")]
    }

    /// A push needs somebody who is logged in.
    static let pushWithoutLogin = Rule(
        "WF038", .error, "an image is pushed by nobody",
        why: "The registry refuses the push: no step has logged in.",
        catches: [.steps("- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: a/b:1")],
        passes: [
            .steps(
                "- uses: docker/login-action@v3\n  with:\n    username: a\n    password: ${{ secrets.P }}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: a/b:1"
            ),
            .steps("- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: localhost:5000/a:1"),
        ]
    ) { file in
        file.jobs.compactMap { job in
            guard
                let push = job.steps.first(where: {
                    $0.action == "docker/build-push-action" && $0.input("push")?.text == "true"
                }),
                push.input("tags")?.text?.contains("localhost") != true,
                !job.steps.contains(where: { step in
                    step.action.contains("login") || step.action.hasPrefix(".")
                        || step.run?.text?.contains("login") == true
                        || step.action.contains("configure-docker") || step.action.contains("auth")
                        || step.run?.text?.contains("configure-docker") == true
                }), !job.runners.contains(where: { $0.name == "self-hosted" })
            else { return nil }
            return Violation(line: push.line, "nobody has logged in; add before it: - uses: docker/login-action@v3")
        }
    }
}
