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
    static func copiesEverything(_ file: CheckedFile<DockerIgnore>) -> Bool {
        guard file.repository.isWhole else { return false }
        return file.repository.dockerfiles.contains { dockerfile in
            let folder = SourceTree.Entry(path: dockerfile.location).directory
            let stated = ContextFiles.statedContexts(dockerfile)
            guard stated.isEmpty || stated.contains(file.folder) else { return false }
            let isNear = file.folder == "." || folder == file.folder || folder.hasPrefix(file.folder + "/")
            return isNear
                && dockerfile.steps("COPY", "ADD").contains { step in
                    step.instruction.flag("from") == nil
                        && step.instruction.arguments.dropLast().contains { [".", "./"].contains($0) }
                }
        }
    }
}
