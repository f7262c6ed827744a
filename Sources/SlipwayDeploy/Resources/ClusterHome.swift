// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Where a private cluster's data stands and whose it is. PostgreSQL refuses to run as root, so root hands it to an
/// account that has no other rights.
package struct ClusterHome: Equatable, Sendable {
    /// Holds `data`, the password and nothing else.
    package let folder: String
    /// Runs the server; `nil` for the caller's own account.
    package let account: Account?
    /// Whether the data had to go elsewhere than below `.slipway`.
    package let isElsewhere: Bool

    package init(folder: String, account: Account?, isElsewhere: Bool) {
        self.folder = folder
        self.account = account
        self.isElsewhere = isElsewhere
    }

    package var data: String { folder + "/data" }
    package var password: String { folder + "/password" }

    /// Chooses and creates the folder.
    /// - Parameter elsewhere: Parent of data folders that cannot stand below `.slipway`.
    /// - Throws: ``SlipwayError`` `databaseFailed` when root has no account to hand the data to.
    package static func make(
        _ paths: StatePaths, application: String, elsewhere: String = "/var/lib/slipway"
    ) throws -> ClusterHome {
        guard Account.isRoot else {
            try FileStore(root: paths.postgres).makeDirectory(mode: 0o700)
            return ClusterHome(folder: paths.postgres, account: nil, isElsewhere: false)
        }
        guard let account = Account.named("postgres") ?? Account.named("nobody") else {
            throw SlipwayError(
                .databaseFailed, "PostgreSQL does not run as root, and there is no account to run it",
                hint: "useradd --system postgres")
        }
        var folder = Ownership.target(of: paths.postgres) ?? paths.postgres
        if folder == paths.postgres, !Ownership.canTraverse(to: paths.postgres, as: account) {
            folder = elsewhere + "/" + Digest.sha256(application).prefix(12)
        }
        let isElsewhere = folder != paths.postgres
        if isElsewhere {
            // The folders above must let the account through, but not list what others have.
            let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? elsewhere
            try FileStore(root: parent).makeDirectory(mode: 0o711)
            if Ownership.target(of: paths.postgres) == nil { try Ownership.link(paths.postgres, to: folder) }
        }
        try FileStore(root: folder).makeDirectory(mode: 0o700)
        try Ownership.give(folder, to: account)
        return ClusterHome(folder: folder, account: account, isElsewhere: isElsewhere)
    }
}
