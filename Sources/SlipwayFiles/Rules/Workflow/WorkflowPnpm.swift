// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// No version, or two.
    ///
    /// Both are refused by the action itself (github.com/pnpm/action-setup, src/install-pnpm/run.ts, since pull request
    /// 122 in version 4).
    static let pnpmVersion = Rule(
        "WF061", .error, "pnpm/action-setup is told of no version, or of two",
        why:
            "The action stops with \"No pnpm version is specified\", or in version 4 with \"Multiple versions of pnpm "
            + "specified\" when its own version is not written like packageManager's.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n        with:\n          version: 10\n",
                "package.json": "{\"packageManager\": \"pnpm@10.4.1\"}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n",
                "package.json": "{}",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n",
                "package.json": "{\"packageManager\": \"pnpm@10.4.1\"}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n        with:\n          version: 10\n",
                "package.json": "{}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n        with:\n          package_json_file: web/package.json\n",
                "web/package.json": "{\"packageManager\": \"pnpm@10.4.1+sha512.abc\"}",
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.jobs.flatMap { job -> [Violation] in
            // Code that comes from elsewhere brings its package.json along.
            let isElsewhere = job.steps.contains {
                $0.action.contains("checkout") && ($0.input("repository") != nil || $0.input("path") != nil)
            }
            return isElsewhere ? [] : job.steps.compactMap { pnpmVersion(of: $0, in: file) }
        }
    }

    private static func pnpmVersion(of step: WorkflowStep, in file: CheckedFile<YAMLDocument>) -> Violation? {
        guard step.action == "pnpm/action-setup", let major = step.majorVersion, (2...4).contains(major) else {
            return nil
        }
        let name = step.input("package_json_file")?.text ?? "package.json"
        let path = GoPath.clean(file.projectFolder + "/" + name)
        let text = file.repository.tree.text(path) ?? ""
        let stated = JSONDocument(parsing: text).root?["packageManager"]?.text
        guard let version = step.input("version") else {
            guard stated == nil, !text.contains("devEngines"), !name.contains("$") else { return nil }
            return Violation(
                line: step.line, "neither this step nor \(path) says which pnpm; add: with: version: 10")
        }
        guard major == 4, let stated, stated.hasPrefix("pnpm@"), let given = version.text, !given.contains("$"),
            stated.dropFirst(5).prefix(while: { $0 != "+" }) != given
        else { return nil }
        return Violation(
            line: version.line,
            "\(path) says \(stated.prefix { $0 != "+" }), and the action refuses a second version; delete: "
                + "version: \(given)")
    }
}
