// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// The forms in which lock files are written, besides those of the rule's own examples.
struct LockGapTests {
    struct Form: Sendable {
        let lock: String
        let manifest: String
        /// Asks for one package that is locked, and one that is not.
        let asking: String
        let locked: String
        let run: String
        let missing: String
    }

    private static let forms = [
        Form(
            lock: "package-lock.json", manifest: "package.json", asking: #"{"dependencies": {"a": "^1", "b": "^2"}}"#,
            locked: "{\n  \"lockfileVersion\": 1,\n  \"dependencies\": {\n    \"a\": {\n    }\n  }\n}\n", run: "npm ci",
            missing: "b ^2"),
        Form(
            lock: "yarn.lock", manifest: "package.json", asking: #"{"dependencies": {"@x/a": "^1.0.0", "b": "^2"}}"#,
            locked: "__metadata:\n  version: 8\n\n\"@x/a@npm:^1.0.0, @x/a@npm:^1.1.0\":\n  version: 1.2.0\n",
            run: "yarn install --immutable", missing: "b ^2"),
        Form(
            lock: "pnpm-lock.yaml", manifest: "package.json",
            asking: #"{"dependencies": {"@x/a": "^1.0.0", "b": "^2"}}"#,
            locked: "lockfileVersion: 5.4\nspecifiers:\n  '@x/a': ^1.0.0\ndependencies:\n  '@x/a': 1.0.0\npackages:\n",
            run: "pnpm install --frozen-lockfile", missing: "b ^2"),
        Form(
            lock: "uv.lock", manifest: "pyproject.toml",
            asking:
                "[project]\nname = \"p\"\ndependencies = [\n  \"Flask_Login[x]>=0.6 ; python_version > '3'\",\n  \"segno\",\n]\n",
            locked: "[[package]]\nname = \"flask-login\"\nversion = \"0.6.3\"\n", run: "uv sync --locked --no-dev",
            missing: "segno"),
        Form(
            lock: "Pipfile.lock", manifest: "Pipfile", asking: "[packages]\nflask = \"*\"\nsegno = {version = \"*\"}\n",
            locked: "{\n    \"default\": {\n        \"flask\": {\n        }\n    }\n}\n",
            run: "pipenv install --system --deploy", missing: "segno"),
        Form(
            lock: "composer.lock", manifest: "composer.json",
            asking: #"{"require": {"php": "^8.3", "ext-gd": "*", "acme/a": "^1", "Acme/B": "^2"}}"#,
            locked: "{\"packages\": [{\"name\": \"acme/a\"}], \"packages-dev\": []}", run: "composer install --no-dev",
            missing: "acme/b"),
        Form(
            lock: "Cargo.lock", manifest: "Cargo.toml",
            asking:
                "[dependencies]\naxum = \"0.8\"\nown = { path = \"own\" }\njson = { package = \"serde_json\", version = \"1\" }\n",
            locked: "[[package]]\nname = \"axum\"\nversion = \"0.8.1\"\n", run: "cargo build --release --locked",
            missing: "serde_json"),
        Form(
            lock: "go.sum", manifest: "go.mod",
            asking:
                "module m\n\nrequire (\n\texample.com/a v1.0.0 // why\n\texample.com/b v1.0.0\n\texample.com/c v1.0.0 // indirect\n\texample.com/d v1.0.0\n)\nreplace example.com/d => ../d\n",
            locked: "example.com/a v1.0.0 h1:x\nexample.com/a v1.0.0/go.mod h1:y\n", run: "go build ./...",
            missing: "example.com/b v1.0.0"),
    ]

    @Test(arguments: forms)
    func `one package that the lock file lacks is found, and none that it has`(form: Form) throws {
        let found = Self.findings(form, run: form.run)
        let finding = try #require(found.first)
        #expect(found.count == 1 && finding.severity == .error, "\(found)")
        #expect(finding.message.contains("lacks \(form.missing), which"), "\(finding.message)")
    }

    @Test(arguments: forms)
    func `an installation that does not hold on to the lock file is left alone`(form: Form) {
        #expect(Self.findings(form, run: "echo nothing").isEmpty)
    }

    private static func findings(_ form: Form, run: String) -> [Diagnostic] {
        let repository = CheckedRepository(
            tree: SourceTree(files: [
                "api/Dockerfile": "FROM debian:12\nCOPY . .\nRUN \(run)\n", "api/\(form.manifest)": form.asking,
                "api/\(form.lock)": form.locked,
            ]))
        return Checker().check(repository).filter { $0.code == "AP460" }
    }
}
