// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A job or a step of a workflow.
private struct WorkflowStep {
    let node: DataNode
    let job: DataNode
    var uses: DataNode? { node["uses"] }
    var run: DataNode? { node["run"] }
}

extension CheckedFile<YAMLDocument> {
    /// Jobs by name, in file order.
    fileprivate var jobs: [DataMapping.Entry] { document.root?["jobs"]?.mapping?.entries ?? [] }
    fileprivate var steps: [WorkflowStep] {
        jobs.flatMap { job in (job.value["steps"]?.sequence ?? []).map { WorkflowStep(node: $0, job: job.value) } }
    }
    /// Names of the events that start it.
    fileprivate var events: Set<String> {
        let node = document.root?["on"] ?? document.root?["true"]
        return Set(node?.mapping?.keys ?? node?.texts ?? [])
    }
    /// Everything that names an action or a reusable workflow.
    fileprivate var allUses: [DataNode] { steps.compactMap(\.uses) + jobs.compactMap { $0.value["uses"] } }
    fileprivate var usesSecrets: Bool { text.contains("secrets.") }

    /// The line of a text inside a literal block, by searching below where the block starts.
    fileprivate func line(of needle: String, below node: DataNode) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for index in max(0, node.line - 1)..<lines.count where lines[index].contains(needle) { return index + 1 }
        return node.line
    }
}

extension Rule<CheckedFile<YAMLDocument>> {
    /// A branch is whatever its owner pushed last.
    static let branchAction = Rule(
        "WF001", .warning, "an action is used at a branch",
        why: "Whoever can push to the branch runs code in this workflow, with its token and its secrets.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: superfly/flyctl-actions/setup-flyctl@master\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: ./.github/actions/own\n"
        ]
    ) { file in
        file.allUses.compactMap { node in
            guard let text = node.text, !text.hasPrefix("./"), !text.hasPrefix("docker://") else { return nil }
            let version = text.split(separator: "@").dropFirst().last.map(String.init)
            guard let version else {
                return Violation(line: node.line, "\(text) has no version; write: \(text)@COMMIT")
            }
            guard ["master", "main", "latest", "develop", "dev", "HEAD"].contains(version) else { return nil }
            return Violation(
                line: node.line, "\(version) is a branch; write the full commit: \(text.prefix { $0 != "@" })@COMMIT")
        }
    }

    /// A tag can be moved.
    static let tagAction = Rule(
        "WF002", .info, "a third party's action is used at a tag",
        why:
            "A tag can be moved to other code after a break-in, as happened to tj-actions in March 2025; a commit cannot.",
        catches: ["on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: owner/action@v3\n"],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: owner/action@5e21ff4d9bc1a8cf6de233a3057d20ec6b3fb69d\n      - uses: actions/checkout@v4\n"
        ]
    ) { file in
        file.allUses.compactMap { node in
            guard let text = node.text, let at = text.firstIndex(of: "@"), !text.hasPrefix("./"),
                !text.hasPrefix("docker://")
            else { return nil }
            let version = text[text.index(after: at)...]
            let owner = text.prefix { $0 != "/" }
            guard !["actions", "github", "docker"].contains(owner), version.count != 40,
                !["master", "main", "latest", "develop", "dev", "HEAD"].contains(String(version))
            else { return nil }
            return Violation(line: node.line, "\(text) can change; write: \(text[..<at])@COMMIT # \(version)")
        }
    }

    /// Whoever opens an issue writes the script.
    static let scriptInjection = Rule(
        "WF003", .error, "a stranger's text becomes part of a script",
        why: "The text of an issue, a title or a branch name is pasted into the script before the shell reads it: "
            + "whoever opens a pull request runs commands with this workflow's token.",
        catches: [
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{ github.event.issue.title }}\"\n",
            "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: git checkout ${{ github.head_ref }}\n",
        ],
        passes: [
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"$TITLE\"\n        env:\n          TITLE: ${{ github.event.issue.title }}\n"
        ]
    ) { file in
        let strangers = [
            "github.event.issue.title", "github.event.issue.body", "github.event.pull_request.title",
            "github.event.pull_request.body",
            "github.event.comment.body", "github.event.review.body", "github.event.review_comment.body",
            "github.event.head_commit.message",
            "github.event.pull_request.head.ref", "github.event.pull_request.head.label", "github.head_ref",
            "github.event.discussion.title",
            "github.event.discussion.body", "github.event.workflow_run.head_branch", "github.event.commits",
        ]
        return file.steps.compactMap { step in
            let isScript = step.uses?.text?.hasPrefix("actions/github-script") == true
            guard let node = step.run ?? (isScript ? step.node.at("with", "script") : nil), let text = node.text else {
                return nil
            }
            let found = Self.expressions(in: text).first { expression in strangers.contains { expression.contains($0) }
            }
            guard let found else { return nil }
            return Violation(
                line: file.line(of: found, below: node),
                "\(found.trimmed) is a stranger's text; give it in env: and write \"$NAME\" in the script")
        }
    }

    private static func expressions(in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "$") {
            rest = rest[start...]
            guard rest.hasPrefix("${{") else {
                rest = rest.dropFirst()
                continue
            }
            let body = rest.dropFirst(3)
            let end = body.firstIndex(of: "}") ?? body.endIndex
            found.append(String(body[..<end]))
            rest = body[end...]
        }
        return found
    }

    /// Strangers' code with our secrets.
    static let targetCheckout = Rule(
        "WF004", .error, "strangers' code runs with this repository's secrets",
        why: "pull_request_target has the secrets and a token that can write; checking out the pull request's own code "
            + "and running it gives both to whoever opens one.",
        catches: [
            RuleExample(
                "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n"
                    + "          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm test\n")
        ],
        passes: [
            RuleExample(
                "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n"
                    + "          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm test\n")
        ]
    ) { file in
        guard file.events.contains("pull_request_target") || file.events.contains("workflow_run") else { return [] }
        return file.steps.compactMap { step in
            guard step.uses?.text?.hasPrefix("actions/checkout@") == true, let ref = step.node.at("with", "ref"),
                let text = ref.text,
                text.contains("head.sha") || text.contains("head.ref") || text.contains("head_ref")
                    || text.contains("head_sha")
            else { return nil }
            return Violation(line: ref.line, "write: on: pull_request, or do not check out \(text)")
        }
    }

    /// The token can do everything.
    static let widePermissions = Rule(
        "WF005", .info, "the workflow's token may do more than it must",
        why: "Without permissions the token has the repository's default, often write access to everything; a broken "
            + "action can then push code and releases.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
            "on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
        ]
    ) { file in
        guard let root = file.document.root, let jobs = root.mapping?.entry("jobs") else { return [] }
        let all = [root["permissions"]] + file.jobs.map { $0.value["permissions"] }
        if let wide = all.compactMap({ $0 }).first(where: { $0.text == "write-all" }) {
            return [
                Violation(
                    line: wide.line, "write-all gives everything; write: permissions: {contents: read}",
                    severity: .warning)
            ]
        }
        guard root["permissions"] == nil,
            file.jobs.contains(where: { $0.value["permissions"] == nil && $0.value["uses"] == nil })
        else { return [] }
        return [
            Violation(
                line: jobs.line, "the token is as wide as the repository allows; add: permissions: {contents: read}",
                fix: Fix(
                    "read only", line: jobs.line, count: 0, replacement: ["permissions:", "  contents: read", ""],
                    isUnsafe: true))
        ]
    }

    /// The log keeps what it shows.
    static let printedSecret = Rule(
        "WF006", .warning, "a secret is printed or put on a command line",
        why: "Logs mask exact values only; parts, encodings and process lists show the rest.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ secrets.TOKEN }}\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker login -u me -p ${{ secrets.TOKEN }}\n",
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{ secrets.TOKEN }}\" | docker login -u me --password-stdin\n"
        ]
    ) { file in
        file.steps.compactMap { step in
            guard let run = step.run, let text = run.text else { return nil }
            for line in text.split(separator: "\n") where line.contains("${{ secrets.") || line.contains("${{secrets.")
            {
                let body = line.trimmed
                let isEcho = body.hasPrefix("echo ") && !body.contains("|") && !body.contains(">")
                let isLogin =
                    body.contains("docker login")
                    && (body.contains(" -p ") || body.contains("--password ") || body.contains("--password="))
                if isEcho || isLogin {
                    return Violation(
                        line: file.line(of: body, below: run),
                        isEcho
                            ? "delete the line, or write the value to a file"
                            : "write: echo \"$TOKEN\" | docker login --password-stdin")
                }
            }
            return nil
        }
    }

    /// The image's history keeps build arguments.
    static let secretBuildArgument = Rule(
        "WF007", .warning, "a secret is a build argument",
        why: "Build arguments stay readable in the image's history; BuildKit's secrets do not.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --build-arg NPM_TOKEN=${{ secrets.NPM_TOKEN }} .\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --build-arg VITE_DSN=${{ secrets.DSN }} .\n"
        ]
    ) { file in
        file.steps.compactMap { step in
            let nodes = [step.run, step.node.at("with", "build-args")].compactMap { $0 }
            for node in nodes {
                for line in (node.text ?? "").split(separator: "\n") where line.contains("secrets.") {
                    let isArgument = node.position != step.run?.position || line.contains("--build-arg")
                    let words = line.split { $0 == " " || $0 == "=" }.map(String.init)
                    guard isArgument,
                        let name = words.first(where: {
                            SecretText.isSecret(name: $0) && !BrowserVariables.contains($0)
                                && $0.first?.isLetter == true && !$0.contains(".")
                        })
                    else { continue }
                    return Violation(
                        line: file.line(of: line.trimmed, below: node),
                        "\(name) stays in the image's history; write: secrets: \(name)=..., and RUN --mount=type=secret,id=\(name)"
                    )
                }
            }
            return nil
        }
    }

    /// What it names is not there.
    static let workflowPath = Rule(
        "WF008", .error, "a workflow names a folder or file that does not exist",
        why: "The step fails at once: the folder or the file is not in the repository.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm ci\n        working-directory: front\n",
                "web/package.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          file: docker/Dockerfile\n",
                "Dockerfile": "FROM debian:12\n",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm ci\n        working-directory: ./web\n",
                "web/package.json": "{}",
            ]
        ]
    ) { file in
        guard file.repository.isWhole, file.location.hasPrefix(".github/") else { return [] }
        let tree = file.repository.tree
        // A second checkout, or a step that makes folders, brings what is not here.
        guard
            file.steps.filter({ $0.uses?.text?.hasPrefix("actions/checkout") == true }).allSatisfy({
                $0.node.at("with", "path") == nil && $0.node.at("with", "repository") == nil
            })
        else { return [] }
        let folders =
            file.steps.compactMap { $0.node["working-directory"] }
            + file.jobs.compactMap { $0.value.at("defaults", "run", "working-directory") }
            + [file.document.root?.at("defaults", "run", "working-directory")].compactMap { $0 }
        var found = folders.compactMap { node -> Violation? in
            guard let text = node.text, !text.contains("$"), !text.hasPrefix("/"), !text.hasPrefix("~") else {
                return nil
            }
            let path = GoPath.clean(text)
            let isMade = ["dist", "build", "out", "target", ".output", "release"].contains {
                path.split(separator: "/").contains(Substring($0))
            }
            let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
            guard path != ".", !isMade, !isHidden, !tree.hasDirectory(path), !file.text.contains("mkdir")
            else {
                return nil
            }
            return Violation(line: node.line, "the folder \(path) does not exist; write the folder of the code")
        }
        for step in file.steps where step.uses?.text?.hasPrefix("docker/build-push-action") == true {
            guard let node = step.node.at("with", "file"), let text = node.text, !text.contains("$") else { continue }
            let path = GoPath.clean(text)
            guard !tree.contains(path) else { continue }
            let near = tree.files(named: SourceTree.Entry(path: path).name).first?.path
            found.append(
                Violation(
                    line: node.line,
                    "\(path) does not exist; " + (near.map { "write: \($0)" } ?? "write the path of the Dockerfile")))
        }
        return found
    }

    /// GitHub refuses to run them.
    static let endedAction = Rule(
        "WF009", .error, "a version that GitHub does not run any more",
        why: "GitHub fails workflows that use these versions, runner images and commands.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/upload-artifact@v3\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-20.04\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/upload-artifact@v4\n"
        ]
    ) { file in
        let ended: [String: (versions: Set<String>, now: String)] = [
            "actions/upload-artifact": (["v1", "v2", "v3"], "v4"),
            "actions/download-artifact": (["v1", "v2", "v3"], "v4"),
            "actions/cache": (["v1", "v2"], "v4"),
        ]
        let images = [
            "ubuntu-16.04", "ubuntu-18.04", "ubuntu-20.04", "macos-10.15", "macos-11", "macos-12", "windows-2016",
            "windows-2019",
        ]
        var found = file.steps.compactMap { step -> Violation? in
            guard let node = step.uses, let text = node.text, let at = text.firstIndex(of: "@"),
                let entry = ended[String(text[..<at])], entry.versions.contains(String(text[text.index(after: at)...]))
            else { return nil }
            return Violation(line: node.line, "write: \(text[..<at])@\(entry.now)")
        }
        found += file.jobs.compactMap { job in
            guard let node = job.value["runs-on"], let text = node.text, images.contains(text) else { return nil }
            return Violation(line: node.line, "\(text) is gone; write: \(text.prefix { $0 != "-" })-latest")
        }
        return found
    }

    /// Commands that are switched off.
    static let endedCommand = Rule(
        "WF010", .warning, "a workflow command that is going away",
        why:
            "set-output and save-state are deprecated, set-env and add-path are switched off, because any text in a log "
            + "could set them.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"::set-output name=a::b\"\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"a=b\" >> \"$GITHUB_OUTPUT\"\n"
        ]
    ) { file in
        file.steps.compactMap { step in
            guard let run = step.run, let text = run.text,
                let command = ["::set-output", "::save-state", "::set-env", "::add-path"].first(where: {
                    text.contains($0)
                })
            else { return nil }
            let target =
                [
                    "::set-output": "GITHUB_OUTPUT", "::save-state": "GITHUB_STATE", "::set-env": "GITHUB_ENV",
                    "::add-path": "GITHUB_PATH",
                ][command] ?? ""
            return Violation(line: file.line(of: command, below: run), "write: echo \"NAME=VALUE\" >> \"$\(target)\"")
        }
    }

    /// GitHub refuses the file.
    static let workflowShape = Rule(
        "WF011", .error, "GitHub refuses the workflow",
        why:
            "A job without runs-on or steps, or one that needs a job that does not exist, makes the whole file invalid: "
            + "nothing runs.",
        catches: [
            "on: push\njobs:\n  a:\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: build\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n  a:\n    runs-on: ubuntu-latest\n    needs: [b]\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n",
        ]
    ) { file in
        let names = Set(file.jobs.map(\.key))
        return file.jobs.flatMap { job -> [Violation] in
            guard job.value.mapping != nil else { return [] }
            var found: [Violation] = []
            if job.value["uses"] == nil, job.value["runs-on"] == nil {
                found.append(Violation(line: job.line, "\(job.key) has no runner; add: runs-on: ubuntu-latest"))
            }
            for name in job.value["needs"]?.texts ?? [] where !names.contains(name) {
                found.append(
                    Violation(
                        line: job.value["needs"]?.line,
                        "no job is called \(name)"
                            + (NearestWord.of(name, among: names).map { "; write: \($0)" } ?? "; delete it")))
            }
            return found
        }
    }

    /// Two deployments at once overtake each other.
    static let deployConcurrency = Rule(
        "WF012", .info, "two deployments can run at once",
        why: "Two pushes start two deployments; the older can end last, and the older code stays.",
        catches: [
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy --remote-only\n"
        ],
        passes: [
            "on: push\nconcurrency: deploy\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy --remote-only\n"
        ]
    ) { file in
        guard file.document.root?["concurrency"] == nil else { return [] }
        return file.jobs.compactMap { job in
            let deploys = (job.value["steps"]?.sequence ?? []).contains { step in
                let text = step["run"]?.text ?? ""
                return [
                    "flyctl deploy", "fly deploy", "kubectl apply", "helm upgrade", "docker compose up",
                    "docker-compose up", "kamal deploy", "cdk deploy", "terraform apply", "serverless deploy",
                    "eb deploy", "railway up",
                ]
                .contains { text.contains($0) }
            }
            let isTest =
                job.key.lowercased().contains("test") || job.key.lowercased().contains("e2e")
                || (job.value["steps"]?.sequence ?? []).contains { ($0["run"]?.text ?? "").contains("compose down") }
            guard deploys, !isTest, job.value["concurrency"] == nil else { return nil }
            return Violation(line: job.line, "a later push can be overtaken; add to the job: concurrency: deploy")
        }
    }
}
