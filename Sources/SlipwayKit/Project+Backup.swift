// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
public import SlipwayHost

extension Project {
    /// Copies every database and folder of the application, and proves the copies by restoring them beside it.
    /// - Parameter folder: Where the backups stand; `nil` for `.slipway/backups`.
    /// - Throws: ``SlipwayError`` `backup-failed`, `not-running` when a database must be read and none runs.
    public func backUp(to folder: String?, notes: Terminal) async throws -> BackupReport {
        BackupReport([try await localBackup(folder, notes).create()])
    }

    /// Restores a backup beside the application and compares rows.
    /// - Parameter id: `nil` for the newest.
    public func verifyBackup(_ id: String?, in folder: String?, notes: Terminal) async throws -> BackupReport {
        BackupReport([try await localBackup(folder, notes).verify(id)])
    }

    /// Puts what a backup holds in the place of what is there.
    public func restoreBackup(_ id: String?, in folder: String?, notes: Terminal) async throws -> BackupReport {
        BackupReport([try await localBackup(folder, notes).restore(id)])
    }

    /// Newest first.
    public func backups(in folder: String?) throws -> BackupReport {
        BackupReport(try localBackup(folder, nil).all())
    }

    /// Removes backups beyond the retention.
    /// - Returns: Their ids, oldest first.
    public func pruneBackups(in folder: String?, daily: Int, monthly: Int) throws -> [String] {
        try localBackup(folder, nil).prune(BackupRetention(daily: daily, monthly: monthly))
    }

    private func localBackup(_ folder: String?, _ notes: Terminal?) throws -> LocalBackup {
        let application = try detect().requireServices()
        let progress = notes.map { ProgressPrinter(terminal: $0) }
        let absolute = try folder.map { folder -> String in
            try FileStore(root: directory).makeDirectory()
            if folder.hasPrefix("/") { return folder }
            return (FileStore.canonical(".") ?? directory) + "/" + folder
        }
        return LocalBackup(
            directory: directory, application: application, folder: absolute, report: { progress?.report($0) })
    }
}
