// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What one folder of a walk holds, without what git ignores and what is never source.
struct FolderReader: Sendable {
    /// Never source, whatever `.gitignore` says: version control, installed packages, caches of tools.
    private static let skippedFolders: Set<[UInt8]> = Set(
        [
            ".git", ".hg", ".svn", ".jj", ".slipway", "node_modules", "bower_components", "__pycache__",
            "__pypackages__",
            ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".eggs", ".gradle",
            ".terraform", ".build", ".swiftpm", ".bundle", ".yarn", ".pnpm-store", ".parcel-cache", ".turbo", ".nx",
            ".next", ".nuxt", ".svelte-kit", ".angular", ".cache", ".venv", ".DS_Store",
        ].map { Array($0.utf8) })

    /// A folder that the walk is to read.
    struct Folder: Sendable {
        /// From the root, with a slash at the end; empty for the root itself.
        let path: [UInt8]
        /// Those that apply to it, the weakest first.
        let ignoreFiles: [IgnoreFile]
        /// Whether only what git keeps all the same is looked for.
        var isIgnored = false
    }

    enum Part: Sendable {
        case file(String)
        /// A file whose path is not UTF-8.
        case unusual([UInt8])
        /// The next one of ``Contents/folders``.
        case folder
        case remark(String)
    }

    struct Contents: Sendable {
        fileprivate(set) var parts: [Part] = []
        fileprivate(set) var folders: [Folder] = []
    }

    /// The walk's root as an absolute path without links, and open.
    let root: String
    let descriptor: Int32
    let kept: KeptFiles

    func contents(of folder: Folder) -> Contents {
        guard let listing = FolderListing(root: descriptor, path: folder.path.dropLast() + [0]) else {
            let shown = String(decoding: folder.path.dropLast(), as: UTF8.self)
            return Contents(parts: [.remark("\(shown) may not be read by this user")])
        }
        // A virtual environment marks itself (PEP 405).
        return listing.contains("pyvenv.cfg") ? Contents() : contents(of: folder, listing)
    }

    func contents(of folder: Folder, _ listing: FolderListing) -> Contents {
        var ignoreFiles = folder.ignoreFiles
        if listing.contains(".gitignore"),
            let bytes = TreeReader.contents(absolute(folder.path + Array(".gitignore".utf8))),
            let file = IgnoreFile(bytes, skippedBytes: folder.path.count)
        {
            ignoreFiles.append(file)
        }
        var contents = Contents()
        contents.parts.reserveCapacity(listing.items.count)
        var path = folder.path
        for item in listing.items where item.kind != .other {
            path.removeLast(path.count - folder.path.count)
            path.append(contentsOf: listing.name(item))
            let isFolder = item.kind == .folder
            if isFolder, Self.skippedFolders.contains(Array(listing.name(item))) { continue }
            let isIgnored =
                folder.isIgnored
                || Self.isIgnored(path, nameStart: folder.path.count, isFolder: isFolder, by: ignoreFiles)
            if isIgnored, isFolder ? !kept.contains(folder: path) : !kept.contains(path) { continue }
            if isFolder {
                contents.parts.append(.folder)
                contents.folders.append(
                    Folder(path: path + [UInt8(ascii: "/")], ignoreFiles: ignoreFiles, isIgnored: isIgnored))
            } else if item.kind == .link, let remark = remark(onLink: path) {
                contents.parts.append(.remark(remark))
            } else {
                contents.parts.append(String(validating: path, as: UTF8.self).map { .file($0) } ?? .unusual(path))
            }
        }
        return contents
    }

    private static func isIgnored(
        _ path: [UInt8], nameStart: Int, isFolder: Bool, by ignoreFiles: [IgnoreFile]
    ) -> Bool {
        guard !ignoreFiles.isEmpty else { return false }
        return path.withUnsafeBufferPointer { path in
            for file in ignoreFiles.reversed() {
                if let verdict = file.verdict(path, nameStart: nameStart, isFolder: isFolder) { return verdict }
            }
            return false
        }
    }

    private func absolute(_ path: [UInt8]) -> [UInt8] { Array(root.utf8) + [UInt8(ascii: "/")] + path }

    /// Why a link is left out. One to a file of the repository counts as that file; one to a folder is not followed,
    /// because it can lead back to where it stands.
    private func remark(onLink path: [UInt8]) -> String? {
        let shown = String(decoding: path, as: UTF8.self)
        guard let target = Self.realPath(absolute(path)) else {
            return "the symbolic link \(shown) leads nowhere or in a circle"
        }
        guard target == root || target.utf8.starts(with: (root == "/" ? root : root + "/").utf8) else {
            return "the symbolic link \(shown) leaves the repository"
        }
        var status = stat()
        guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return "the symbolic link \(shown) leads to a folder and is not followed"
        }
        return nil
    }

    private static func realPath(_ path: [UInt8]) -> String? {
        (path + [0]).withUnsafeBytes { raw in
            guard let base = raw.bindMemory(to: CChar.self).baseAddress, let real = realpath(base, nil) else {
                return nil
            }
            defer { free(real) }
            return String(cString: real)
        }
    }
}
