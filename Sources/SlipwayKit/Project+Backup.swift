// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
public import SlipwayHost

extension Project {
    /// Copies every database and folder of the application, and proves the copies by restoring them beside it.
    /// - Parameter place: A folder, `ssh://host/folder` or `s3://bucket/prefix`; `nil` for `.slipway/backups`.
    /// - Throws: ``SlipwayError`` `backup-failed`, `not-running` when a database must be read and none runs.
    public func backUp(to place: String?, notes: Terminal) async throws -> BackupReport {
        let lock = try claimBackup()
        defer { FileLock.release(lock) }
        if let remote = try remoteBackup(place, notes) { return BackupReport([try await remote.create()]) }
        return BackupReport([try await localBackup(place, notes).create()])
    }

    /// Two at once would load the database twice and copy the same rows.
    private func claimBackup() throws -> Int32 {
        try FileStore(root: paths.root).makeDirectory()
        guard let lock = try FileLock.claim(paths.backupLock) else {
            throw SlipwayError(
                .alreadyRunning, "a backup of this application is being made already", hint: "slipway backup list")
        }
        return lock
    }

    /// Restores a backup beside the application and compares rows.
    /// - Parameter id: `nil` for the newest.
    public func verifyBackup(_ id: String?, in place: String?, notes: Terminal) async throws -> BackupReport {
        if let remote = try remoteBackup(place, notes) { return BackupReport([try await remote.verify(id)]) }
        return BackupReport([try await localBackup(place, notes).verify(id)])
    }

    /// Puts what a backup holds in the place of what is there.
    public func restoreBackup(_ id: String?, in place: String?, notes: Terminal) async throws -> BackupReport {
        if let remote = try remoteBackup(place, notes) { return BackupReport([try await remote.restore(id)]) }
        return BackupReport([try await localBackup(place, notes).restore(id)])
    }

    /// Newest first.
    public func backups(in place: String?) async throws -> BackupReport {
        if let remote = try remoteBackup(place, nil) { return BackupReport(try await remote.all()) }
        return BackupReport(try localBackup(place, nil).all())
    }

    /// Removes backups beyond the retention.
    /// - Returns: Their ids, oldest first.
    public func pruneBackups(in place: String?, daily: Int, monthly: Int) async throws -> [String] {
        let retention = BackupRetention(daily: daily, monthly: monthly)
        if let remote = try remoteBackup(place, nil) { return try await remote.prune(retention) }
        return try localBackup(place, nil).prune(retention)
    }

    private func remoteBackup(_ place: String?, _ notes: Terminal?) throws -> RemoteBackup? {
        guard let place, place.contains("://") else { return nil }
        let values = ProcessVariables.values(of: S3Place.variables)
        let ssh: (any BackupPlace)? = SSHPlace(place)
        guard let found = try ssh ?? S3Place(place, values: values) else {
            throw SlipwayError(
                .badConfiguration, "'\(place)' is no place for backups",
                hint: "slipway backup create --to ssh://user@host/folder   # or: --to s3://bucket/prefix")
        }
        let progress = notes.map { ProgressPrinter(terminal: $0) }
        return RemoteBackup(
            place: found, directory: directory, application: try detect().requireServices(),
            report: { progress?.report($0) })
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
