// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension RuleExample {
    /// A workflow of one job with these steps, each line indented as in a list.
    static func steps(_ steps: String, on event: String = "push", job: String = "a") -> RuleExample {
        let body = steps.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
        return RuleExample(
            "on: \(event)\npermissions:\n  contents: read\njobs:\n  \(job):\n    runs-on: ubuntu-24.04\n    steps:\n\(body)\n"
        )
    }
}

extension Rule<CheckedFile<YAMLDocument>> {
    /// What strangers write becomes part of the script.
    static let scriptInjection = Rule(
        "WF010", .error, "a stranger's text becomes part of a script", alias: ["template-injection"],
        why: "The expression is put into the script before the shell reads it: a pull request's title runs commands "
            + "with the repository's token and secrets.",
        catches: [
            .steps("- run: echo \"${{ github.event.pull_request.title }}\"", on: "pull_request_target"),
            .steps("- run: |\n    git checkout ${{ github.head_ref }}", on: "pull_request"),
            .steps(
                "- uses: actions/github-script@v7\n  with:\n    script: core.info('${{ github.event.issue.body }}')",
                on: "issues"),
        ],
        passes: [
            .steps(
                "- run: echo \"$TITLE\"\n  env:\n    TITLE: ${{ github.event.pull_request.title }}",
                on: "pull_request_target"),
            .steps("- run: echo ${{ github.event.pull_request.number }}", on: "pull_request"),
        ]
    ) { file in
        file.jobs.flatMap(\.steps).flatMap { step -> [Violation] in
            let script = step.action == "actions/github-script" ? step.input("script") : step.run
            guard let script, let text = script.text else { return [] }
            return WorkflowExpressions.all(in: text).compactMap { expression in
                guard let path = StrangersText.path(in: expression) else { return nil }
                return Violation(
                    line: file.line(in: script, containing: expression),
                    "whoever writes \(path) runs commands here; give it as env: {TEXT: ${{ \(path) }}} and write: \"$TEXT\""
                )
            }
        }
    }

    /// A workflow with the repository's rights must not run a stranger's code.
    static let untrustedCheckout = Rule(
        "WF011", .error, "a stranger's code runs with the repository's secrets", alias: ["dangerous-triggers"],
        why: "pull_request_target and workflow_run have the secrets and a token that may write; building what a pull "
            + "request brings hands both to its author.",
        catches: [
            .steps(
                "- uses: actions/checkout@v4\n  with:\n    ref: ${{ github.event.pull_request.head.sha }}\n- run: npm ci",
                on: "pull_request_target")
        ],
        passes: [
            .steps("- uses: actions/checkout@v4\n- run: npm ci", on: "pull_request_target"),
            .steps(
                "- uses: actions/checkout@v4\n  with:\n    ref: ${{ github.event.pull_request.head.sha }}\n- run: npm ci",
                on: "pull_request"),
        ]
    ) { file in
        guard file.events.contains("pull_request_target") || file.events.contains("workflow_run") else { return [] }
        return file.jobs.flatMap { job -> [Violation] in
            job.steps.compactMap { step in
                guard step.action == "actions/checkout", let ref = step.input("ref"), let text = ref.text,
                    text.contains("head.sha") || text.contains("head.ref") || text.contains("head_ref")
                        || text.contains("head_sha") || text.contains("/merge"),
                    job.steps.contains(where: { $0.run != nil || $0.action.hasPrefix("./") }),
                    job.node["if"]?.text?.contains("pull_request'") != true
                else { return nil }
                return Violation(
                    line: ref.line,
                    "builds a stranger's code with the repository's secrets; start the workflow with: on: pull_request")
            }
        }
    }

    /// A branch of somebody else's repository is what they push next.
    static let unpinnedAction = Rule(
        "WF012", .warning, "an action follows a branch", alias: ["unpinned-uses"],
        why: "Whatever its owner, or whoever takes over the account, pushes next runs with this workflow's secrets.",
        catches: [.steps("- uses: someone/deploy@main"), .steps("- uses: someone/deploy")],
        passes: [
            .steps("- uses: someone/deploy@8f4b7f84864484a7bf31766abe9204da3cbe65b3"),
            .steps("- uses: actions/checkout@v4"), .steps("- uses: ./.github/actions/build"),
            .steps("- uses: docker://alpine:3.20"),
        ]
    ) { file in
        (file.jobs.flatMap(\.steps).compactMap(\.uses) + file.jobs.compactMap { $0.node["uses"] }).compactMap { uses in
            guard let text = uses.text, !text.hasPrefix("."), !text.hasPrefix("docker://"), !text.contains("${{") else {
                return nil
            }
            guard let at = text.firstIndex(of: "@") else {
                return Violation(
                    line: uses.line, "\(text) says no version; write: \(text)@v1, or a commit's hash", severity: .error)
            }
            let reference = String(text[text.index(after: at)...])
            guard !ActionVersions.isHash(reference) else { return nil }
            let isBranch =
                ["main", "master", "develop", "dev", "trunk", "latest", "edge", "stable"].contains(reference)
                && !text.hasPrefix("dtolnay/rust-toolchain")
            guard isBranch else { return nil }
            return Violation(
                line: uses.line, column: uses.column,
                "\(reference) moves with every push of its owner; write a tag or a commit's hash")
        }
    }

    /// A tag can be moved, too.
    static let movableAction = Rule(
        "WF013", .info, "an action of a third party is named by a tag", alias: ["unpinned-uses"],
        why:
            "A tag can be moved to other code; in 2025 that happened to an action that thousands of repositories used.",
        catches: [.steps("- uses: someone/deploy@v3\n  with:\n    token: ${{ secrets.TOKEN }}")],
        passes: [
            .steps("- uses: actions/checkout@v4"), .steps("- uses: someone/lint@v3"),
            .steps(
                "- uses: someone/deploy@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v3\n  with:\n    token: ${{ secrets.TOKEN }}"
            ),
        ]
    ) { file in
        file.jobs.flatMap(\.steps).compactMap { step in
            guard let uses = step.uses, let text = uses.text, let reference = step.reference, !text.hasPrefix("."),
                !text.hasPrefix("docker://"), !ActionVersions.isHash(reference),
                !ActionVersions.wellKnownOwners.contains(String(step.action.prefix { $0 != "/" })),
                WorkflowExpressions.all(in: step.node).contains(where: { $0.text.contains("secrets.") })
            else { return nil }
            return Violation(
                line: uses.line, column: uses.column,
                "\(text) gets a secret and its tag can be moved; write the commit's hash and the tag as a comment")
        }
    }

    /// The token can do more than the workflow needs.
    static let broadPermissions = Rule(
        "WF014", .warning, "the workflow's token may do everything", alias: ["excessive-permissions"],
        why: "A broken action or a stolen token can push code, release packages and change settings.",
        catches: [
            "on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
        ],
        passes: [.steps("- run: make")]
    ) { file in
        guard !file.jobs.isEmpty else { return [] }
        var found: [Violation] = []
        for node in [file.root?["permissions"]] + file.jobs.map({ $0.node["permissions"] }) {
            if let node, node.text == "write-all" {
                found.append(
                    Violation(line: node.line, "gives every right; name those that are needed: contents: read"))
            }
        }
        let isSaid = file.root?["permissions"] != nil || file.jobs.allSatisfy { $0.node["permissions"] != nil }
        guard !isSaid, let line = file.root?.mapping?.entry("jobs")?.line else { return found }
        found.append(
            Violation(
                line: line,
                "says no permissions, so the repository's default counts; add before jobs: permissions: {contents: read}",
                fix: Fix(
                    "Let the token read only", line: line, count: 0,
                    replacement: ["permissions:", "  contents: read", ""], isUnsafe: true),
                severity: .info))
        return found
    }

    /// GitHub refuses a push without the right.
    static let missingPermission = Rule(
        "WF015", .error, "the token lacks a right that a step needs",
        why: "The step fails with: denied, or resource not accessible by integration.",
        catches: [
            .steps(
                "- uses: docker/login-action@v3\n  with:\n    registry: ghcr.io\n    username: ${{ github.actor }}\n    password: ${{ secrets.GITHUB_TOKEN }}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: ghcr.io/a/b:1"
            ),
            .steps("- uses: actions/deploy-pages@v4"),
        ],
        passes: [
            "on: push\npermissions:\n  contents: read\n  pages: write\n  id-token: write\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/deploy-pages@v4\n"
        ]
    ) { file in
        file.jobs.flatMap { job -> [Violation] in
            guard let rights = job.node["permissions"] ?? file.root?["permissions"], let given = rights.mapping else {
                return []
            }
            func lacks(_ name: String) -> Bool { given[name]?.text != "write" }
            return job.steps.compactMap { step in
                if step.action == "actions/deploy-pages" {
                    let missing = ["pages", "id-token"].filter(lacks)
                    return missing.isEmpty
                        ? nil
                        : Violation(
                            line: step.line,
                            "add to permissions: \(missing.map { "\($0): write" }.joined(separator: ", "))")
                }
                guard step.action == "docker/build-push-action", step.input("push")?.text == "true", lacks("packages"),
                    let login = job.steps.first(where: { $0.action == "docker/login-action" }),
                    login.input("registry")?.text == "ghcr.io",
                    login.input("password")?.text?.contains("GITHUB_TOKEN") == true
                        || login.input("password")?.text?.contains("github.token") == true
                else { return nil }
                return Violation(
                    line: step.line, "the token may not push to ghcr.io; add to permissions: packages: write")
            }
        }
    }

    /// Everybody with access reads the log.
    static let secretInLog = Rule(
        "WF016", .warning, "a step prints a secret",
        why: "GitHub hides a secret only where it stands letter for letter; encoded, cut or in JSON it is readable.",
        catches: [
            .steps("- run: echo ${{ secrets.API_TOKEN }}"),
            .steps("- run: echo \"$TOKEN\" | base64\n  env:\n    TOKEN: ${{ secrets.TOKEN }}"),
        ],
        passes: [
            .steps("- run: echo \"${{ secrets.API_TOKEN }}\" | docker login -u a --password-stdin"),
            .steps("- run: echo \"KEY=${{ secrets.KEY }}\" >> .env"),
        ]
    ) { file in
        file.jobs.flatMap { job in
            job.steps.compactMap { step -> Violation? in
                guard let run = step.run, let text = run.text else { return nil }
                let given = Set(
                    (step.node["env"]?.mapping?.entries ?? []).filter { $0.value.text?.contains("secrets.") == true }
                        .map(\.key))
                let commands = ShellProgram(parsing: WorkflowExpressions.neutral(text)).commands
                for index in commands.indices where ["echo", "printf"].contains(commands[index].name) {
                    let command = commands[index]
                    let next = commands.indices.contains(index + 1) ? commands[index + 1] : nil
                    let isPiped = next?.joint == .pipe && next?.name != "base64" && next?.name != "tee"
                    guard command.redirections.isEmpty, !isPiped, !command.isInSubshell else { continue }
                    let names = command.words.flatMap { Expansions.names(in: $0.source) }
                    let isDirect = text.contains("secrets.")
                    guard
                        let name = names.first(where: {
                            given.contains($0) || isDirect && text.contains("secrets.\($0)")
                        })
                    else { continue }
                    // A pipe to base64 that ends in a file prints nothing.
                    guard next?.joint != .pipe || next?.redirections.isEmpty == true, !text.contains("::add-mask::")
                    else {
                        continue
                    }
                    return Violation(line: file.line(in: run, containing: "echo"), "prints \(name); delete the line")
                }
                return nil
            }
        }
    }

    /// A fork's code on our machine.
    static let ownRunner = Rule(
        "WF017", .warning, "pull requests run on an own machine", alias: ["self-hosted-runner"],
        why: "Whoever opens a pull request runs code on the machine, and what it leaves there meets the next job.",
        catches: [
            "on: pull_request\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: make\n"
        ],
        passes: [
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: make\n"
        ]
    ) { file in
        guard !file.events.isDisjoint(with: ["pull_request", "pull_request_target"]) else { return [] }
        return file.jobs.flatMap { job -> [Violation] in
            guard job.node["if"] == nil, let runner = job.runners.first(where: { $0.name == "self-hosted" }) else {
                return []
            }
            return [Violation(line: runner.line, "a pull request's code runs on your machine; write: ubuntu-24.04")]
        }
    }
}

/// Expressions whose value anybody can choose (docs.github.com/actions/concepts/security/script-injections).
enum StrangersText {
    private static let endings: [[String]] = [
        ["title"], ["body"], ["message"], ["head", "ref"], ["head", "label"], ["email"], ["name"], ["page_name"],
        ["default_branch"], ["head_branch"], ["display_title"],
    ]

    static func path(in expression: String) -> String? {
        if expression == "github.head_ref" { return expression }
        for parts in WorkflowExpressions.paths(in: expression, of: "github") {
            guard parts.count > 3, parts[1] == "event",
                [
                    "issue", "pull_request", "comment", "review", "discussion", "commits", "head_commit", "pages",
                    "workflow_run", "review_comment",
                ]
                .contains(parts[2])
            else { continue }
            // Labels, users and repositories have names that only members choose.
            guard !parts.contains("user"), !parts.contains("repo"), !parts.contains("label"), !parts.contains("base")
            else {
                continue
            }
            if endings.contains(where: { parts.suffix($0.count).elementsEqual($0) }) {
                return parts.joined(separator: ".")
            }
        }
        return nil
    }
}
