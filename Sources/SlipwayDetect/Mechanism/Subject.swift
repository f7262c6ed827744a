// SPDX-License-Identifier: Apache-2.0

/// What a piece of evidence is about: one process type of the code in a folder, or all of them.
package struct Subject: Hashable, Comparable, Sendable {
    /// The process type that answers HTTP.
    package static let web = "web"
    /// The process type of files that are served: a browser bundle, a static site.
    package static let site = "site"

    /// Relative to the source tree's root, `.` for the root itself.
    package var directory: String
    /// ``web``, ``site``, or a worker's own name; `nil` for every process of the folder.
    package var process: String?

    package init(_ directory: String, _ process: String?) {
        self.directory = directory
        self.process = process
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.directory, left.process ?? "") < (right.directory, right.process ?? "")
    }
}
