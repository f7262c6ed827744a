// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// Files that stand in every developer's folder and in no clean checkout. Planted in a build context, they show in the
/// image when nothing keeps them out.
struct Canary: Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    /// - Parameters:
    ///   - context: Absolute path of the context.
    ///   - root: Absolute path of the staged project, which holds it.
    ///   - languages: Of the services that are built from it: each leaves folders of its own.
    func plant(in context: String, root: String, languages: Set<String>) throws {
        guard context == root || context.hasPrefix(root + "/") else { return }
        let files = FileStore(root: context)
        if !files.exists(".env") { try files.write("SLIPWAY_CANARY=\(text)\n", to: ".env") }
        var folders = [".git"]
        if languages.contains("python") { folders += ["__pycache__", ".venv"] }
        if languages.contains("javascript") || languages.contains("typescript") { folders.append("node_modules") }
        for folder in folders where !files.exists(folder) {
            try files.makeDirectory(folder)
            try files.write("\(text)\n", to: "\(folder)/slipway-canary")
        }
    }
}
