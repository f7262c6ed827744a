// SPDX-License-Identifier: Apache-2.0

/// Why a service that keeps files can run only once, in words; other reasons are about its memory.
package enum SingleInstance {
    package static let database = "SQLite has one writer: a second instance would have a database of its own"

    /// - Parameter folder: Where it keeps them.
    package static func files(in folder: String) -> String {
        "\(start) \(folder): a second instance on another machine would not see them"
    }

    private static let start = "files are kept in"

    /// Whether the reason is the disk, which the processes of one container share.
    package static func isAboutFiles(_ reason: String) -> Bool { reason == database || reason.hasPrefix(start) }
}
