// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy
import SlipwayHost
import SlipwayOperate

/// Backups, ready to be shown.
public struct BackupReport: Sendable {
    private let manifests: [BackupManifest]

    init(_ manifests: [BackupManifest]) { self.manifests = manifests }

    /// One line a backup, or JSON.
    public func rendered(asJSON: Bool) throws -> String {
        if asJSON { return try JSONText.pretty(manifests) }
        guard !manifests.isEmpty else { return "there is no backup" }
        return manifests.map(line).joined(separator: "\n")
    }

    private func line(_ manifest: BackupManifest) -> String {
        let bytes = manifest.items.reduce(0) { $0 + $1.bytes }
        let names = manifest.items.map(\.name).joined(separator: ", ")
        let age = manifest.provenAt.map { StatusTable.age(SystemClock.secondsSinceEpoch() - $0) }
        let proof = age.map { "restored and compared \($0) ago" } ?? "never proved"
        return "\(manifest.id)  \(Self.size(bytes))  \(names)  \(proof)"
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes < 1 << 20 ? "\((bytes + 1023) >> 10) KB" : "\(bytes >> 20) MB"
    }
}
