// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The requirements files that a repository's own images install: a lock file of another tool beside them is not what
/// the code was last run with.
struct ImageRequirements {
    /// Names of files by the folder of the code.
    private let files: [String: Set<String>]

    private static let otherTools: Set<String> = ["pipenv", "poetry", "pdm", "sync"]

    init(_ repository: Repository) {
        let folders = ServiceFolders(repository)
        var files: [String: Set<String>] = [:]
        var others: Set<String> = []
        for (image, context) in repository.images {
            guard let folder = folders.folder(context: context, dockerfile: image.path, copied: image.copied) else {
                continue
            }
            for words in image.buildCommands.map(ServerCommand.split) {
                // Also what `poetry export` writes down first.
                if words.contains(where: { Self.otherTools.contains($0.lastPathComponent) }) { others.insert(folder) }
                guard words.contains(where: { $0.lastPathComponent.hasPrefix("pip") || $0 == "uv" }) else { continue }
                for (flag, file) in zip(words, words.dropFirst()) where flag == "-r" || flag == "--requirement" {
                    files[folder, default: []].insert(file.lastPathComponent)
                }
                for word in words where word.hasPrefix("-r") && word.count > 2 {
                    files[folder, default: []].insert(String(word.dropFirst(2)).lastPathComponent)
                }
            }
        }
        self.files = files.filter { !others.contains($0.key) }
    }

    /// Whether an image of the code in this folder installs the file, and nothing with another tool.
    func holds(_ file: String, for folder: String) -> Bool { files[folder]?.contains(file.lastPathComponent) == true }
}
