// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A `pyproject.toml`: PEP 621, and the tables of poetry and uv.
struct PythonProjectFile {
    let path: String
    let name: String?
    let dependencies: [PythonDependency]
    /// The requirements of `[project]`, as written.
    let requirementTexts: [String]
    let requiresPython: (text: String, file: String, line: Int)?
    let usesPoetry: Bool
    /// Has a `[project]` table.
    let isProject: Bool
    let canBeBuilt: Bool
    /// Names under `[project.scripts]` and `[tool.poetry.scripts]` with the object they run.
    let scripts: [(name: String, target: String, line: Int)]

    init?(_ path: String, in tree: SourceTree) {
        guard let text = tree.text(path), let root = TOMLDocument(parsing: text).root else { return nil }
        self.path = path
        let project = root["project"]
        let poetry = root.at("tool", "poetry")
        name = project?["name"]?.string ?? poetry?["name"]?.string
        isProject = project != nil
        usesPoetry = poetry?["dependencies"] != nil
        canBeBuilt = root["build-system"] != nil
        let listed = project?["dependencies"]?.sequence ?? []
        requirementTexts = listed.compactMap(\.string)
        var found = listed.compactMap { node in
            node.string.flatMap { PythonDependency(requirement: $0, file: path, line: node.line) }
        }
        for entry in poetry?["dependencies"]?.mapping?.entries ?? [] where entry.key != "python" {
            found.append(Self.poetryDependency(entry, path))
        }
        dependencies = found
        let stated = project?["requires-python"] ?? poetry?.at("dependencies", "python")
        requiresPython = stated.flatMap { node in node.string.map { ($0, path, node.line) } }
        let tables = [project?["scripts"], poetry?["scripts"]].compactMap { $0?.mapping?.entries }
        scripts = tables.flatMap { $0 }.compactMap { entry in
            entry.value.string.map { (entry.key, $0, entry.line) }
        }
    }

    private static func poetryDependency(_ entry: DataMapping.Entry, _ path: String) -> PythonDependency {
        PythonDependency(
            name: entry.key, extras: entry.value["extras"]?.texts ?? [],
            specifier: entry.value.string ?? entry.value["version"]?.string ?? "", file: path, line: entry.line)
    }
}

/// A `Pipfile` of pipenv.
struct Pipfile {
    let path: String
    let dependencies: [PythonDependency]
    let requiresPython: (text: String, file: String, line: Int)?

    init?(_ path: String, in tree: SourceTree) {
        guard let text = tree.text(path), let root = TOMLDocument(parsing: text).root else { return nil }
        self.path = path
        dependencies = (root["packages"]?.mapping?.entries ?? []).map { entry in
            PythonDependency(
                name: entry.key, extras: entry.value["extras"]?.texts ?? [], specifier: entry.value.string ?? "",
                file: path, line: entry.line)
        }
        let version = root.at("requires", "python_full_version") ?? root.at("requires", "python_version")
        requiresPython = version.flatMap { node in node.text.map { ($0, path, node.line) } }
    }
}

/// A `setup.py` whose `install_requires` is a list of literals.
struct SetupFile {
    let path: String
    let dependencies: [PythonDependency]
    let requiresPython: (text: String, file: String, line: Int)?

    /// Whether it is the script of setuptools: any module may be called `setup`.
    static func isSetup(_ path: String, in tree: SourceTree) -> Bool {
        guard let text = tree.text(path) else { return false }
        return text.contains("setuptools") || text.contains("distutils") || text.contains("skbuild")
    }

    init?(directory: String, in tree: SourceTree) {
        path = directory.appending(path: "setup.py")
        guard Self.isSetup(path, in: tree), let text = tree.text(path) else { return nil }
        let source = PythonSource(path: path, text: text)
        let path = self.path
        let setup = source.calls.first { $0.call.callee.lastName == "setup" }?.call
        let required = setup?.argument("install_requires")
        let elements = required?.elements ?? required?.dotted.flatMap { source.moduleAssignments[$0]?.value.elements }
        dependencies = (elements ?? []).compactMap {
            $0.string.flatMap { PythonDependency(requirement: $0, file: path, line: setup?.line ?? 1) }
        }
        requiresPython = setup?.argument("python_requires")?.string.map { ($0, path, setup?.line ?? 1) }
    }
}
