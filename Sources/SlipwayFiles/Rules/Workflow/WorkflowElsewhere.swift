// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody sees that nothing happens.
    static let workflowElsewhere = Rule(
        "AP379", .warning, "a workflow stands where GitHub does not look",
        why:
            "GitHub runs what stands in .github/workflows at the root of the repository, and nothing else: tests and "
            + "deployments that are written elsewhere never run.",
        catches: [
            ["workflows/deploy.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: []\n"],
            [
                "backend/.github/workflows/ci.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: []\n", "frontend/package.json": "{}",
            ],
            [".github/deploy.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: []\n"],
        ],
        passes: [
            [".github/workflows/deploy.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: []\n"],
            ["examples/workflows/deploy.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: []\n"],
            ["workflows/order.yml": "jobs:\n  a: {}\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let files = tree.files(ending: "yml") + tree.files(ending: "yaml")
        return files.filter { isMisplaced($0.path) }.sorted { $0.path < $1.path }.compactMap { entry in
            guard let text = tree.text(entry.path), text.utf8.count < 100_000, text.contains("runs-on:"),
                text.contains("steps:"), text.hasPrefix("on:") || text.contains("\non:") || text.contains("\n\"on\":"),
                text.hasPrefix("jobs:") || text.contains("\njobs:"), !text.contains("workflow_call")
            else { return nil }
            return Violation(
                file: entry.path, line: 1,
                "never runs; move it: .github/workflows/\(entry.name)")
        }
    }

    /// In a folder that is called as GitHub's own, or in one of GitHub's that is not the root's.
    private static func isMisplaced(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map { $0.lowercased() }
        let folders = Array(parts.dropLast())
        guard !folders.starts(with: [".github", "workflows"]), !path.hasPrefix(".gitea"), !path.hasPrefix(".forgejo"),
            !folders.contains(where: aside.contains)
        else { return false }
        return folders == [".github"] || folders.suffix(2) == [".github", "workflows"]
            || ["workflow", "workflows"].contains(folders.last) && folders.count <= 2
    }

    private static let aside: Set<String> = [
        "examples", "example", "docs", "doc", "templates", "template", "node_modules", "vendor", "third_party",
        "testdata", "fixtures", "tests", "samples", "archive", "skeleton", "stubs",
    ]
}
