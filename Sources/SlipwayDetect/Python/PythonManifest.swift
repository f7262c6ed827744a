// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What the files of one folder say about its packages: requirements, project file, lock files.
struct PythonManifest {
    /// One way to install, with the file that speaks for it.
    struct Installation {
        var manager: String
        var command: String
        var file: String
        var confidence: Double
    }

    /// The folder that is installed.
    let directory: String
    /// Without those for tests and development.
    let dependencies: [PythonDependency]
    /// Strongest first.
    let installations: [Installation]
    /// `>=3.11` and where it stands.
    let requiresPython: (text: String, file: String, line: Int)?

    init(directory: String, in tree: SourceTree) {
        self.directory = directory
        let project = PythonProjectFile(directory.appending(path: "pyproject.toml"), in: tree)
        let requirements = Self.requirements(of: directory, in: tree)
        let pipfile = Pipfile(directory.appending(path: "Pipfile"), in: tree)
        let setup = SetupFile(directory: directory, in: tree)
        var dependencies = requirements?.dependencies ?? []
        dependencies += project?.dependencies ?? []
        dependencies += pipfile?.dependencies ?? []
        dependencies += setup?.dependencies ?? []
        self.dependencies = dependencies
        requiresPython = project?.requiresPython ?? pipfile?.requiresPython ?? setup?.requiresPython
        var found: [Installation] = []
        func add(_ manager: String, _ command: String, _ file: String, _ confidence: Double) {
            found.append(Installation(manager: manager, command: command, file: file, confidence: confidence))
        }
        func lock(_ name: String) -> String? {
            let folders = project == nil ? [directory] : PathText.ancestors(of: directory)
            return folders.map { $0.appending(path: name) }.first(where: tree.contains)
        }
        if project != nil, let file = lock("uv.lock") { add("uv", "uv sync --frozen --no-dev", file, 0.9) }
        // Poetry installs the root package unless `package-mode = false` says that there is none.
        if project != nil, let file = lock("poetry.lock") {
            add("poetry", "poetry install --only main\(Self.withoutRoot(project, directory, tree))", file, 0.88)
        }
        if project != nil, let file = lock("pdm.lock") {
            let root = project?.canBeBuilt == true ? "" : " --no-self"
            add("pdm", "pdm install --prod --frozen-lockfile\(root)", file, 0.87)
        }
        if let requirements, let path = requirements.path.relative(to: directory) {
            add("pip", "pip install -r \(ShellWord.quote(path))", requirements.path, 0.85)
        }
        // `--deploy` fails when the lock file is stale; pipenv would otherwise put everything into a folder elsewhere.
        let pipfileLock = directory.appending(path: "Pipfile.lock")
        if pipfile != nil, tree.contains(pipfileLock) { add("pipenv", "pipenv install --deploy", pipfileLock, 0.86) }
        if let project { found += Self.unlocked(project) }
        if let pipfile { add("pipenv", "pipenv install --skip-lock", pipfile.path, 0.7) }
        if let setup { add("pip", "pip install .", setup.path, 0.6) }
        installations = found
    }

    /// ` --no-root` when the project is no package that could be built.
    private static func withoutRoot(_ project: PythonProjectFile?, _ directory: String, _ tree: SourceTree) -> String {
        guard let name = project?.name else { return " --no-root" }
        let package = PythonDependency.normalized(name).replacing("-", with: "_")
        let isThere = [package, "src/\(package)"].contains {
            tree.contains(directory.appending(path: "\($0)/__init__.py"))
        }
        return isThere && project?.canBeBuilt == true ? "" : " --no-root"
    }

    /// A project file without a lock file.
    private static func unlocked(_ project: PythonProjectFile) -> [Installation] {
        if project.usesPoetry {
            let command = "poetry install --only main --no-root"
            return [Installation(manager: "poetry", command: command, file: project.path, confidence: 0.75)]
        }
        guard project.isProject else { return [] }
        if project.canBeBuilt {
            return [Installation(manager: "pip", command: "pip install .", file: project.path, confidence: 0.7)]
        }
        // Without a build system pip would have to guess which folders are packages, and refuses when there are two.
        let names = project.requirementTexts.map(ShellWord.quote).joined(separator: " ")
        guard !names.isEmpty else { return [] }
        return [Installation(manager: "pip", command: "pip install \(names)", file: project.path, confidence: 0.7)]
    }

    /// The requirements file for production, when there are several.
    private static func requirements(of directory: String, in tree: SourceTree) -> RequirementsFile? {
        let fixed = [
            "requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements-prod.txt",
            "requirements-production.txt", "requirements_prod.txt", "requirements/base.txt",
            "requirements/requirements.txt",
            "requirements/main.txt", "requirements-base.txt", "requirements/common.txt", "requirements.in",
        ].map { directory.appending(path: $0) }
        return fixed.first(where: tree.contains).flatMap { RequirementsFile($0, in: tree) }
    }
}
