// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A lock file that was left in a package before it became part of a workspace: the managers read the workspace's own
/// (docs.npmjs.com/cli/using-npm/workspaces), and a build in the package's folder alone misses what lies outside.
package enum StaleLock {
    /// Whether the folder's settings of the compiler begin with those of a folder above, and a workspace that has a lock
    /// file stands there.
    package static func isIn(_ directory: String, of tree: SourceTree) -> Bool {
        guard directory != ".", let settings = tree.text(Layout.join(directory, "tsconfig.json")),
            let extended = extended(by: settings), extended.hasPrefix("../"),
            case let outside = GoPath.clean(Layout.join(directory, extended)), !outside.hasPrefix("..")
        else { return false }
        var folder = directory.parentDirectory
        while true {
            if isWorkspace(folder, tree) { return folder == "." || outside.relative(to: folder) != nil }
            guard folder != "." else { return false }
            folder = folder.parentDirectory
        }
    }

    private static func extended(by settings: String) -> String? {
        JSONDocument(parsing: settings, dialect: .tolerant).root?["extends"]?.string
    }

    private static func isWorkspace(_ folder: String, _ tree: SourceTree) -> Bool {
        guard ContextFolder.nodeLocks.contains(where: { tree.contains(Layout.join(folder, $0)) }) else { return false }
        return tree.contains(Layout.join(folder, "pnpm-workspace.yaml"))
            || tree.text(Layout.join(folder, "package.json"))
                .flatMap { JSONDocument(parsing: $0, dialect: .tolerant).root }?["workspaces"] != nil
    }
}
