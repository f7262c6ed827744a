// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths of the repository as a .dockerignore sees them.
enum IgnoredPaths {
    /// The folder whose files the ignore file is about: of `NAME.dockerignore`, the one of the Dockerfile.
    static func inContext(_ path: String, of file: CheckedFile<DockerIgnore>) -> String? {
        guard file.folder != "." else { return path }
        let prefix = file.folder + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    /// Whether a Dockerfile that may be built with this file copies the whole context.
    static func copiesEverything(_ file: CheckedFile<DockerIgnore>) -> Bool { copiedFolders(file).contains("") }

    /// Beginnings of the paths that a Dockerfile takes as whole folders; an empty one for the whole context.
    static func copiedFolders(_ file: CheckedFile<DockerIgnore>) -> Set<String> {
        guard file.repository.isWhole else { return [] }
        var found: Set<String> = []
        for dockerfile in file.repository.dockerfiles {
            let folder = SourceTree.Entry(path: dockerfile.location).directory
            let stated = ContextFiles.statedContexts(dockerfile)
            guard stated.isEmpty || stated.contains(file.folder) else { continue }
            guard file.folder == "." || folder == file.folder || folder.hasPrefix(file.folder + "/") else { continue }
            for step in dockerfile.steps("COPY", "ADD") where step.instruction.flag("from") == nil {
                for source in step.instruction.arguments.dropLast() where !source.contains("$") {
                    if [".", "./"].contains(source) {
                        found.insert("")
                    } else if case let path = GoPath.clean(source), !path.contains("*"),
                        file.repository.tree.hasDirectory(ContextFiles.join(file.folder, path))
                    {
                        found.insert(path + "/")
                    }
                }
            }
        }
        return found
    }
}
