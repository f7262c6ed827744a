// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// The default branch, always.
    ///
    /// docs.github.com, "Events that trigger workflows": GITHUB_REF of workflow_run is the default branch.
    static let branchOfWorkflowRun = Rule(
        "WF062", .error, "a workflow that follows another one asks for its own branch",
        why:
            "Started by workflow_run, github.ref is always the default branch: whatever branch the other workflow has "
            + "built, the condition has one answer, and a push to any branch goes to production.",
        catches: [
            "on:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\n    branches: [main, develop]\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    environment: ${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}\n    steps:\n      - run: make\n",
            "on:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    if: github.ref_name == 'main'\n    steps:\n      - run: make\n",
        ],
        passes: [
            "on:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\n    branches: [main, develop]\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    environment: ${{ github.event.workflow_run.head_branch == 'main' && 'production' || 'staging' }}\n    steps:\n      - run: make\n",
            "on:\n  push:\n    branches: [main, develop]\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    if: github.ref == 'refs/heads/main'\n    steps:\n      - run: make\n",
            "on:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\n    branches: [main]\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    if: github.ref == 'refs/heads/main'\n    steps:\n      - run: make\n",
        ]
    ) { file in
        let others = [
            "push", "pull_request", "pull_request_target", "release", "create", "merge_group", "workflow_call",
        ]
        guard file.events.contains("workflow_run"), file.events.isDisjoint(with: others) else { return [] }
        // Of one branch alone every run is meant.
        let branches = file.trigger?.at("workflow_run", "branches")
        let only = branches?.text ?? (branches?.sequence?.count == 1 ? branches?[0]?.text : nil)
        guard only.map({ $0.contains("*") }) ?? true, !file.textLines.contains(where: { $0.contains("head_branch") })
        else { return [] }
        let lines = file.textLines
        let place = lines.firstIndex { line in
            !line.trimmed.hasPrefix("#") && !line.contains("event_name") && Self.comparesBranch(line)
        }
        return place.map { index in
            [
                Violation(
                    line: index + 1,
                    "this is the default branch, whatever was built; write: github.event.workflow_run.head_branch == 'main'"
                )
            ]
        } ?? []
    }

    private static func comparesBranch(_ line: some StringProtocol) -> Bool {
        guard line.contains("=="), line.contains("github.ref") else { return false }
        return line.contains("refs/heads/") || line.contains("github.ref_name ==")
    }
}
