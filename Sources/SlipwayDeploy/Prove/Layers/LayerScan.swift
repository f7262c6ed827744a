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
    /// What package databases and programs say of themselves, by path.
    private(set) var packages: [String: [InstalledPackage]] = [:]
    private(set) var release: SystemRelease?

    private let canary: String?
    private var program: GoBuildInfo?
    private var current: TarEntry?
    private var kept: [UInt8] = []
    private var keeps = false

    /// - Parameter canary: `nil` when nobody looks for secrets.
    init(canary: String?) { self.canary = canary }

    mutating func begin(_ entry: TarEntry) {
        current = entry
        kept.removeAll(keepingCapacity: true)
        keeps = PackageDatabase.isOne(entry) || (canary != nil && SecretScan.isWorthReading(entry))
        program = GoBuildInfo.isWorthReading(entry) ? GoBuildInfo() : nil
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

    mutating func content(_ bytes: ArraySlice<UInt8>) {
        if keeps { kept += bytes }
        program?.feed(bytes)
    }

    mutating func end() {
        defer {
            keeps = false
            program = nil
        }
        guard let entry = current else { return }
        if let modules = program?.packages, !modules.isEmpty { packages[entry.path] = modules }
        guard keeps else { return }
        if PackageDatabase.isRelease(entry.path) {
            release = SystemRelease.parse(String(decoding: kept, as: UTF8.self))
        } else if PackageDatabase.isOne(entry) {
            packages[entry.path] = PackageDatabase.packages(in: kept, path: entry.path)
        }
        if let canary, SecretScan.isWorthReading(entry) {
            secrets += SecretScan.findings(in: kept, path: entry.path, canary: canary)
        }
    }
}
