// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Backups that are kept elsewhere: made and proved here, sent, and fetched again before they count.
package struct RemoteBackup: Sendable {
    private let place: any BackupPlace
    private let local: LocalBackup
    /// Absolute path of a folder for what is on its way.
    private let folder: String
    private var files: FileStore { FileStore(root: folder) }

    package init(
        place: any BackupPlace, directory: String, application: AppSpec,
        report: @escaping DeployEventHandler = { _ in }
    ) {
        self.place = place
        folder = StatePaths(applicationDirectory: directory).root + "/backups-sent"
        local = LocalBackup(directory: directory, application: application, folder: folder, report: report)
    }

    /// Newest first.
    package func all() async throws -> [BackupManifest] {
        var manifests: [BackupManifest] = []
        for id in try await place.identifiers().sorted(by: >) {
            defer { try? files.remove(id) }
            manifests.append(try await manifest(id))
        }
        return manifests
    }

    package func create() async throws -> BackupManifest {
        let manifest = try await local.create()
        defer { try? files.remove(manifest.id) }
        do {
            // The manifest last: a backup without one is none.
            for name in manifest.items.map(\.file) + ["manifest.json"] {
                try await place.send("\(folder)/\(manifest.id)/\(name)", as: name, of: manifest.id)
            }
            try files.remove(manifest.id)
            try await fetch(manifest.id)
            try local.check(manifest)
            return manifest
        } catch {
            try? await place.remove(manifest.id)
            throw error
        }
    }

    /// - Parameter id: `nil` for the newest.
    package func verify(_ id: String?) async throws -> BackupManifest {
        let id = try await wanted(id)
        defer { try? files.remove(id) }
        try await fetch(id)
        let proven = try await local.verify(id)
        try await place.send("\(folder)/\(id)/manifest.json", as: "manifest.json", of: id)
        return proven
    }

    package func restore(_ id: String?) async throws -> BackupManifest {
        let id = try await wanted(id)
        defer { try? files.remove(id) }
        try await fetch(id)
        return try await local.restore(id)
    }

    /// - Returns: Ids of what was removed, oldest first.
    package func prune(_ retention: BackupRetention) async throws -> [String] {
        let all = try await all()
        let superfluous = retention.superfluous(all.map(\.id), newestProven: all.first { $0.provenAt != nil }?.id)
        for id in superfluous { try await place.remove(id) }
        return superfluous
    }

    private func wanted(_ id: String?) async throws -> String {
        let known = try await place.identifiers()
        if let id, known.contains(id) { return id }
        guard id == nil, let newest = known.max() else {
            throw SlipwayError(
                .backupFailed, id.map { "there is no backup \($0) there" } ?? "there is no backup there",
                hint: "slipway backup list --to ...")
        }
        return newest
    }

    private func manifest(_ id: String) async throws -> BackupManifest {
        try files.makeDirectory()
        try files.makeDirectory(id, mode: 0o700)
        try await place.fetch("manifest.json", of: id, to: "\(folder)/\(id)/manifest.json")
        return try JSONDecoder().decode(BackupManifest.self, from: Data(try files.read("\(id)/manifest.json")))
    }

    private func fetch(_ id: String) async throws {
        for item in try await manifest(id).items {
            try await place.fetch(item.file, of: id, to: "\(folder)/\(id)/\(item.file)")
        }
    }
}
