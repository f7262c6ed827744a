// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A folder of Python code that is installed as one, and what its source says.
package struct PythonProject: Sendable {
    package let directory: String
    /// Without those for tests and development.
    package let dependencies: [PythonDependency]
    let manifest: PythonManifest
    /// Files with something to read in them, tests and examples left out, in path order.
    package let sources: [PythonSource]
    let modules: PythonModules

    /// Names of files whose folder is a code base.
    static let manifestNames = ["requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "manage.py", "uv.lock"]

    /// Files that hold defaults, or the object that a factory of another file makes, without any of the marked words.
    private static let telling: Set<String> = [
        "wsgi.py", "asgi.py", "main.py", "app.py", "run.py", "server.py", "application.py", "api.py", "index.py",
        "__main__.py", "manage.py", "worker.py", "seed.py",
        "config.py", "settings.py", "constants.py", "base.py", "production.py", "conf.py", "core.py", "defaults.py",
    ]

    /// Every code base, inner folders on their own.
    static func all(in tree: SourceTree) -> [PythonProject] {
        var folders = Set(
            manifestNames.flatMap { name in
                tree.files(named: name).filter { name != "setup.py" || SetupFile.isSetup($0.path, in: tree) }
                    .map(\.directory)
            })
        for name in ["production.txt", "prod.txt", "base.txt"] {
            for file in tree.files(named: name) where file.directory.lastPathComponent == "requirements" {
                folders.insert(file.directory.parentDirectory)
            }
        }
        if folders.isEmpty, !tree.files(ending: "py").isEmpty {
            folders.insert(".")
        }
        // An image of a service that shares its requirements with others.
        for file in tree.files(named: "Dockerfile") where file.directory != "." && !folders.isEmpty {
            let hasProgram = tree.files(under: file.directory).contains {
                $0.directory == file.directory && $0.path.utf8.suffix(3).elementsEqual(".py".utf8)
                    && !$0.name.hasPrefix("__")
            }
            if hasProgram { folders.insert(file.directory) }
        }
        return folders.sorted().map { PythonProject($0, among: folders, in: tree) }
    }

    private init(_ directory: String, among folders: Set<String>, in tree: SourceTree) {
        self.directory = directory
        // A folder without requirements of its own is installed from the nearest one above that has some.
        let above = PathText.ancestors(of: directory).dropFirst().filter { folders.contains($0) }
        let own = PythonManifest(directory: directory, in: tree)
        let inherited =
            own.installations.isEmpty
            ? above.lazy.map { PythonManifest(directory: $0, in: tree) }.first { !$0.installations.isEmpty } : nil
        manifest = inherited ?? own
        dependencies = manifest.dependencies
        let isAside = Candidate.isAside(directory)
        let inner = folders.filter { $0 != directory && $0.relative(to: directory) != nil }.sorted()
        let files = tree.ownFiles(of: directory, without: inner, asideToo: isAside).filter { entry in
            entry.path.utf8.suffix(3).isEqual(to: ".py".utf8)
                && !entry.name.hasPrefix("test_") && entry.name != "conftest.py"
        }
        let parsed = tree.shared((files.count + Self.batch - 1) / Self.batch) { part in
            files[part * Self.batch..<min((part + 1) * Self.batch, files.count)].compactMap {
                Self.source($0, in: tree)
            }
        }
        .flatMap(\.self)
        sources = parsed
        modules = PythonModules(tree, parsed: parsed)
    }

    /// Files read side by side: enough that handing them out costs nothing.
    private static let batch = 512

    private static func source(_ file: SourceTree.Entry, in tree: SourceTree) -> PythonSource? {
        guard let bytes = tree.bytes(file.path), telling.contains(file.name) || PythonMarks.appear(in: bytes) else {
            return nil
        }
        return PythonSource(path: file.path, text: String(decoding: bytes, as: UTF8.self))
    }

    /// The package of this name among the dependencies.
    package func dependency(_ name: String) -> PythonDependency? { dependencies.first { $0.name == name } }
}
