// SPDX-License-Identifier: Apache-2.0

/// What one backup holds, and whether it has been proved.
public struct BackupManifest: Codable, Equatable, Sendable {
    /// What an item is a copy of.
    public enum Kind: String, Codable, Sendable { case postgres, sqlite, folder }

    /// One database or folder.
    public struct Item: Codable, Equatable, Sendable {
        /// What it is a copy of.
        public var kind: Kind
        /// A resource's name, or a path relative to the application's folder.
        public var name: String
        /// In the backup's folder.
        public var file: String
        /// Of the file.
        public var bytes: UInt64
        /// Of the file.
        public var sha256: String
        /// Rows by table before and after the copy was made, because people go on working meanwhile; for a folder,
        /// the number of its files.
        public var rows: [String: [Int]]

        package init(
            kind: Kind, name: String, file: String, bytes: UInt64 = 0, sha256: String = "", rows: [String: [Int]] = [:]
        ) {
            self.kind = kind
            self.name = name
            self.file = file
            self.bytes = bytes
            self.sha256 = sha256
            self.rows = rows
        }

        /// The first difference between what was copied and what came out of the copy; `nil` when there is none.
        package func difference(to restored: [String: Int]) -> String? {
            for table in Set(rows.keys).union(restored.keys).sorted() {
                guard let range = rows[table], let least = range.min(), let most = range.max() else {
                    return "\(table) is in the copy and was not in \(name)"
                }
                guard let count = restored[table] else { return "\(table) is not in the copy" }
                guard (least...most).contains(count) else {
                    return
                        "\(table) has \(count) rows in the copy and had \(least == most ? "\(least)" : "\(least) to \(most)")"
                }
            }
            return nil
        }
    }

    /// `20261121T050000Z`, the moment it was begun.
    public var id: String
    /// Seconds since the Unix epoch.
    public var createdAt: Double
    /// The release that had the requests.
    public var release: Int?
    /// Sorted by name.
    public var items: [Item]
    /// Seconds since the Unix epoch of the last restore that came out whole; `nil` when there was none.
    public var provenAt: Double?
    /// How long that took.
    public var provenSeconds: Double?

    package init(id: String, createdAt: Double, release: Int?, items: [Item] = []) {
        self.id = id
        self.createdAt = createdAt
        self.release = release
        self.items = items
    }
}
