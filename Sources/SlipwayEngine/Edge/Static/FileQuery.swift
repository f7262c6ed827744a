// SPDX-License-Identifier: Apache-2.0

/// A question to the file system; equal questions have equal answers, so it is the cache's key.
struct FileQuery: Hashable, Sendable {
    /// Absolute.
    var root: String
    /// Looked into, in this order, for a file that is not below the root.
    var earlier: [String] = []
    var path: String
    var isFolder: Bool
    /// Served instead of a file that is not there, relative to the root.
    var fallback: String?
    var encodings: AcceptedEncodings
    /// As in ``StaticSite/holdsUploads``.
    var holdsUploads = false

    enum Answer: Sendable {
        case file(ServedFile)
        /// The version that the asker has is still the one to serve.
        case unchanged
        /// A folder asked for without its slash.
        case addSlash
        case missing
    }
}

/// Which bytes exactly were found; when it is equal they need not be read again.
struct FileVersion: Equatable, Sendable {
    enum Coding: Equatable, Sendable { case identity, gzip, gzipOnTheFly, brotli }

    struct Stamp: Equatable, Sendable {
        var size: Int
        var modifiedNanoseconds: Int
        var inode: UInt64
    }

    var path: String
    var stamp: Stamp
    var coding: Coding
    /// Of the precompressed file beside it.
    var sibling: Stamp?
}
