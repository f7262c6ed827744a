// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// make: *** No rule to make target.
    static let missingTarget = Rule(
        "AP237", .warning, "make is asked for a target that the Makefile does not have",
        why: "make ends with \"No rule to make target\": the step, and what it was to prepare, is missing.",
        catches: [
            ["README.md": "```sh\nmake setup\n```\n", "Makefile": "install:\n\tnpm ci\n"],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: make deploy\n",
                "Makefile": "build:\n\tnpm ci\n",
            ],
        ],
        passes: [
            ["README.md": "```sh\nmake -j4 install ENV=prod\n```\n", "Makefile": "install:\n\tnpm ci\n"],
            ["README.md": "```sh\nmake setup\n```\n", "Makefile": "include common.mk\ninstall:\n\tnpm ci\n"],
            ["README.md": "```sh\nmake setup\n```\n"],
        ]
    ) { repository in
        let files = repository.makefiles
        let others = ["CMakeLists.txt", "configure.ac", "Makefile.am", "Makefile.in"]
        guard repository.isWhole, !files.isEmpty, !files.contains(where: \.isOpen),
            !others.contains(where: { !repository.tree.files(named: $0).isEmpty })
        else { return [] }
        let known = files.reduce(into: Set<String>()) { $0.formUnion($1.targets) }
        return repository.toldCommands.compactMap { told in
            let words = told.words
            guard words.first == "make",
                !words.contains(where: { ["-f", "-C", "--file", "--directory"].contains($0) }),
                let target = words.dropFirst().first(where: { !$0.hasPrefix("-") && !$0.contains("=") }),
                words.firstIndex(of: target) == 1 || !words[1].hasPrefix("-j"), ToldCommand.isPlain(target),
                !target.contains("/"), !known.contains(target), !repository.tree.contains(target)
            else { return nil }
            let near = NearestWord.of(target, among: known).map { "write: make \($0)" } ?? "add it, or delete the step"
            return Violation(
                file: told.file, line: told.line, "no Makefile has a target \(target); \(near)",
                severity: told.teller == .package ? .warning : told.severity)
        }
    }
}
