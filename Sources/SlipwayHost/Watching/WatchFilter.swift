// SPDX-License-Identifier: Apache-2.0

/// Which paths of a source tree a watcher does not look at. Pure.
package struct WatchFilter: Sendable {
    /// Folders that tools write into, at any depth.
    private static let folders: Set<String> = [
        ".git", ".hg", ".svn", ".slipway", "node_modules", "__pycache__", ".venv", "venv", ".build", ".pytest_cache",
        ".mypy_cache", ".ruff_cache", ".next", ".nuxt", ".svelte-kit", ".idea", ".vscode",
    ]

    private let isOutput: @Sendable (String) -> Bool

    /// - Parameter isOutput: Whether a relative path is a build's or the application's own output.
    package init(isOutput: @escaping @Sendable (String) -> Bool = { _ in false }) { self.isOutput = isOutput }

    /// - Parameter path: Relative to the root; its folders were asked about before.
    package func ignores(_ path: String) -> Bool {
        let name = path.split(separator: Character("/")).last.map(String.init) ?? ""
        return Self.folders.contains(name) || Self.isEditorFile(name) || isOutput(path)
    }

    /// Swap and backup files of vim, Emacs and JetBrains; vim also tries a folder out with a file called 4913.
    private static func isEditorFile(_ name: String) -> Bool {
        name.hasSuffix("~") || name.hasSuffix(".swp") || name.hasSuffix(".swx") || name.hasPrefix(".#")
            || name.hasSuffix("___jb_tmp___") || name.hasSuffix("___jb_old___") || name == "4913"
    }
}
