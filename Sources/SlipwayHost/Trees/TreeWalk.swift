// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One pass over a folder, level by level and side by side within a level; a folder's descriptor is open only while
/// its names are read, so depth costs none.
struct TreeWalk {
    /// More remarks than this help nobody.
    private static let mostRemarks = 50

    private(set) var entries: [SourceTree.Entry] = []
    private(set) var remarks: [String] = []
    /// The bytes of paths that are not UTF-8, by the path under which they are listed.
    private(set) var unusualPaths: [String: [UInt8]] = [:]

    private let root: String
    private let descriptor: Int32
    private let sharing: Sharing

    /// - Parameters:
    ///   - root: An absolute path without links.
    ///   - descriptor: The same folder, open as long as the walk lasts.
    init(root: String, descriptor: Int32, sharing: Sharing) {
        self.root = root
        self.descriptor = descriptor
        self.sharing = sharing
    }

    mutating func run() throws {
        guard let first = FolderListing(root: descriptor, path: [UInt8(ascii: "."), 0]) else {
            throw SlipwayError(
                .unreadable, "\(root) may not be read by this user", hint: "ls -ld \(ShellWord.quote(root))")
        }
        let reader = FolderReader(root: root, descriptor: descriptor, kept: KeptFiles(root: root))
        let top = FolderReader.Folder(path: [], ignoreFiles: OuterIgnoreFiles.read(above: root))
        var levels = [[reader.contents(of: top, first)]]
        while true {
            let folders = levels[levels.count - 1].flatMap(\.folders)
            guard !folders.isEmpty else { break }
            levels.append(sharing.results(folders.count) { reader.contents(of: folders[$0]) })
        }
        flatten(levels)
    }

    /// The paths in their order: what stands in a folder takes the folder's place.
    private mutating func flatten(_ levels: [[FolderReader.Contents]]) {
        entries.reserveCapacity(levels.reduce(0) { $0 + $1.reduce(0) { $0 + $1.parts.count - $1.folders.count } })
        // On each level the folders come in the order in which they are met here.
        var next = [Int](repeating: 0, count: levels.count + 1)
        var open: [(level: Int, folder: Int, part: Int)] = [(0, 0, 0)]
        while let (level, folder, position) = open.last {
            let parts = levels[level][folder].parts
            guard position < parts.count else {
                open.removeLast()
                continue
            }
            open[open.count - 1].part += 1
            switch parts[position] {
            case .file(let path): entries.append(SourceTree.Entry(path: path))
            case .unusual(let bytes):
                let path = String(decoding: bytes, as: UTF8.self)
                unusualPaths[path] = bytes
                entries.append(SourceTree.Entry(path: path))
                remark("the name of \(path) is not UTF-8")
            case .folder:
                open.append((level + 1, next[level + 1], 0))
                next[level + 1] += 1
            case .remark(let text): remark(text)
            }
        }
    }

    private mutating func remark(_ text: String) {
        if remarks.count < Self.mostRemarks { remarks.append(text) }
    }
}
