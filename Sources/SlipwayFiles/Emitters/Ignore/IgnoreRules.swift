// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The patterns for one build context, each only where it drops nothing that is source.
struct IgnoreRules {
    /// Where Docker's own syntax anchors a pattern to the context's root, `**/` is what reaches below it.
    private static let always: [(comment: String, patterns: [String])] = [
        (
            // A .gitignore or .gitkeep further below may be all that a folder holds which the code expects.
            "History, editors, and what only people read",
            [
                ".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml", "**/.vscode",
                "**/.idea", "**/.DS_Store", "**/*.swp", "**/*.log",
            ]
        ),
        (
            "How it is deployed is not part of what is deployed",
            [
                "**/Dockerfile*", "**/.dockerignore", "**/*.dockerignore", "**/docker-compose*.yml",
                "**/docker-compose*.yaml", "**/compose*.yml", "**/compose*.yaml", "**/fly.toml", "**/render.yaml",
                "**/railway.json", "**/railway.toml", "**/railway.*.json", "slipway.yml", "**/.slipway",
                "**/*.slipway-new", "**/*.slipway-old",
            ]
        ),
    ]
    /// What Slipway writes at the repository's root under names that no program has for its own files.
    private static let root = [
        "DEPLOYMENT.md", "docker-stack.yml", "heroku.yml", "deploy/architecture.svg", "deploy/helm",
        "deploy/kubernetes", "deploy/observability", "deploy/vps", "scripts/deploy-fly.sh", "scripts/deploy-ssh.sh",
        "scripts/setup-vps.sh", "scripts/test-docker.sh",
    ]

    /// The same under names that a program may have for files of its own.
    private static let scripts = ["backup", "build", "restore", "run-dev", "run-prod"].map { "scripts/\($0).sh" }

    let context: String
    let images: [Layout.Image]
    let input: EmitterInput

    /// - Parameters:
    ///   - sources: Paths that a COPY names; a pattern that would drop one gets an exception.
    ///   - known: Patterns that were read before.
    func text(keeping sources: [String], _ known: inout [String: DockerIgnore]) -> String {
        var sections = Self.always
        sections.insert(("Values of this machine and secrets: they are given when the image runs", values), at: 1)
        if context == "." { sections[sections.count - 1].patterns += Self.root + Self.scripts.filter { !exists($0) } }
        sections.append(("What is installed or built again inside the image", installed))
        let data = images.flatMap(\.dataFolders).map { inner(".", $0) }
        let collected = images.flatMap(\.collectedFolders).map { inner(".", $0) }
        sections[sections.count - 1].patterns += safe(Set(collected).sorted())
        sections.append(("Data that the application keeps", safe(Set(data).sorted()) + databases))
        sections.append(("Tests and texts that nothing runs", tests))
        let head =
            "# What does not enter the build context \(context == "." ? "of this repository" : context); see: slipway context"
        let body = sections.filter { !$0.patterns.isEmpty }.map { section in
            (["# \(section.comment)"] + section.patterns).joined(separator: "\n")
        }
        let patterns = body.joined(separator: "\n\n") + "\n"
        let ignore = known[patterns] ?? DockerIgnore(parsing: patterns)
        known[patterns] = ignore
        return head + "\n\n" + patterns + exceptions(for: sources + needed, in: ignore)
    }

    /// Templates of such values tell people what to give, and no program, but for the few that compare them at start.
    private var values: [String] {
        let templates = readsTemplates ? ["!**/.env.example", "!**/.env.*.example"] : []
        return ["**/.env", "**/.env.*"] + templates + ["**/*.pem", "**/*.key"]
    }

    private static let codeEndings: Set<String> = [
        "js", "mjs", "cjs", "ts", "py", "php", "rb", "ex", "exs", "go",
    ]
    /// A path ends where its literal does; a sentence goes on.
    private static let templateSigns = [".env.example\"", ".env.example'", ".env.example`", "\"dotenv-safe\""]

    private static func isCode(_ name: String) -> Bool {
        codeEndings.contains(name.split(separator: ".").last.map(String.init) ?? "")
    }

    private var readsTemplates: Bool {
        input.tree.files(under: context).contains { entry in
            guard Self.isCode(entry.name) || ["package.json", "composer.json"].contains(entry.name),
                let bytes = input.tree.bytes(entry.path)
            else { return false }
            return Self.templateSigns.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }

    private func exceptions(for sources: [String], in ignore: DockerIgnore) -> String {
        let dropped = Set(sources.filter { $0 != "." && ignore.excludes($0) }).sorted()
        guard !dropped.isEmpty else { return "" }
        return "\n# What the images need all the same\n" + dropped.map { "!\($0)\n" }.joined()
    }

    /// A path of the repository seen from the context.
    private func inner(_ directory: String, _ path: String) -> String {
        let full = PythonInstaller.normalized(Layout.join(directory, path))
        guard context != "." else { return full }
        return full.hasPrefix(context + "/") ? String(full.dropFirst(context.utf8.count + 1)) : full
    }

    private func outer(_ path: String) -> String { Layout.join(context, path) }

    /// Patterns under which no file of the repository stands, but for place holders.
    private func safe(_ patterns: [String]) -> [String] {
        patterns.filter { pattern in
            !pattern.contains("..")
                && input.tree.files(under: outer(pattern)).allSatisfy {
                    $0.name == ".gitkeep" || $0.name == ".gitignore"
                }
                && !pattern.isEmpty
        }
    }

    private var languages: Set<String> { Set(images.compactMap(\.owner.language)) }

    private var installed: [String] {
        var patterns: [String] = []
        if !languages.isDisjoint(with: ["javascript", "typescript"]) {
            patterns += ["**/node_modules"]
            let outputs = [
                "dist", "build", "out", "coverage", ".next", ".nuxt", ".output", ".svelte-kit", ".turbo", ".vite",
            ]
            patterns += safe(folders(outputs))
        }
        let hasPackages = input.tree.files(under: context).contains { $0.name == "package.json" }
        if hasPackages { patterns.append("**/node_modules") }
        if languages.contains("python") {
            patterns += [
                "**/__pycache__", "**/*.py[cod]", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache", "**/.venv",
            ]
            patterns += safe(folders(["env", "venv", "htmlcov", ".tox", ".coverage"]))
        }
        if languages.contains("swift") { patterns += safe(folders([".build", ".swiftpm"])) }
        if languages.contains("rust") || languages.contains("java") { patterns += safe(folders(["target"])) }
        if languages.contains("java") || languages.contains("kotlin") {
            patterns += safe(folders(["build", ".gradle"]))
        }
        if languages.contains("go") { patterns += safe(folders(["bin"])) }
        if !languages.isDisjoint(with: ["csharp", "fsharp"]) { patterns += ["**/bin", "**/obj"] }
        if languages.contains("elixir") { patterns += safe(folders(["_build", "deps"])) }
        if !languages.isDisjoint(with: ["php", "ruby"]) { patterns += safe(folders(["vendor", "vendor/bundle"])) }
        return patterns.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func folders(_ names: [String]) -> [String] {
        let directories = Set(images.map(\.owner.directory)).sorted()
        return names.flatMap { name in directories.map { inner($0, name) } }
    }

    private var databases: [String] {
        let uses = images.contains { image in
            input.app.resources.contains { $0.kind == .sqlite && image.owner.uses.contains($0.name) }
        }
        return uses ? ["**/*.sqlite3-journal", "**/*.db-journal"] : []
    }

    /// Swift and Rust name their tests in the manifest, so only languages that do not may leave them out.
    private var tests: [String] {
        let owners = images.map(\.owner).filter { ["python", "javascript", "typescript"].contains($0.language ?? "") }
        return Set(owners.map(\.directory)).sorted().flatMap { directory -> [String] in
            ["tests", "test", "e2e", "cypress", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
                .filter { name in exists(Layout.join(directory, name)) && !isNamed(name, in: directory) }
                .map { inner(directory, $0) }
        }
    }

    private func exists(_ path: String) -> Bool { input.tree.contains(path) || input.tree.hasDirectory(path) }

    /// Whether a manifest or a command mentions the file: `readme = "README.md"`, `python tests/server.py`.
    private func isNamed(_ name: String, in directory: String) -> Bool {
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        let manifests = ["pyproject.toml", "setup.py", "setup.cfg", "package.json", "tsconfig.json", "Cargo.toml"]
        let texts = manifests.compactMap { input.tree.text(Layout.join(directory, $0)) }
        if name.hasSuffix(".md") { return texts.contains { $0.contains(name) } }
        let owners = images.flatMap(\.services).filter { $0.directory == directory }
        let commands = owners.flatMap { [$0.start, $0.build, $0.release, $0.seed, $0.install].compactMap { $0 } }
        if commands.contains(where: { $0.contains("\(stem)/") || $0.contains("\(stem).") }) { return true }
        return isPackage(name, in: directory) || imports(stem, in: directory)
    }

    /// Whether a package manager or a compiler expects the folder: a workspace, a project that another refers to, what a
    /// script needs that runs when the image is built.
    private func isPackage(_ folder: String, in directory: String) -> Bool {
        if input.tree.contains(Layout.join(directory, folder + "/package.json")) { return true }
        if input.tree.text(Layout.join(directory, "tsconfig.json"))?.contains("\"./\(folder)") == true { return true }
        let scripts = ["\"build", "\"prebuild", "\"postbuild", "\"start", "\"prestart", "\"prepare", "\"postinstall"]
        let lines = input.tree.text(Layout.join(directory, "package.json"))?.split(whereSeparator: \.isNewline) ?? []
        return lines.contains { line in
            line.contains("\(folder)/") && scripts.contains { line.drop { $0 == " " || $0 == "\t" }.hasPrefix($0) }
        }
    }

    /// Whether code outside the folder takes something from it. In doubt it does: a quoted path that leads there may be
    /// opened, and what only tests name stands in files of their own.
    private func imports(_ folder: String, in directory: String) -> Bool {
        let inside = Layout.join(directory, folder) + "/"
        let paths = ["/\(folder)/", "/\(folder)\"", "/\(folder)'", "\"\(folder)/", "'\(folder)/"]
        let modules = [
            "from \(folder)", "import \(folder)", "\"\(folder)\"", "'\(folder)'", "\"\(folder).", "'\(folder).",
        ]
        return input.tree.files(under: directory).contains { entry in
            guard !entry.path.hasPrefix(inside), Self.isCode(entry.name), !Self.isOfTests(entry.name),
                let bytes = input.tree.bytes(entry.path)
            else { return false }
            return (entry.name.hasSuffix(".py") ? paths + modules : paths).contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }
    }

    private static func isOfTests(_ name: String) -> Bool {
        name.hasPrefix("test") || name == "conftest.py" || name.contains(".test.") || name.contains(".spec.")
            || ["jest", "vitest", "playwright", "cypress", "karma"].contains { name.hasPrefix($0 + ".") }
    }

    /// Files that a build reads although a pattern for secrets matches them: the public values of a front end that are
    /// in version control.
    private var needed: [String] {
        images.filter { $0.owner.role.isServedFromFiles || $0.owner.role == .ssr }.flatMap { image -> [String] in
            input.tree.files(under: image.owner.directory).filter { entry in
                entry.directory == image.owner.directory && [".env", ".env.production"].contains(entry.name)
            }.map { inner(".", $0.path) }
        } + readme
    }

    private var readme: [String] {
        images.compactMap { image in
            let path = Layout.join(image.owner.directory, "README.md")
            return input.tree.contains(path) && isNamed("README.md", in: image.owner.directory) ? inner(".", path) : nil
        }
    }
}
