// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How one code base is tested: what a runner sets up, and commands in their order. GitHub and GitLab print the same.
struct ServiceCheck {
    struct Step: Equatable {
        let name: String
        let command: String
    }

    let service: Service
    let layout: Layout
    let tree: SourceTree

    /// Code bases, each once.
    static func all(in layout: Layout, tree: SourceTree) -> [ServiceCheck] {
        layout.images.filter { $0.owner.language != nil }.map {
            ServiceCheck(service: $0.owner, layout: layout, tree: tree)
        }
    }

    private func path(_ name: String) -> String { Layout.join(service.directory, name) }
    private func has(_ name: String) -> Bool { tree.contains(path(name)) }
    private func mentions(_ word: String, in names: [String]) -> Bool {
        names.contains { tree.text(path($0))?.contains(word) == true }
    }

    /// Resources that stand beside the tests.
    var resources: [Resource] { layout.resources(of: [service]) }

    /// An image with the language's tools, where there is no pinned action to set them up.
    var toolImage: String {
        let version = service.languageVersion.map { String($0.split(separator: " ").first ?? "") }
        return switch service.language {
        case "python": "python:\(short(version) ?? "3.12")-slim"
        case "javascript", "typescript":
            service.packageManager == "bun" ? "oven/bun:1" : "node:\(nodeVersion)-slim"
        case "go": "golang:\(short(version) ?? "1.24")"
        case "swift": "swift:\(short(version) ?? "6.1")"
        case "ruby": "ruby:\(short(version) ?? "3.4")"
        case "php": "composer:2"
        case "rust": "rust:1"
        case "java", "kotlin": "maven:3-eclipse-temurin-\(major(version) ?? "21")"
        case "csharp", "fsharp": "mcr.microsoft.com/dotnet/sdk:\(major(version) ?? "8").0"
        case "elixir": "elixir:\(short(version) ?? "1.18")"
        default: "debian:bookworm-slim"
        }
    }

    /// Tests run on what the image runs on.
    var nodeVersion: String {
        guard let image = layout.image(of: service), !layout.isHandwritten(image) else {
            return major(service.languageVersion) ?? "22"
        }
        return NodePackages(ImageInput(layout: layout, image: image, tree: tree)).version
    }

    func short(_ version: String?) -> String? {
        guard let version, version.first?.isNumber == true else { return nil }
        return version.split(separator: ".").prefix(2).joined(separator: ".")
    }
    func major(_ version: String?) -> String? {
        guard let version, version.first?.isNumber == true else { return nil }
        return version.split(separator: ".").first.map(String.init)
    }

    /// Values without which the code does not start; none of them opens anything.
    func environment(host: (Resource) -> String) -> [(String, String)] {
        layout.runVariables(of: service).compactMap { variable, source in
            switch source {
            case .resource(let resource):
                (
                    variable.name,
                    ResourceImage.address(
                        of: resource, host: host(resource), for: variable, language: service.language)
                )
            case .part(let resource, let part):
                (variable.name, ResourceImage.text(of: part, resource, host: host(resource)))
            case .invented: (variable.name, "only-for-tests-only-for-tests-only-for-tests")
            case .given where LaravelKey.isKey(variable, of: service): (variable.name, LaravelKey.sample)
            case .given where variable.required: (variable.name, Self.sample(variable))
            default: nil
            }
        }
    }

    private static func sample(_ variable: Variable) -> String {
        switch variable.kind {
        case .integer?, .number?, .duration?: "1"
        case .boolean?: "false"
        case .json?: "{}"
        case .list?: "[]"
        case .url?: "http://127.0.0.1:9"
        case .string?, nil: "only-for-tests"
        }
    }

    // MARK: Commands

    /// Dependencies, lint, migrations, tests, build, in this order.
    var steps: [Step] {
        var steps: [Step] = []
        let development = ["requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt"].first(where: has)
        if let install = service.install {
            let isPip = service.packageManager == "pip"
            let command = isPip ? development.map { "pip install -r \($0)" } ?? install : install
            steps.append(Step(name: "Install", command: Self.withTools(command)))
        }
        if let lint { steps.append(Step(name: "Lint", command: lint)) }
        let build = service.build.map { Step(name: "Build", command: inEnvironment($0)) }
        if isCompiled, let build { steps.append(build) }
        if let release = service.release {
            steps += tools.map { Step(name: "Install \($0.program)", command: $0.command) }
            steps.append(Step(name: "Migrate", command: inEnvironment(release)))
        }
        if let test { steps.append(Step(name: "Test", command: test)) }
        if !isCompiled, let build { steps.append(build) }
        return steps
    }

    /// Whether commands may start what the build leaves.
    private var isCompiled: Bool { ["go", "rust", "swift", "csharp", "elixir"].contains(service.language) }

    private var tools: [InstalledTool] {
        guard let image = layout.image(of: service), let recipe = ImageRecipes.recipe(for: image.owner) else {
            return []
        }
        return recipe.tools(ImageInput(layout: layout, image: image, tree: tree))
    }

    /// An image is installed without what only tests need; a runner is not.
    private static func withTools(_ install: String) -> String {
        let all = [" --no-dev", " --only main", " --prod"].reduce(install) { $0.replacing($1, with: "") }
        return all.hasPrefix("pipenv install") ? all + " --dev" : all
    }

    /// The command where the packages are, which these tools keep in an environment of their own.
    private func inEnvironment(_ command: String) -> String {
        guard !python.isEmpty, !command.hasPrefix(python) else { return command }
        return ContainerCommand.needsShell(command)
            ? "\(python)sh -c \(ShellWord.quote(command))" : python + command
    }

    /// The manager of Node's packages as npm installs it: `pnpm@10`, or corepack, which brings yarn; `nil` where the
    /// runner has it.
    var nodeManager: String? {
        layout.image(of: service).flatMap {
            NodePackages(ImageInput(layout: layout, image: $0, tree: tree)).managerPackage
        }
    }

    /// The package.json that says which pnpm it is, from the root downwards.
    var statesManager: String? {
        [".", layout.image(of: service)?.context ?? ".", service.directory].map { Layout.join($0, "package.json") }
            .first { path in
                tree.text(path).flatMap { JSONDocument(parsing: $0, dialect: .tolerant).root }?["packageManager"]?
                    .text?.hasPrefix("pnpm@") == true
            }
    }

    private var lint: String? {
        switch service.language {
        case "python":
            let files = ["pyproject.toml", "requirements.txt", "requirements-dev.txt", "setup.cfg"]
            if has("ruff.toml") || has(".ruff.toml") || mentions("ruff", in: files) { return "\(python)ruff check ." }
            if has(".flake8") || mentions("flake8", in: files) { return "\(python)flake8" }
            return "python -m compileall -q ."
        case "javascript", "typescript": return script("lint")
        case "go": return "go vet ./..."
        case "rust": return "cargo clippy --locked -- -D warnings"
        case "ruby": return has(".rubocop.yml") ? "bundle exec rubocop" : nil
        case "elixir": return "mix format --check-formatted"
        default: return nil
        }
    }

    private var python: String {
        switch service.packageManager {
        case "uv": "uv run "
        case "poetry": "poetry run "
        case "pipenv": "pipenv run "
        case "pdm": "pdm run "
        default: ""
        }
    }

    private var test: String? {
        switch service.language {
        case "python":
            if service.framework == "django" { return "\(python)\(service.manageCommand) test" }
            let isThere =
                has("pytest.ini") || has("conftest.py") || has("tests/conftest.py")
                || mentions("pytest", in: ["pyproject.toml", "requirements-dev.txt", "requirements.txt", "setup.cfg"])
            return isThere ? "\(python)python -m pytest" : nil
        case "javascript", "typescript": return script("test")
        case "go": return "go test ./..."
        case "swift": return tree.hasDirectory(path("Tests")) ? "swift test" : nil
        case "rust": return "cargo test --locked"
        case "ruby":
            if tree.hasDirectory(path("spec")) { return "bundle exec rspec" }
            guard tree.hasDirectory(path("test")) else { return nil }
            return has("bin/rails") ? "bundle exec rails test" : has("Rakefile") ? "bundle exec rake test" : nil
        case "java", "kotlin":
            return has("pom.xml") ? "mvn --batch-mode verify" : has("gradlew") ? "./gradlew test" : nil
        case "csharp", "fsharp": return "dotnet test"
        case "elixir": return "mix test"
        default: return nil
        }
    }

    /// `npm run NAME` where package.json has a script of that name that does something.
    private func script(_ name: String) -> String? {
        guard let text = tree.text(path("package.json")),
            let command = JSONDocument(parsing: text).root?["scripts"]?[name]?.text,
            !command.contains("no test specified")
        else { return nil }
        return "\(service.packageManager ?? "npm") run \(name)"
    }
}
