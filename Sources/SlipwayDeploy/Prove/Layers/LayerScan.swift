// SPDX-License-Identifier: Apache-2.0

/// One layer as it streams past: names, sizes and what looks like a secret; no contents are kept.
struct LayerScan: TarReader.Sink, Sendable {
    struct File: Equatable, Sendable {
        let path: String
        let size: Int
        /// Set-user-ID or set-group-ID.
        let isPrivileged: Bool
        /// A mark that a path of the layers below is gone; ``path`` is that path.
        let isWhiteout: Bool
    }

    private(set) var files: [File] = []
    /// Folders whose contents of the layers below are gone.
    private(set) var opaque: [String] = []
    private(set) var sizeInBytes = 0
    private(set) var secrets: [SecretFinding] = []
    /// What package databases say, by path; see ``PackageDatabase``.
    private(set) var databases: [String: [UInt8]] = [:]

    private let canary: String
    private var current: TarEntry?
    private var kept: [UInt8] = []
    private var keeps = false

    init(canary: String) { self.canary = canary }

    mutating func begin(_ entry: TarEntry) {
        current = entry
        kept.removeAll(keepingCapacity: true)
        keeps = entry.kind == .file && (SecretScan.isWorthReading(entry) || PackageDatabase.isOne(entry))
        let name = entry.path.split(separator: "/").last ?? ""
        let folder = entry.path.dropLast(min(name.count + 1, entry.path.count))
        if name == ".wh..wh..opq" {
            opaque.append(String(folder))
        } else if name.hasPrefix(".wh.") {
            let hidden = folder.isEmpty ? "\(name.dropFirst(4))" : "\(folder)/\(name.dropFirst(4))"
            files.append(File(path: hidden, size: 0, isPrivileged: false, isWhiteout: true))
        } else if entry.kind != .folder {
            sizeInBytes += entry.size
            files.append(
                File(
                    path: entry.path, size: entry.size,
                    isPrivileged: entry.kind == .file && entry.mode & 0o6000 != 0, isWhiteout: false))
        }
    }

    mutating func content(_ bytes: ArraySlice<UInt8>) { if keeps { kept += bytes } }

    mutating func end() {
        defer { keeps = false }
        guard keeps, let entry = current else { return }
        if PackageDatabase.isOne(entry) { databases[entry.path] = kept }
        if SecretScan.isWorthReading(entry) {
            secrets += SecretScan.findings(in: kept, path: entry.path, canary: canary)
        }
    }
}
