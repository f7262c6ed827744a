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
    /// Command lines of Python programs in scripts, images and documents.
    let stated: StatedCommands
    /// Django sites, by the folder of their `manage.py`.
    let django: [String: DjangoProject]
    /// Node packages, by folder.
    let node: [NodeProject]
    /// What each of them runs, in the same order.
    let nodeApplications: [NodeApplication]
    /// Every Procfile outside tests and examples.
    let procfiles: [(path: String, file: Procfile)]

    /// Dockerfiles with their build contexts, tests and examples left out.
    let images: [(image: DockerImage, context: String)]
    let composeFiles: [ComposeFile]
    /// Folders of Go's code bases.
    let goRoots: (modules: [String], others: [String])

    package init(_ tree: SourceTree) {
        self.tree = tree
        composeFiles = Self.composeFiles(in: tree)
        images = Self.images(in: tree, composeFiles)
        goRoots = GoRoots.all(in: tree)
        // Independent of each other, and each of them looks at every file of the tree.
        var bases: (python: [PythonProject], node: [NodeProject]) = ([], [])
        for found in tree.shared(
            2, { $0 == 0 ? CodeBases.python(PythonProject.all(in: tree)) : CodeBases.node(NodeProject.all(in: tree)) })
        {
            switch found {
            case .python(let projects): bases.python = projects
            case .node(let projects): bases.node = projects
            }
        }
        python = bases.python
        node = bases.node
        nodeApplications = NodeApplication.all(node, tree)
        procfiles = tree.files(named: "Procfile").compactMap { entry in
            tree.text(entry.path).map { (entry.path, Procfile(parsing: $0)) }
        }
        let commands =
            images.compactMap { $0.image.command?.value }
            + composeFiles.flatMap { $0.services.compactMap { $0.command?.text } }
            + procfiles.flatMap { $0.file.processes.map(\.command) }
        stated = python.isEmpty ? StatedCommands(in: SourceTree(files: [:])) : StatedCommands(in: tree)
        let first = procfiles.flatMap { $0.file.processes }.filter { $0.name == Subject.web }.map(\.command)
        let targets =
            stated.targets
            + (commands + first).flatMap { ServerCommand.commands(in: $0) }
            .compactMap { ServerCommand($0)?.target }
        let sites = python.reduce(into: [:]) { $0[$1.directory] = DjangoProject($1) }
        django = sites
        pythonServices = python.filter { sites[$0.directory] == nil }
            .reduce(into: [:]) { $0[$1.directory] = PythonService($1, stated: targets) }
    }

    private enum CodeBases: Sendable {
        case python([PythonProject])
        case node([NodeProject])
    }

    /// Whether what stands at the root is a package that others build on: a crate without a program, or a package that
    /// is published.
    var isLibrary: Bool {
        if tree.contains("src/lib.rs"), !tree.contains("src/main.rs"), !tree.hasDirectory("src/bin"),
            CargoPackage(tree, manifest: "Cargo.toml") != nil
        {
            return true
        }
        return node.contains { $0.directory == "." && $0.isPublished && !$0.isWorkspaceRoot }
    }

    /// Where the processes of a code base start: its own folder, or one above when the imports need it.
    func folders(of project: PythonProject) -> [String] {
        let start = startFolder(of: project)
        return start == project.directory ? [start] : [project.directory, start]
    }

    /// Whether code that answers HTTP stands in this folder.
    func hasService(in directory: String) -> Bool {
        pythonServices[directory] != nil || django[directory] != nil
            || nodeApplications.contains { $0.project.directory == directory && ($0.server != nil || $0.front != nil) }
    }

    /// A file gives each of several Celery workers its own queues; one for all would be one too many.
    var namesQueues: Bool {
        let commands =
            composeFiles.flatMap { $0.services.compactMap { $0.command?.text } }
            + procfiles.flatMap { $0.file.processes.map(\.command) }
        return commands.contains { command in
            let words = ServerCommand.split(command)
            return words.contains("celery") && words.contains("worker") && WorkerProcess.hasQueues(words)
        }
    }

    /// The objects that servers run from this folder: `app.main:app`.
    func targets(in directory: String) -> [String] {
        let sites = django.values.filter { $0.directory == directory }.flatMap { [$0.wsgi?.target, $0.asgi?.target] }
        return pythonServices.values.filter { $0.directory == directory }.map(\.target) + sites.compactMap(\.self)
    }

    /// Whether a Python application starts in this folder.
    func hasPythonService(in directory: String) -> Bool {
        django.values.contains { $0.directory == directory }
            || pythonServices.values.contains { $0.directory == directory }
    }

    /// The process type of a Node program that answers HTTP: where a Python application shares its folder, both run.
    func webProcess(ofNode directory: String) -> String {
        hasPythonService(in: directory) ? Subject.site : Subject.web
    }

    /// Where the code base's processes start.
    func startFolder(of project: PythonProject) -> String {
        pythonServices[project.directory]?.directory ?? django[project.directory]?.directory ?? project.directory
    }

    private static func composeFiles(in tree: SourceTree) -> [ComposeFile] {
        let stems = ["compose", "docker-compose"]
        let kinds = ["", ".prod", ".production", ".override", ".dev", ".local", "-prod", "-dev", ".build"]
        let names = stems.flatMap { stem in kinds.flatMap { ["\(stem)\($0).yml", "\(stem)\($0).yaml"] } }
        return names.flatMap { tree.files(named: $0) }.filter {
            !Candidate.isAside($0.directory)
                || $0.directory.hasPrefix(".devcontainer") == false && tree.files(named: "Dockerfile").isEmpty
        }
        .sorted { $0.path < $1.path }.compactMap { ComposeFile($0.path, in: tree) }
    }

    /// Every Dockerfile, with the context that Compose states for it, or the folder in which it stands.
    private static func images(in tree: SourceTree, _ compose: [ComposeFile]) -> [(DockerImage, String)] {
        var contexts: [String: String] = [:]
        for service in compose.flatMap(\.services) {
            guard let context = service.context else { continue }
            let path = context.appending(path: service.dockerfile ?? "Dockerfile")
            if let path = PathText.normalized(path), contexts[path] == nil { contexts[path] = context }
        }
        let files = tree.otherEntries.filter { entry in
            let name = entry.name
            return (name == "Dockerfile" || name.hasPrefix("Dockerfile.") || name.hasSuffix(".Dockerfile"))
                && !name.hasSuffix(".dockerignore")
                && !Candidate.isAside(entry.directory)
        }
        return files.compactMap { file in
            tree.text(file.path).map { text in
                let place = file.directory.lastPathComponent
                let folder =
                    ["docker", "deploy", "deployment", "infra", "ops", ".docker", "build"].contains(place)
                        || file.directory.split(separator: "/").first == "docker" ? "." : file.directory
                return (DockerImage(file.path, text: text), contexts[file.path] ?? folder)
            }
        }
    }
}
