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
    func plant(in context: String, root: String) throws {
        guard context == root || context.hasPrefix(root + "/") else { return }
        let files = FileStore(root: context)
        if !files.exists(".env") { try files.write("SLIPWAY_CANARY=\(text)\n", to: ".env") }
        for folder in [".git", "node_modules", "__pycache__", ".venv"] where !files.exists(folder) {
            try files.makeDirectory(folder)
            try files.write("\(text)\n", to: "\(folder)/slipway-canary")
        }
    }
}
