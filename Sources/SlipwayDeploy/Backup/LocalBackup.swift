// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Backups of an application on this machine. One counts only after it was restored and its rows were compared.
package struct LocalBackup: Sendable {
    package let directory: String
    /// Absolute path; holds a folder a backup.
    package let folder: String
    private let application: AppSpec
    private let report: DeployEventHandler
    private var paths: StatePaths { StatePaths(applicationDirectory: directory) }
    private var store: FileStore { FileStore(root: folder) }
    private var files: FileBackup { FileBackup(runner: LocalRunner()) }

    /// - Parameter folder: `nil` for the one below `.slipway`.
    package init(
        directory: String, application: AppSpec, folder: String?, report: @escaping DeployEventHandler = { _ in }
    ) {
        self.directory = directory
        self.application = application
        self.folder = folder ?? StatePaths(applicationDirectory: directory).root + "/backups"
        self.report = report
    }

    /// Newest first; a folder without a manifest is of a backup that was cut short.
    package func all() -> [BackupManifest] {
        ((try? store.list()) ?? []).sorted(by: >).compactMap { try? manifest($0) }
    }

    /// The backup in the usual folder that was proved last; `nil` when none was.
    package static func lastProven(_ directory: String) -> BackupManifest? {
        LocalBackup(directory: directory, application: AppSpec(name: ""), folder: nil).all()
            .filter { $0.provenAt != nil }.max { ($0.provenAt ?? 0) < ($1.provenAt ?? 0) }
    }

    /// Copies every database and folder, and proves the copies.
    /// - Throws: ``SlipwayError`` `backupFailed`; what was begun is removed then.
    package func create() async throws -> BackupManifest {
        let now = SystemClock.secondsSinceEpoch()
        let status = try await LocalEngine(paths: paths, token: 0).observe()
        var manifest = BackupManifest(id: Self.identifier(now), createdAt: now, release: status?.release)
        try store.makeDirectory()
        try store.makeDirectory(manifest.id, mode: 0o700)
        do {
            for postgres in try await databases(status) {
                var item = BackupManifest.Item(kind: .postgres, name: postgres.name, file: postgres.name + ".dump")
                try await step("back up \(postgres.name)") {
                    let before = try await postgres.backup.rows()
                    try await postgres.backup.dump(to: path(manifest, item))
                    item.rows = Self.range(before, try await postgres.backup.rows())
                }
                manifest.items.append(try sealed(item, manifest))
            }
            for data in dataPaths {
                var item = data
                try await step("back up \(item.name)") {
                    let source = directory + "/" + item.name
                    if item.kind == .sqlite {
                        let before = try await files.rows(in: source)
                        try await files.copyDatabase(source, to: path(manifest, item))
                        item.rows = Self.range(before, try await files.rows(in: source))
                    } else {
                        let before = FileBackup.count(source)
                        try await files.pack(source, into: path(manifest, item))
                        item.rows = ["files": [before, FileBackup.count(source)]]
                    }
                }
                manifest.items.append(try sealed(item, manifest))
            }
            guard !manifest.items.isEmpty else {
                throw SlipwayError(
                    .backupFailed, "the application has no database and no folder of its own here",
                    hint: "slipway detect")
            }
            return try await prove(manifest)
        } catch {
            try? store.remove(manifest.id)
            throw error
        }
    }

    /// Restores a backup beside the application and compares.
    /// - Parameter id: `nil` for the newest.
    package func verify(_ id: String?) async throws -> BackupManifest { try await prove(try wanted(id)) }

    /// Puts what a backup holds in the place of what is there.
    package func restore(_ id: String?) async throws -> BackupManifest {
        let manifest = try wanted(id)
        try check(manifest)
        let status = try await LocalEngine(paths: paths, token: 0).observe()
        let databases = try await databases(status)
        for item in manifest.items {
            try await step("restore \(item.name)") {
                let target = directory + "/" + item.name
                switch item.kind {
                case .postgres:
                    guard let database = databases.first(where: { $0.name == item.name }) else { throw notRunning }
                    try await database.backup.restore(path(manifest, item))
                case .sqlite: try await files.copyDatabase(path(manifest, item), to: target)
                case .folder:
                    // Beside it first: a restore that fails half-way must not cost what is there.
                    try await files.unpack(path(manifest, item), into: target + ".restored")
                    let root = FileStore(root: directory)
                    try root.remove(item.name + ".replaced")
                    if root.exists(item.name) { try root.rename(item.name, to: item.name + ".replaced") }
                    try root.rename(item.name + ".restored", to: item.name)
                }
            }
        }
        return manifest
    }

    /// Removes backups beyond the retention.
    /// - Returns: Their ids, oldest first.
    package func prune(_ retention: BackupRetention = BackupRetention()) throws -> [String] {
        let all = all()
        let proven = all.first { $0.provenAt != nil }?.id
        let superfluous = retention.superfluous(all.map(\.id), newestProven: proven)
        for id in superfluous { try store.remove(id) }
        return superfluous
    }

    // MARK: Proof

    private func prove(_ manifest: BackupManifest) async throws -> BackupManifest {
        var manifest = manifest
        let began = SystemClock.steady.now
        try check(manifest)
        let status = try await LocalEngine(paths: paths, token: 0).observe()
        let databases = try await databases(status)
        for item in manifest.items {
            try await step("prove \(item.name)") {
                let restored: [String: Int]
                switch item.kind {
                case .postgres:
                    guard let database = databases.first(where: { $0.name == item.name }) else { throw notRunning }
                    restored = try await database.backup.restoreIntoScratch(path(manifest, item))
                case .sqlite: restored = try await files.rows(in: path(manifest, item))
                case .folder:
                    let scratch = manifest.id + "/proof"
                    defer { try? store.remove(scratch) }
                    try await files.unpack(path(manifest, item), into: folder + "/" + scratch)
                    restored = ["files": FileBackup.count(folder + "/" + scratch)]
                }
                if let difference = item.difference(to: restored) {
                    throw SlipwayError(
                        .backupFailed, "the backup \(manifest.id) is not whole: \(item.name): \(difference)",
                        hint: "slipway backup create")
                }
            }
        }
        manifest.provenAt = SystemClock.secondsSinceEpoch()
        manifest.provenSeconds = (SystemClock.steady.now - began).milliseconds / 1000
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try store.write(Array(try encoder.encode(manifest)), to: manifest.id + "/manifest.json", mode: 0o600)
        return manifest
    }

    /// Before anything is read from them: the files are those that were written.
    func check(_ manifest: BackupManifest) throws {
        for item in manifest.items {
            let sum = (try? store.read("\(manifest.id)/\(item.file)")).map { Digest.sha256($0) }
            guard sum == item.sha256 else {
                throw SlipwayError(
                    .backupFailed, "\(item.file) of the backup \(manifest.id) is not what was written",
                    hint: "slipway backup list")
            }
        }
    }

    private func sealed(_ item: BackupManifest.Item, _ manifest: BackupManifest) throws -> BackupManifest.Item {
        let bytes = try store.read("\(manifest.id)/\(item.file)")
        var item = item
        item.bytes = UInt64(bytes.count)
        item.sha256 = Digest.sha256(bytes)
        return item
    }

    // MARK: What there is to copy

    private func databases(_ status: EngineStatus?) async throws -> [(name: String, backup: PostgresBackup)] {
        let wanted = application.resources.filter { $0.kind == .postgres }
        guard !wanted.isEmpty else { return [] }
        let preparation = LocalPreparation(
            directory: directory, paths: paths, application: application, tree: SourceTree(files: [:]),
            report: { _ in })
        var running: [String: UInt16] = [:]
        for process in status?.processes ?? [] { running[process.name] = process.port }
        let resources = try preparation.resources(
            try preparation.given(LocalOptions()), avoiding: 0, running: running)
        var databases: [(name: String, backup: PostgresBackup)] = []
        for resource in wanted {
            guard let address = resources.addresses[resource.name] else { continue }
            guard status != nil else { throw notRunning }
            let home = try ClusterHome.make(paths, application: directory)
            let cluster = try await PostgresCluster.prepare(
                home, wanted: resource.version, runner: LocalRunner(), report: { _ in })
            let runner = LocalRunner(hiding: [address.password].compactMap(\.self))
            databases.append(
                (resource.name, PostgresBackup(binaries: cluster.binaries, address: address, runner: runner)))
        }
        return databases
    }

    private var dataPaths: [BackupManifest.Item] {
        let snapshot = SourceSnapshot(
            application: application, tree: SourceTree(files: [:]), directory: directory, values: [])
        let root = FileStore(root: directory)
        return snapshot.dataPaths.filter(root.exists).map { path in
            let plain = path.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" ? $0 : "_" }
            let isFolder = root.isDirectory(path)
            return BackupManifest.Item(
                kind: isFolder ? .folder : .sqlite, name: path, file: String(plain) + (isFolder ? ".tar.gz" : ""))
        }
    }

    // MARK: Small things

    private func wanted(_ id: String?) throws -> BackupManifest {
        if let id, let found = try? manifest(id) { return found }
        guard id == nil, let newest = all().first else {
            throw SlipwayError(
                .backupFailed, id.map { "there is no backup \($0) in \(folder)" } ?? "there is no backup in \(folder)",
                hint: "slipway backup list")
        }
        return newest
    }

    private func manifest(_ id: String) throws -> BackupManifest {
        try JSONDecoder().decode(BackupManifest.self, from: Data(try store.read(id + "/manifest.json")))
    }

    private func path(_ manifest: BackupManifest, _ item: BackupManifest.Item) -> String {
        "\(folder)/\(manifest.id)/\(item.file)"
    }

    private func step(_ title: String, _ body: () async throws -> Void) async throws {
        let began = SystemClock.steady.now
        do {
            try await body()
        } catch {
            report(.finished(step: title, .failed, after: SystemClock.steady.now - began))
            throw error
        }
        report(.finished(step: title, .done, after: SystemClock.steady.now - began))
    }

    private static func range(_ before: [String: Int], _ after: [String: Int]) -> [String: [Int]] {
        before.mapValues { [$0] }.merging(after.mapValues { [$0] }) { $0 + $1 }
    }

    private var notRunning: SlipwayError {
        SlipwayError(
            .notRunning, "the database of \(application.name) does not run, so nothing can be read from it",
            hint: "slipway deploy   # or: slipway up --detach")
    }

    /// `20261121T050000123Z`: text order is time's, and two backups of one second are two.
    private static func identifier(_ seconds: Double) -> String {
        Timestamp.text(milliseconds: Int64(seconds * 1000)).filter { $0.isNumber || $0 == "T" || $0 == "Z" }
    }
}
