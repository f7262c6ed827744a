// SPDX-License-Identifier: Apache-2.0

/// A folder whose files one route serves.
struct StaticSite {
    let root: String
    /// The document for navigations to a path without a file.
    let fallback: String?
    /// Folders of earlier releases, newest first.
    var earlier: [String] = []
    /// Whether people put files there.
    var holdsUploads = false

    /// - Returns: `nil` for paths that must look as if there were nothing.
    func query(_ request: StaticRequest) -> FileQuery? {
        guard let path = StaticPath(request.path) else { return nil }
        // A missing script answered with a page would be cached and break the application in a way hard to see.
        let fallsBack = request.isNavigation && path.looksLikePage
        return FileQuery(
            root: root, earlier: path.looksLikePage ? [] : earlier, path: path.relative, isFolder: path.isFolder,
            fallback: fallsBack ? fallback : nil,
            encodings: request.encodings, holdsUploads: holdsUploads)
    }
}
