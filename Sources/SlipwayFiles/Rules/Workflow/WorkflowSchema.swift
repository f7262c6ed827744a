// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of docs.github.com/actions/reference/workflows-and-actions/workflow-syntax.
enum WorkflowKeys {
    static let top: Set<String> = [
        "name", "run-name", "on", "true", "permissions", "env", "defaults", "concurrency", "jobs",
    ]
    static let job: Set<String> = [
        "name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env", "defaults",
        "steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services", "uses", "with", "secrets",
        "snapshot",
    ]
    static let step: Set<String> = [
        "id", "if", "name", "uses", "run", "shell", "with", "env", "continue-on-error", "timeout-minutes",
        "working-directory",
    ]
    static let permissions: Set<String> = [
        "actions", "attestations", "artifact-metadata", "checks", "contents", "deployments", "discussions", "id-token",
        "issues", "models", "packages", "pages", "pull-requests", "repository-projects", "security-events", "statuses",
    ]
}

extension Rule<CheckedFile<YAMLDocument>> {
    /// GitHub refuses the whole file.
    static let unknownWorkflowKey = Rule(
        "WF001", .error, "a workflow has a key that does not exist",
        why:
            "GitHub refuses the whole file: nothing is tested and nothing is deployed, without a red mark on the commit.",
        catches: [
            "on: push\njobs:\n  a:\n    runs_on: ubuntu-24.04\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - runs: make\n        run: make\n",
            "on: push\nenvs:\n  A: b\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
            "on: push\npermissions:\n  content: read\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
        ],
        passes: ["on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"]
    ) { file in
        guard let root = file.root?.mapping else { return [] }
        func unknown(_ mapping: DataMapping?, _ known: Set<String>, _ place: String) -> [Violation] {
            (mapping?.entries ?? []).filter { !known.contains($0.key) && !$0.key.hasPrefix("x-") && $0.key != "<<" }.map
            { entry in
                let near = NearestWord.of(entry.key, among: known)
                return Violation(
                    line: entry.line, column: entry.position.column,
                    "\(entry.key) is no key of \(place)" + (near.map { "; write: \($0)" } ?? "; delete it"),
                    fix: near.flatMap { near in
                        // A second key of that name would make it no YAML at all.
                        guard mapping?[near] == nil else { return nil }
                        return file.fix("Write \(near)", line: entry.line, entry.key + ":", with: near + ":")
                    })
            }
        }
        var found = unknown(root, WorkflowKeys.top, "a workflow")
        found += unknown(root["permissions"]?.mapping, WorkflowKeys.permissions, "permissions")
        for job in file.jobs {
            found += unknown(job.node.mapping, WorkflowKeys.job, "a job")
            found += unknown(job.node["permissions"]?.mapping, WorkflowKeys.permissions, "permissions")
            for step in job.steps { found += unknown(step.node.mapping, WorkflowKeys.step, "a step") }
        }
        return found
    }

    /// A job needs a machine and something to do.
    static let incompleteJob = Rule(
        "WF002", .error, "a job or a step says not what to do",
        why: "GitHub refuses the whole file, and nothing runs.",
        catches: [
            "on: push\njobs:\n  a:\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - name: nothing\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n        run: make\n",
            "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n",
        ]
    ) { file in
        guard let root = file.root, root.mapping != nil else { return [] }
        var found: [Violation] = []
        if file.trigger == nil {
            found.append(Violation(line: 1, "nothing starts the workflow; add: on: push"))
        }
        if root["jobs"] == nil { found.append(Violation(line: 1, "the workflow has no jobs; add: jobs:")) }
        for job in file.jobs where !job.isCall {
            if job.node["runs-on"] == nil {
                found.append(Violation(line: job.line, "\(job.name) has no machine; add: runs-on: ubuntu-24.04"))
            }
            if job.node["steps"]?.sequence?.isEmpty != false {
                found.append(Violation(line: job.line, "\(job.name) has no steps; add: steps:"))
            }
            for step in job.steps where (step.uses == nil) == (step.run == nil) {
                found.append(
                    Violation(
                        line: step.line,
                        step.run == nil
                            ? "the step does nothing; add: run: or uses:" : "a step is run or uses, not both"))
            }
        }
        return found
    }

    /// A dependency that does not exist.
    static let danglingNeeds = Rule(
        "WF003", .error, "needs names no job",
        why: "GitHub refuses the whole file, and nothing runs.",
        catches: [
            "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n  deploy:\n    needs: tests\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make deploy\n"
        ],
        passes: [
            "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n  deploy:\n    needs: [test]\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make deploy\n"
        ]
    ) { file in
        let names = Set(file.jobs.map(\.name))
        return file.jobs.flatMap { job in
            job.needs.filter { !names.contains($0.name) || $0.name == job.name }.map { need in
                Violation(
                    line: need.line,
                    "\(job.name) needs \(need.name), which is no other job"
                        + (NearestWord.of(need.name, among: names).map { "; write: \($0)" } ?? "; delete it"))
            }
        }
    }

    /// An output of nothing is an empty text.
    static let danglingOutput = Rule(
        "WF004", .error, "an expression reads a step or a job that is not there",
        why: "The expression is empty: an image gets no tag, a condition is never true, a deployment goes nowhere.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - id: meta\n        run: make\n      - run: echo ${{ steps.metadata.outputs.tag }}\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n  b:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ needs.a.outputs.tag }}\n",
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - id: meta\n        run: make\n      - run: echo ${{ steps.meta.outputs.tag }}\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n  b:\n    needs: a\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ needs.a.result }}\n",
        ]
    ) { file in
        file.jobs.flatMap { job -> [Violation] in
            let ids = Set(job.steps.compactMap(\.id))
            let needs = Set(job.needs.map(\.name))
            return WorkflowExpressions.all(in: job.node).flatMap { expression -> [Violation] in
                let steps = WorkflowExpressions.paths(in: expression.text, of: "steps").compactMap {
                    $0.dropFirst().first
                }
                .filter { !ids.contains($0) && $0 != "*" }
                let jobs = WorkflowExpressions.paths(in: expression.text, of: "needs").compactMap {
                    $0.dropFirst().first
                }
                .filter { !needs.contains($0) && $0 != "*" }
                return steps.map { id in
                    Violation(
                        line: expression.line,
                        "no step of \(job.name) has the id \(id)"
                            + (NearestWord.of(id, among: ids).map { "; write: \($0)" } ?? "; add to the step: id: \(id)")
                    )
                }
                    + jobs.map { name in
                        Violation(line: expression.line, "\(job.name) does not wait for \(name); add: needs: \(name)")
                    }
            }
        }
    }

    /// Secrets are no part of conditions.
    static let secretInCondition = Rule(
        "WF005", .error, "a condition reads a secret",
        why: "GitHub knows no secrets in if: the workflow is refused with: unrecognized named-value.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - if: secrets.TOKEN != ''\n        run: make\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    env:\n      TOKEN: ${{ secrets.TOKEN }}\n    steps:\n      - if: env.TOKEN != ''\n        run: make\n"
        ]
    ) { file in
        file.jobs.flatMap { job in
            ([job.node] + job.steps.map(\.node)).compactMap { node -> Violation? in
                guard let condition = node["if"], let text = condition.text,
                    let name = WorkflowExpressions.paths(in: text, of: "secrets").first?.dropFirst().first
                else { return nil }
                return Violation(
                    line: condition.line,
                    "if cannot read secrets; give the job env: {\(name): ${{ secrets.\(name) }}} and write: env.\(name) != ''"
                )
            }
        }
    }

    /// A text that is not empty is true.
    static let alwaysTrue = Rule(
        "WF006", .error, "a condition is always true", alias: ["if-cond"],
        why:
            "Whatever stands around ${{ }} makes a text of the condition, and every text but the empty one is true: the "
            + "deployment runs on every branch.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    if: ${{ github.ref == 'refs/heads/main' }} && success()\n    steps:\n      - run: make\n"
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    if: ${{ github.ref == 'refs/heads/main' && success() }}\n    steps:\n      - run: make\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    if: github.ref == 'refs/heads/main'\n    steps:\n      - run: make\n",
        ]
    ) { file in
        file.jobs.flatMap { job in
            ([job.node] + job.steps.map(\.node)).compactMap { node -> Violation? in
                guard let condition = node["if"], let text = condition.string.map(GoPath.trimSpace),
                    text.contains("${{"),
                    !(text.hasPrefix("${{") && text.hasSuffix("}}")) || WorkflowExpressions.all(in: text).count > 1
                else { return nil }
                return Violation(
                    line: condition.line,
                    "a text around ${{ }} is always true; write the whole condition inside, or without ${{ }}")
            }
        }
    }

    /// `3.10` is a number and equals 3.1.
    static let versionAsNumber = Rule(
        "WF007", .error, "a version is read as a number",
        why: "YAML reads 3.10 as the number 3.1: another version is installed, or none is found.",
        catches: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: 3.10\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        python: [3.9, 3.10]\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: '3.10'\n",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: 3.12\n",
        ]
    ) { file in
        file.jobs.flatMap { job -> [Violation] in
            var nodes = job.steps.flatMap { step in
                (step.node["with"]?.mapping?.entries ?? []).filter { $0.key.hasSuffix("-version") }.map(\.value)
            }
            for entry in job.node.at("strategy", "matrix")?.mapping?.entries ?? [] {
                nodes += entry.value.sequence ?? []
            }
            return nodes.compactMap { node in
                guard case .number = node.value, let source = node.source, source.hasSuffix("0"), source.contains(".")
                else { return nil }
                let digits = source.drop { $0 == "v" }.reversed().drop { $0 == "0" }
                let number = String(String(digits.first == "." ? Array(digits.dropFirst()) : Array(digits)).reversed())
                return Violation(
                    line: node.line, column: node.column,
                    "\(source) is the number \(number); write: '\(source)'",
                    fix: file.fix("Quote the version", line: node.line, source, with: "'\(source)'"),
                    // 8.0 becomes 8, and the newest of its versions is installed.
                    severity: number.contains(".") ? .error : .warning)
            }
        }
    }

    /// Five fields with their ranges.
    static let badSchedule = Rule(
        "WF008", .error, "a schedule that never comes",
        why: "GitHub refuses a schedule that is not five fields in their ranges, and the workflow never runs.",
        catches: [
            "on:\n  schedule:\n    - cron: '0 25 * * *'\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
        ],
        passes: [
            "on:\n  schedule:\n    - cron: '0 3 * * 1-5'\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
        ]
    ) { file in
        (file.trigger?["schedule"]?.sequence ?? []).compactMap { item in
            guard let cron = item["cron"], let text = cron.text, let reason = CronText.fault(in: text) else {
                return nil
            }
            return Violation(line: cron.line, "\(reason); write: minute hour day month weekday, as in 0 3 * * *")
        }
    }
}

/// POSIX cron's five fields.
enum CronText {
    private static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]
    private static let names = ["minute", "hour", "day", "month", "weekday"]
    private static let words: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sun", "mon", "tue", "wed",
        "thu", "fri", "sat",
    ]

    /// - Returns: What is wrong; `nil` when nothing is.
    static func fault(in text: String) -> String? {
        let fields = text.split(separator: " ")
        guard fields.count == 5 else { return "a schedule has five fields, this one \(fields.count)" }
        for (index, field) in fields.enumerated() {
            for part in field.split(separator: ",") {
                for bound in part.prefix(while: { $0 != "/" }).split(separator: "-") where bound != "*" {
                    if words.contains(bound.lowercased()) { continue }
                    guard let number = Int(bound), ranges[index].contains(number) else {
                        return "\(bound) is no \(names[index])"
                    }
                }
            }
        }
        return nil
    }
}
