// SPDX-License-Identifier: Apache-2.0

/// Folders that a build or an installation makes, and that a repository does not hold.
enum MadeFolders {
    private static let names: Set<Substring> = [
        "dist", "build", "out", "lib", "node_modules", ".next", ".nuxt", ".output", "output", "bin", "target", "public",
        "release", "esm", "cjs", "bundle", "compiled", ".build", "server-build", "api-build", "tmp", "generated",
        "venv", ".venv",
    ]

    /// `dist`, `dist-server`, and what leads out of the place where it is said.
    static func isMade(_ folder: Substring) -> Bool {
        names.contains(folder) || folder == ".." || folder.hasPrefix("dist") || folder.hasSuffix("dist")
    }

    /// Whether one of the path's folders, or the path itself, is made.
    static func hold(_ path: String) -> Bool { path.split(separator: "/").contains(where: isMade) }
}
