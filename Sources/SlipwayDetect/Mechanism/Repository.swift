// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

/// A source tree with the manifests that several detectors read, each parsed once. Immutable.
package struct Repository: Sendable {
    package let tree: SourceTree
    /// Python code bases, by folder.
    package let python: [PythonProject]
    /// The web application of each code base, by the code base's folder.
    let pythonServices: [String: PythonService]
    /// Node packages, by folder.
    let node: [NodeProject]
    /// Every Procfile outside tests and examples.
    let procfiles: [(path: String, file: Procfile)]

    package init(_ tree: SourceTree) {
        self.tree = tree
        python = PythonProject.all(in: tree)
        node = NodeProject.all(in: tree)
        procfiles = tree.files(named: "Procfile").compactMap { entry in
            tree.text(entry.path).map { (entry.path, Procfile(parsing: $0)) }
        }
        let stated = procfiles.flatMap { $0.file.processes }.flatMap { ServerCommand.commands(in: $0.command) }
            .compactMap { ServerCommand($0)?.target }
        pythonServices = python.reduce(into: [:]) { $0[$1.directory] = PythonService($1, stated: stated) }
    }

    /// Where the processes of a code base start: its own folder, or one above when the imports need it.
    func folders(of project: PythonProject) -> [String] {
        let start = pythonServices[project.directory]?.directory ?? project.directory
        return start == project.directory ? [start] : [project.directory, start]
    }

    /// Whether code that answers HTTP stands in this folder.
    func hasService(in directory: String) -> Bool {
        pythonServices[directory] != nil || node.contains { $0.directory == directory && NodeServer.serves($0, tree) }
    }

    /// Where the code base's processes start.
    func startFolder(of project: PythonProject) -> String {
        pythonServices[project.directory]?.directory ?? project.directory
    }
}
