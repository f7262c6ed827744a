// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that are in no clone, and who tells how they come about.
enum SpokenFiles {
    private static let endings = [
        ".md", ".mdx", ".rst", ".txt", ".adoc", ".sh", ".bash", ".ps1", ".bat", ".yml", ".yaml", ".tf", ".j2", ".toml",
    ]
    private static let names: Set<String> = ["Makefile", "justfile", "Justfile", "Taskfile", "README", "Jenkinsfile"]
    private static let makers = ["setup", "install", "init", "generate", "configure", "bootstrap"]

    /// Whether a document, a script or a pipeline names the file, by which its reader can make it or has it made.
    /// - Parameter besides: The Compose file that wants it.
    static func isNamed(_ path: String, besides: String, in repository: CheckedRepository) -> Bool {
        let name = Array(SourceTree.Entry(path: path).name.utf8)
        return repository.tree.entries.contains { entry in
            let isMaker = makers.contains { entry.name.lowercased().contains($0) }
            guard
                entry.path != besides, FileFormat(path: entry.path) != .compose, !entry.path.contains("node_modules/"),
                endings.contains(where: entry.name.hasSuffix) || names.contains(entry.name) || isMaker,
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            return WholeWord.stands(name, in: bytes)
        }
    }

    /// Whether `.gitignore` speaks of the folder, which then is missing on purpose.
    static func isFolderIgnored(_ folder: String, in tree: SourceTree) -> Bool {
        guard let first = folder.split(separator: "/").first else { return false }
        return tree.files(named: ".gitignore").contains { tree.text($0.path)?.contains(first) == true }
    }
}
