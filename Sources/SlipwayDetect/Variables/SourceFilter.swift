// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which files are the application: not its tests, examples, documentation, nor what others wrote.
enum SourceFilter {
    private static let folders: Set<String> = [
        "test", "tests", "testing", "__tests__", "spec", "specs", "e2e", "cypress", "playwright", "fixtures",
        "fixture", "__mocks__", "mocks", "mock", "__fixtures__", "testdata", "test-utils", "testutils", "test_utils",
        "example", "examples", "sample", "samples", "demo", "demos", "docs", "doc", "documentation", "vendor",
        "node_modules", "third_party", "thirdparty", "third-party", "site-packages", ".venv", "venv",
        "bower_components",
        "dist", ".next", ".nuxt", ".output", ".svelte-kit", ".turbo", "coverage", "target", "__pycache__", ".git",
        ".github", ".gitlab", ".mvn", ".gradle", ".circleci", ".vscode", ".idea", ".storybook", "storybook",
        "benchmarks", "benchmark",
        "Pods", ".yarn", ".husky", "integration-tests", "integration_tests", "unittests", "load-tests", "loadtest",
        "e2e-tests", "playground", "templates_test", "stories", ".devcontainer", "evals", "typings",
        "testutil", "testhelpers", "test-helpers", "remix.init",
        // What generators of code fill in.
        "schematics", "_templates", "plop-templates",
    ]
    /// Generated or vendored by the line: nobody writes source files of this size.
    static let largestInBytes = 1 << 20

    /// - Parameter path: Relative to the service's directory when the file belongs to one, so that an application
    ///   that lives in `examples/` is still read.
    static func isApplication(_ path: String) -> Bool {
        isApplication(folder: path.parentDirectory) && !isTest(path.lastPathComponent)
    }

    /// As ``isApplication(_:)`` for every file of a folder, whatever the file's own name says.
    static func isApplication(folder: String) -> Bool {
        folder.utf8.split(separator: Byte.slash).lazy.map(Substring.init).allSatisfy { part in
            !folders.contains(String(part)) && !part.hasSuffix("-e2e") && !part.hasSuffix("Tests")
        } && !isTool(folder)
    }

    /// Go's programs beside the server that only its developers run: `cmd/shop-gen`, `cmd/dev-tools`.
    private static func isTool(_ folder: String) -> Bool {
        let parts = folder.split(separator: "/")
        guard let at = parts.firstIndex(of: "cmd"), at + 1 < parts.count else { return false }
        let words = ["scripts", "script", "gen", "generate", "generator", "tools", "suites", "test", "docs", "lint"]
        return parts[at + 1].split { $0 == "-" || $0 == "_" }.contains { words.contains(String($0)) }
    }

    /// Whether the folder holds what people run by hand: scripts at the top of a service.
    static func isScriptFolder(_ folder: String) -> Bool {
        guard let first = folder.split(separator: "/").first else { return false }
        return ["scripts", "script", "tools", "hack", "bench", "devtools", "extra", "extras", "contrib", "misc"]
            .contains(first)
    }

    private static let seed = ByteSearch(["seed"])

    /// Whether the file fills a database with what it begins with: `db/seeds.rb`, `prisma/seed.ts`, `seeders/users.js`.
    static func isSeed(_ path: String) -> Bool {
        guard seed.isFound(in: path.utf8) else { return false }
        let parts = path.lowercased().split(separator: "/")
        guard let name = parts.last?.split(separator: ".").first else { return false }
        return ["seed", "seeds", "seeder"].contains(name)
            || parts.dropLast().contains { ["seed", "seeds", "seeders"].contains($0) }
    }

    /// Whether a tool wrote the file: few line ends for its size.
    static func isMinified(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 8192 else { return false }
        var lines = 1
        for byte in bytes where byte == Byte.newline { lines += 1 }
        return bytes.count / lines > 300
    }

    private static let configurations = [
        "playwright.config.", "jest.config.", "jest.setup.", "vitest.config.", "vitest.setup.", "cypress.config.",
        "karma.conf.", "wdio.conf.", "setupTests.", "test-setup.", "vitest.workspace.", "vitest.", "jest.",
        "playwright.", "eslint.config.", ".eslintrc.", "conftest.py", "noxfile.py", "tox.", "setup.py", "codegen.",
        "lint-staged.config.", "prettier.config.", "commitlint.config.", "release.config.", "renovate.",
    ]

    /// Whether the name is that of a test, or of a tool's settings.
    static func isTest(_ file: String) -> Bool {
        // Asked of every source file: most names differ from each of these in their first byte.
        let first = file.utf8.first
        if configurations.contains(where: { $0.utf8.first == first && file.hasPrefix($0) }) { return true }
        if file == "test.exs" { return true }
        guard let dot = file.lastIndex(of: ".") else { return false }
        let stem = file[..<dot]
        // Every such name has a mark before its ending, or begins as a type does.
        guard
            stem.utf8.contains(where: { $0 == Byte.dot || $0 == Byte.underscore || $0 == Byte.dash })
                || first.map(Byte.isUpper) == true
        else { return false }
        if file.hasSuffix(".py") {
            return stem.hasPrefix("test_") || stem.hasSuffix("_test") || stem.hasSuffix("_tests")
        }
        if stem.hasSuffix("_test") || stem.hasSuffix("_spec") || stem.hasPrefix("test_") { return true }
        if [".test", ".spec", ".stories", ".story", ".e2e", ".cy", ".mock", "-test", ".e2e-spec", ".test-d"]
            .contains(where: { stem.hasSuffix($0) })
        {
            return true
        }
        guard stem.first?.isUppercase == true else { return false }
        return stem.hasSuffix("Test") || stem.hasSuffix("Tests") || stem.hasSuffix("Spec") || stem.hasSuffix("IT")
    }
}
