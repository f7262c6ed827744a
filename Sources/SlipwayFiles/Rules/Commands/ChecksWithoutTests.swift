// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// No tests found, exiting with code 1.
    ///
    /// Jest (jestjs.io/docs/cli, --passWithNoTests), Vitest (vitest.dev/config, passWithNoTests) and pytest
    /// (docs.pytest.org, exit code 5) take it for a failure.
    static let checkWithoutTests = Rule(
        "AP613", .error, "a pipeline runs the tests, and there are none",
        why:
            "Jest and Vitest end with code 1 when no file is a test, pytest with code 5: the job fails, and all that needs "
            + "it is never built or deployed.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n",
                "package.json":
                    "{\"scripts\":{\"test\":\"jest\"},\"jest\":{\"rootDir\":\"src\",\"testRegex\":\".*\\\\.spec\\\\.ts$\"}}",
                "src/main.ts": "", "test/a.spec.ts": "",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        part: [web]\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd ${{ matrix.part }}\n          pnpm run test\n",
                "web/package.json": "{\"scripts\":{\"test\":\"vitest run --coverage\"}}", "web/src/a.ts": "",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: pytest -q\n",
                "main.py": "",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n",
                "package.json": "{\"scripts\":{\"test\":\"jest\"}}", "src/a.test.ts": "",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test -- --passWithNoTests\n",
                "package.json": "{\"scripts\":{\"test\":\"jest\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n",
                "package.json": "{\"scripts\":{\"test\":\"jest\"}}",
                "jest.config.js": "module.exports = { testMatch: ['**/checks/*.js'] }\n", "checks/a.js": "",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: pytest -q\n",
                "main.py": "", "tests/test_main.py": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return PipelineCheck.all(in: repository).compactMap { check in
            guard let place = TestSearch.empty(for: check, repository.tree),
                seen.insert("\(check.told.file)#\(check.told.line)#\(check.folder)").inserted
            else { return nil }
            let advice =
                check.program == "pytest"
                ? "add one, or delete the step" : "add one, or write: \(check.program) --passWithNoTests"
            return Violation(
                file: check.told.file, line: check.told.line,
                "\(check.program) finds no test in \(place == "." ? "the repository" : place), and that ends the job; \(advice)"
            )
        }
    }
}

/// Looks for the files that a runner takes for tests.
private enum TestSearch {
    /// The folder without any test; `nil` when there are some, or when the settings are not the usual ones.
    static func empty(for check: PipelineCheck, _ tree: SourceTree) -> String? {
        let arguments = check.words.dropFirst()
        switch check.program {
        case "jest": return isUsual(arguments) ? jest(check, tree) : nil
        case "react-scripts":
            guard arguments.first == "test", isUsual(arguments.dropFirst()) else { return nil }
            return jest(check, tree)
        case "vitest": return isUsual(arguments) ? vitest(check, tree) : nil
        case "pytest": return arguments.allSatisfy { $0.hasPrefix("-") } ? python(check, tree) : nil
        default: return nil
        }
    }

    /// Whether nothing but how it runs is said.
    private static func isUsual(_ arguments: some Sequence<String>) -> Bool {
        let known: Set<String> = [
            "run", "--run", "--coverage", "--ci", "--runInBand", "-i", "--watchAll=false", "--watch=false", "--verbose",
            "--forceExit", "--detectOpenHandles", "--silent", "--no-cache", "--colors", "--no-watch", "--bail",
        ]
        return arguments.allSatisfy { word in
            known.contains(word) || ["--maxWorkers=", "--reporter", "--testTimeout="].contains(where: word.hasPrefix)
        }
    }

    private static func jest(_ check: PipelineCheck, _ tree: SourceTree) -> String? {
        let settings = check.manifest?["jest"]
        let keys = Set(settings?.mapping?.keys ?? [])
        guard keys.isDisjoint(with: ["testMatch", "projects", "roots", "passWithNoTests"]),
            !isUnusual(
                ["jest.config"], check.folder, tree, ["testMatch", "testRegex", "projects", "roots", "rootDir", "pass"])
        else { return nil }
        let folder = GoPath.clean(check.folder + "/" + (settings?["rootDir"]?.text ?? "."))
        guard !folder.contains("<"), !folder.hasPrefix("..") else { return nil }
        if let pattern = settings?["testRegex"]?.text ?? (keys.contains("testRegex") ? "" : nil) {
            // Nest's own.
            guard pattern == ".*\\.spec\\.ts$" else { return nil }
            return files(below: folder, tree).contains { $0.name.hasSuffix(".spec.ts") } ? nil : folder
        }
        let isThere = files(below: folder, tree).contains { entry in
            isNamedTest(entry.name) || entry.path.contains("__tests__/")
                || ["test.", "spec."].contains(where: entry.name.hasPrefix)
        }
        return isThere ? nil : folder
    }

    private static func vitest(_ check: PipelineCheck, _ tree: SourceTree) -> String? {
        let words = ["test:", "passWithNoTests", "projects", "root:", "workspace"]
        guard !isUnusual(["vite.config", "vitest."], check.folder, tree, words),
            !files(below: check.folder, tree).contains(where: { isNamedTest($0.name) })
        else { return nil }
        return check.folder
    }

    private static func python(_ check: PipelineCheck, _ tree: SourceTree) -> String? {
        let settings = ["pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", ".pytest.ini"]
        let isUnusual = settings.contains { name in
            tree.files(named: name).contains { entry in
                ["python_files", "doctest", "testpaths"].contains { tree.text(entry.path)?.contains($0) == true }
            }
        }
        let isThere = tree.files(ending: "py").contains {
            $0.name.hasPrefix("test_") || $0.name.hasSuffix("_test.py")
        }
        return isUnusual || isThere ? nil : "."
    }

    /// `a.test.ts`, `a.spec.jsx`
    private static func isNamedTest(_ name: String) -> Bool { name.contains(".test.") || name.contains(".spec.") }

    private static func files(below folder: String, _ tree: SourceTree) -> [SourceTree.Entry] {
        tree.entries.filter { entry in
            (folder == "." || entry.path.hasPrefix(folder + "/")) && !entry.path.contains("node_modules/")
        }
    }

    /// Whether a settings file at or above the folder says one of the words.
    private static func isUnusual(
        _ names: [String], _ folder: String, _ tree: SourceTree, _ words: [String]
    ) -> Bool {
        tree.entries.contains { entry in
            guard names.contains(where: entry.name.hasPrefix),
                entry.directory == "." || entry.directory == folder || folder.hasPrefix(entry.directory + "/"),
                let text = tree.text(entry.path)
            else { return false }
            return words.contains(where: text.contains)
        }
    }
}
