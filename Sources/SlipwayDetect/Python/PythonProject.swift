// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A folder of Python code that is installed as one: the folder of its requirements or project file.
package struct PythonProject: Sendable {
    package let directory: String
    package let dependencies: [PythonDependency]

    /// Names of files whose folder is a code base.
    static let manifestNames = ["requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "manage.py"]

    static func all(in tree: SourceTree) -> [PythonProject] {
        let directories = Set(manifestNames.flatMap { tree.files(named: $0).map(\.directory) })
        return directories.sorted().map { PythonProject($0, in: tree) }
    }

    init(_ directory: String, in tree: SourceTree) {
        self.directory = directory
        let requirements = RequirementsFile(directory.appending(path: "requirements.txt"), in: tree)
        dependencies = requirements?.dependencies ?? []
    }

    package func dependency(_ name: String) -> PythonDependency? { dependencies.first { $0.name == name } }
}
