// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// GitHub has switched these versions off.
    static let retiredAction = Rule(
        "WF020", .error, "a version of an action that GitHub has switched off",
        why:
            "The job fails at once with: this request has been automatically failed because it uses a deprecated version.",
        catches: [
            .steps("- uses: actions/upload-artifact@v3\n  with:\n    path: dist"),
            .steps("- uses: actions/cache@v2\n  with:\n    path: a\n    key: b"),
        ],
        passes: [.steps("- uses: actions/upload-artifact@v4\n  with:\n    path: dist")]
    ) { file in
        file.jobs.flatMap(\.steps).compactMap { step in
            guard let uses = step.uses, let text = uses.text, let version = step.majorVersion,
                let alive = ActionVersions.firstAlive[step.action], version < alive
            else { return nil }
            let name = text.prefix { $0 != "@" }
            // Not the oldest that lives, which may be the next to go.
            let modern = max(alive, ActionVersions.firstModern[step.action] ?? alive)
            return Violation(
                line: uses.line, column: uses.column, "\(text) is switched off; write: \(name)@v\(modern)",
                fix: file.fix(
                    "Take version \(modern)", line: uses.line, text, with: "\(name)@v\(modern)", isUnsafe: true))
        }
    }

    /// Node.js 12 and 16 are gone from the runners.
    static let oldAction = Rule(
        "WF021", .info, "an action is built for a Node.js that is gone",
        why: "Runners start such actions with a newer Node.js for now and warn on every run; some no longer work.",
        catches: [.steps("- uses: actions/checkout@v3"), .steps("- uses: actions/setup-node@v2")],
        passes: [.steps("- uses: actions/checkout@v4")]
    ) { file in
        file.jobs.flatMap(\.steps).compactMap { step in
            guard let uses = step.uses, let text = uses.text, let version = step.majorVersion,
                let modern = ActionVersions.firstModern[step.action], version < modern,
                version >= ActionVersions.firstAlive[step.action] ?? 0
            else { return nil }
            let name = text.prefix { $0 != "@" }
            return Violation(
                line: uses.line, column: uses.column, "\(text) runs on a retired Node.js; write: \(name)@v\(modern)",
                fix: file.fix(
                    "Take version \(modern)", line: uses.line, text, with: "\(name)@v\(modern)", isUnsafe: true))
        }
    }

    /// A job that waits for a machine that never comes.
    static let retiredRunner = Rule(
        "WF022", .error, "a runner that no longer exists",
        why: "The job waits a day for a machine that no longer exists, and is then cancelled.",
        catches: [
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-20.04\n    steps:\n      - run: make\n"
        ],
        passes: [.steps("- run: make")]
    ) { file in
        file.jobs.flatMap { job in
            job.runners.compactMap { runner in
                guard let modern = ActionVersions.retiredRunners[runner.name] else { return nil }
                return Violation(
                    line: runner.line, "\(runner.name) is gone; write: \(modern)",
                    fix: file.fix("Take \(modern)", line: runner.line, runner.name, with: modern, isUnsafe: true))
            }
        }
    }

    /// Commands on standard output that runners no longer obey.
    static let oldCommand = Rule(
        "WF023", .warning, "a workflow command that is retired", alias: ["deprecated-commands"],
        why:
            "set-env and add-path have no effect any more, set-output and save-state warn and will stop working; steps "
            + "that follow read an empty text.",
        catches: [.steps("- run: echo \"::set-output name=tag::1\""), .steps("- run: echo \"::set-env name=A::b\"")],
        passes: [.steps("- run: echo \"tag=1\" >> \"$GITHUB_OUTPUT\"")]
    ) { file in
        let files = [
            "set-output": "GITHUB_OUTPUT", "save-state": "GITHUB_STATE", "set-env": "GITHUB_ENV",
            "add-path": "GITHUB_PATH",
        ]
        let lines = file.textLines
        return lines.indices.compactMap { index in
            for (command, target) in files.sorted(by: { $0.key < $1.key }) {
                guard let start = TextSearch.range(of: "::\(command)", in: lines[index]),
                    !GoPath.trimSpace(String(lines[index])).hasPrefix("#")
                else { continue }
                let isDead = command == "set-env" || command == "add-path"
                let value = lines[index][start.lowerBound...].prefix { $0 != "\"" && $0 != "'" }
                var fix: Fix?
                if let name = TextSearch.range(of: " name=", in: value) {
                    let pair = value[name.upperBound...]
                    if let end = TextSearch.range(of: "::", in: pair) {
                        let mended = pair[..<end.lowerBound] + "=" + pair[end.upperBound...]
                        let quote = lines[index][..<start.lowerBound].last
                        let rest = lines[index][value.endIndex...]
                        if let quote, quote == "\"" || quote == "'", rest == String(quote) {
                            let text = lines[index][..<start.lowerBound] + mended + rest + " >> \"$\(target)\""
                            fix = Fix("Write to $\(target)", line: index + 1, count: 1, replacement: [String(text)])
                        }
                    }
                }
                return Violation(
                    line: index + 1, "\(command) is retired; write: echo \"NAME=VALUE\" >> \"$\(target)\"", fix: fix,
                    severity: isDead ? .error : nil)
            }
            return nil
        }
    }

    /// Tests on another version prove little.
    static let otherVersion = Rule(
        "WF024", .warning, "the workflow uses another version than the repository",
        why: "What is tested is not what is deployed: syntax, packages and native modules differ between versions.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 16\n",
                ".nvmrc": "22\n",
            ]
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n",
                ".nvmrc": "v22.11.0\n",
            ]
        ]
    ) { file in
        func stated(_ names: [String], parts: Int) -> (version: String, file: String)? {
            for name in names {
                let path = file.projectFolder == "." ? name : file.projectFolder + "/" + name
                guard let text = file.repository.tree.text(path) else { continue }
                let digits = GoPath.trimSpace(text).drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
                let version = digits.split(separator: ".").prefix(parts).joined(separator: ".")
                if !version.isEmpty { return (version, path) }
            }
            return nil
        }
        let tools: [(input: String, files: [String], parts: Int)] = [
            ("node-version", [".nvmrc", ".node-version"], 1), ("python-version", [".python-version"], 2),
        ]
        return file.jobs.flatMap(\.steps).flatMap { step in
            tools.compactMap { tool -> Violation? in
                guard let node = step.input(tool.input), let text = node.source ?? node.text, !text.contains("$"),
                    let stated = stated(tool.files, parts: tool.parts)
                else { return nil }
                let version = text.drop { $0 == "v" }.split(separator: ".").prefix(tool.parts).joined(separator: ".")
                guard version != stated.version, version.first?.isNumber == true, !version.contains("x") else {
                    return nil
                }
                return Violation(
                    line: node.line,
                    "\(stated.file) says \(stated.version), the workflow \(version); write: \(tool.input)-file: \(stated.file)"
                )
            }
        }
    }
}

/// Facts of github.blog/changelog about actions and runners.
enum ActionVersions {
    /// Versions below are refused: artifacts since January 2025, caches since February 2025.
    static let firstAlive: [String: Int] = [
        "actions/upload-artifact": 4, "actions/download-artifact": 4, "actions/cache": 3,
        "actions/upload-pages-artifact": 3,
        "actions/deploy-pages": 4,
    ]
    /// The first version on Node.js 20.
    static let firstModern: [String: Int] = [
        "actions/checkout": 4, "actions/setup-node": 4, "actions/setup-python": 5, "actions/cache": 4,
        "actions/setup-go": 5, "actions/setup-java": 4, "docker/build-push-action": 5, "docker/login-action": 3,
        "docker/setup-buildx-action": 3, "docker/metadata-action": 5, "docker/setup-qemu-action": 3,
    ]
    /// Labels that no machine answers to any more.
    static let retiredRunners: [String: String] = [
        "ubuntu-16.04": "ubuntu-24.04", "ubuntu-18.04": "ubuntu-24.04", "ubuntu-20.04": "ubuntu-24.04",
        "macos-10.15": "macos-15", "macos-11": "macos-15", "macos-12": "macos-15", "windows-2016": "windows-2025",
        "windows-2019": "windows-2025",
    ]
    /// Owners whose tags are as safe as the runner itself.
    static let wellKnownOwners: Set<String> = [
        "actions", "github", "docker", "aws-actions", "azure", "google-github-actions", "hashicorp", "astral-sh",
        "pnpm", "denoland", "oven-sh", "ruby", "gradle", "shivammathur", "superfly", "codecov", "pypa", "swift-actions",
        "sigstore", "helm", "cloudflare", "vercel", "netlify", "digitalocean", "heroku",
    ]

    static func isHash(_ reference: String) -> Bool {
        reference.utf8.count == 40 && reference.utf8.allSatisfy { $0.hexValue != nil }
    }
}
