// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One pass over a folder; a folder's descriptor is open only while its names are read, so depth costs none.
struct TreeWalk {
    /// More remarks than this help nobody.
    private static let mostRemarks = 50

    /// Never source, whatever `.gitignore` says: version control, installed packages, caches of tools.
    private static let skippedFolders: Set<[UInt8]> = Set(
        [
            ".git", ".hg", ".svn", ".jj", ".slipway", "node_modules", "bower_components", "__pycache__",
            "__pypackages__",
            ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".eggs", ".gradle",
            ".terraform", ".build", ".swiftpm", ".bundle", ".yarn", ".pnpm-store", ".parcel-cache", ".turbo", ".nx",
            ".next", ".nuxt", ".svelte-kit", ".angular", ".cache", ".venv", ".DS_Store",
        ].map { Array($0.utf8) })

    private struct Folder {
        var listing: FolderListing
        var position = 0
        /// Bytes of the path, with its slash.
        var pathLength: Int
        var ignoreFileCount: Int
    }

    private(set) var entries: [SourceTree.Entry] = []
    private(set) var remarks: [String] = []
    /// The bytes of paths that are not UTF-8, by the path under which they are listed.
    private(set) var unusualPaths: [String: [UInt8]] = [:]

    private let root: String
    private var ignoreFiles: [IgnoreFile]
    /// The path at hand, from the root.
    private var path: [UInt8] = []
    private var stack: [Folder] = []

    init(root: String) {
        self.root = root
        ignoreFiles = OuterIgnoreFiles.read(above: root)
    }

    mutating func run() throws {
        let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let first = FolderListing(root: descriptor, path: [UInt8(ascii: "."), 0]) else {
            if descriptor >= 0 { close(descriptor) }
            throw SlipwayError(
                .unreadable, "\(root) may not be read by this user", hint: "ls -ld \(ShellWord.quote(root))")
        }
        defer { close(descriptor) }
        enter(first)
        while let index = stack.indices.last {
            let folder = stack[index]
            guard folder.position < folder.listing.items.count else {
                stack.removeLast()
                if let outer = stack.last {
                    path.removeLast(path.count - outer.pathLength)
                    ignoreFiles.removeLast(ignoreFiles.count - outer.ignoreFileCount)
                }
                continue
            }
            stack[index].position += 1
            visit(folder.listing.items[folder.position], in: folder, root: descriptor)
        }
        entries.shrink()
    }

    private mutating func enter(_ listing: FolderListing) {
        if listing.contains(".gitignore"), let bytes = TreeReader.contents(absolute(Array(".gitignore".utf8))),
            let file = IgnoreFile(bytes, skippedBytes: path.count)
        {
            ignoreFiles.append(file)
        }
        stack.append(Folder(listing: listing, pathLength: path.count, ignoreFileCount: ignoreFiles.count))
    }

    private func absolute(_ name: [UInt8]) -> [UInt8] { Array(root.utf8) + [UInt8(ascii: "/")] + path + name }

    private mutating func visit(_ item: FolderListing.Item, in folder: Folder, root: Int32) {
        guard item.kind != .other else { return }
        let isFolder = item.kind == .folder
        let nameStart = path.count
        path.append(contentsOf: folder.listing.name(item))
        defer { if stack.last?.pathLength ?? 0 <= nameStart { path.removeLast(path.count - nameStart) } }
        if isFolder, Self.skippedFolders.contains(Array(path[nameStart...])) { return }
        if isIgnored(nameStart: nameStart, isFolder: isFolder) { return }
        switch item.kind {
        case .file: append()
        case .link: follow()
        case .folder, .other: descend(root)
        }
    }

    private func isIgnored(nameStart: Int, isFolder: Bool) -> Bool {
        path.withUnsafeBufferPointer { path in
            for file in ignoreFiles.reversed() {
                if let verdict = file.verdict(path, nameStart: nameStart, isFolder: isFolder) { return verdict }
            }
            return false
        }
    }

    private mutating func append() {
        if let text = String(validating: path, as: UTF8.self) {
            entries.append(SourceTree.Entry(path: text))
        } else {
            let text = String(decoding: path, as: UTF8.self)
            unusualPaths[text] = path
            entries.append(SourceTree.Entry(path: text))
            remark("the name of \(text) is not UTF-8")
        }
    }

    private mutating func descend(_ root: Int32) {
        guard let listing = FolderListing(root: root, path: path + [0]) else {
            remark("\(String(decoding: path, as: UTF8.self)) may not be read by this user")
            return
        }
        // A virtual environment marks itself (PEP 405).
        if listing.contains("pyvenv.cfg") { return }
        path.append(UInt8(ascii: "/"))
        enter(listing)
    }

    /// A link to a file of the repository counts as that file; one to a folder is not followed, because it can lead
    /// back to where it stands.
    private mutating func follow() {
        let shown = String(decoding: path, as: UTF8.self)
        guard let target = Self.realPath(absolute([])) else {
            remark("the symbolic link \(shown) leads nowhere or in a circle")
            return
        }
        guard target == root || target.utf8.starts(with: (root == "/" ? root : root + "/").utf8) else {
            remark("the symbolic link \(shown) leaves the repository")
            return
        }
        var status = stat()
        guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            remark("the symbolic link \(shown) leads to a folder and is not followed")
            return
        }
        append()
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

    private mutating func remark(_ text: String) {
        if remarks.count < Self.mostRemarks { remarks.append(text) }
    }
}

extension Array {
    /// Gives back the capacity that growing by doubling left.
    fileprivate mutating func shrink() { self = Array(self[...]) }
}
