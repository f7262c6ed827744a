// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Whether a package is built with a framework, or only lists it: components for Next.js depend on it too.
struct NodeEvidence {
    let project: NodeProject
    let tree: SourceTree

    /// - Parameters:
    ///   - programs: First words of the tool in scripts.
    ///   - configurations: Stems of configuration files.
    ///   - folders: Where the framework looks for pages.
    func uses(_ programs: [String], configurations: [String] = [], folders: [String] = []) -> Bool {
        configurations.contains { project.configuration($0, tree) != nil }
            || folders.contains { tree.hasDirectory(project.path($0)) } || runs(programs)
    }

    private func runs(_ programs: [String]) -> Bool {
        (project.manifest.root["scripts"]?.mapping?.entries ?? []).contains { entry in
            guard let text = entry.value.string else { return false }
            return ServerCommand.split(text).contains { word in
                programs.contains(word.lastPathComponent.split(separator: "@").first.map(String.init) ?? word)
            }
        }
    }
}
