// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct DockerIgnoreTests {
    @Test(arguments: [
        ("*", "a", true), ("*", "a/b", true), ("**", "a/b/c", true), ("a", "a/b/c", true), ("a", "b/a", false),
        ("/a", "a", true), ("./a", "a", true), ("a/", "a/b", true), ("a/../b", "b", true), ("../a", "a", false),
        ("*/temp*", "x/temporary", true), ("*/temp*", "x/y/temp", false), ("temp?", "tempa", true),
        ("temp?", "temp", false),
        ("**/*.go", "a/b.go", true), ("**/*.go", "b.go", true), ("**/foo", "foo", true), ("**/foo", "a/b/foo", true),
        ("**/foo", "a/xfoo", false), ("**foo", "a/xfoo", true), ("a/**", "a/b/c", true), ("a/**", "a", false),
        ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a**/b", "a/x/b", true), ("a/**/b", "ab", false),
        ("*.md\n!README.md", "README.md", false), ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false), ("a\n!a/b", "a/b", false),
        ("a\n!a/b", "a/c", true), ("!a", "a", false), ("# a\na", "a", true), (" # a", "# a", true),
        ("  a  ", "a", true),
        ("a\r\nb\r\n", "b", true), ("\u{FEFF}a", "a", true), ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false),
        ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("[\\]]", "]", true), ("! a", "a", false), (".", "a", false),
        ("/", "a", false), ("a.b", "axb", false), ("a+(b)", "a+(b)", true), ("é*", "été", true), ("*", ".hidden", true),
        ("?|b", "ab", true), ("*^a", "a", true), ("a|b", "a", false),
        ("**/node_modules", "web/node_modules/x/y.js", true), ("a*/b", "ax/c/b", false), ("\n\n", "a", false),
    ])
    func `a path stays out as Docker decides`(_ text: String, path: String, isExcluded: Bool) {
        let file = DockerIgnore(parsing: text)
        #expect(file.excludes(path) == isExcluded)
        #expect(file.diagnostics.isEmpty)
        #expect(file.text == text)
    }

    @Test(arguments: ["!", "!/", "[", "[]", "[a", "a[b", "\\", "[-x]", "a\n!"])
    func `what fails the build is reported`(_ text: String) {
        #expect(DockerIgnore(parsing: text).diagnostics.count == 1)
    }

    @Test func `rules know their lines and decide in order`() throws {
        let file = DockerIgnore(parsing: "# c\n*.md\n\n!/docs/./a.md\n")
        #expect(file.rules.map(\.position.line) == [2, 4])
        #expect(file.rules.map(\.pattern) == ["*.md", "docs/a.md"])
        #expect(try #require(file.decidingRule(for: "x.md")).position.line == 2)
        #expect(file.decidingRule(for: "docs/a.md") == nil)
    }

    @Test func `a context is a folder's files after the ignore file`() {
        let files = ["Dockerfile", "a/.env", "a/b.txt", "node_modules/x.js"].map {
            BuildContext.File(path: $0, sizeInBytes: $0.utf8.count)
        }
        let context = BuildContext(
            files, ignore: DockerIgnore(parsing: "**/.env\nnode_modules\n["), ignoreFile: ".dockerignore")
        #expect(context.files.map(\.path) == ["Dockerfile", "a/b.txt"])
        #expect(context.excluded.map(\.path) == ["a/.env", "node_modules/x.js"])
        #expect(context.sizeInBytes == 17)
        #expect(context.diagnostics.map(\.location) == [".dockerignore:3"])
        #expect(BuildContext(files, ignore: nil).files.count == 4)
    }

    @Test func `an ignore file named after the Dockerfile wins`() {
        let candidates = BuildContext.ignoreFiles(forDockerfile: "./docker/Dockerfile.web")
        #expect(candidates == ["docker/Dockerfile.web.dockerignore", ".dockerignore"])
    }

    @Test func `patterns of many stars and paths of many folders take no time`() {
        let file = DockerIgnore(
            parsing: String(repeating: "*a", count: 40) + "\n" + String(repeating: "**/a/", count: 10))
        #expect(!file.excludes(String(repeating: "a", count: 100) + "b"))
        #expect(!file.excludes(String(repeating: "b/", count: 60) + "b"))
    }
}

extension Diagnostic {
    /// `file:line`, to compare places briefly.
    fileprivate var location: String { "\(file ?? "-"):\(line ?? 0)" }
}
