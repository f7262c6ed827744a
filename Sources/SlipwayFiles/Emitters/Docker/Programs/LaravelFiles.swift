// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What Laravel keeps for everybody to see: the disk `public`, which browsers reach below /storage through a link that
/// nobody has made in a fresh image (laravel.com/docs/filesystem#the-public-disk).
package enum LaravelFiles {
    private static let marks = [
        "disk('public')", "disk(\"public\")", ", 'public')", ", \"public\")", "asset('storage/",
    ]
    /// Below the document root.
    package static let path = "/storage"

    /// The first file of the application that puts or shows something there.
    package static func use(below directory: String, in tree: SourceTree) -> String? {
        ["app", "resources/views"].lazy.flatMap { tree.files(under: directory.appending(path: $0)) }.first { entry in
            guard entry.path.hasSuffix(".php"), let text = tree.text(entry.path) else { return false }
            return marks.contains(where: text.contains)
        }?.path
    }
}
