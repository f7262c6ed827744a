// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// Which services have put their seed data into the present databases: one empty file each below `.slipway`.
struct SeedMemory: Sendable {
    private static let folder = "seeded"

    private let files: FileStore

    init(_ files: FileStore) { self.files = files }

    func contains(_ service: String) -> Bool { files.exists("\(Self.folder)/\(service)") }

    func add(_ service: String) throws {
        try files.makeDirectory(Self.folder)
        try files.write("", to: "\(Self.folder)/\(service)")
    }

    /// The databases are new, so nobody's data is in them.
    func forget() throws { try files.remove(Self.folder) }
}
