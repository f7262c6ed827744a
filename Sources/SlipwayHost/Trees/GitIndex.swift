// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names in a git index (git-scm.com/docs/index-format), versions 2 to 4.
package enum GitIndex {
    /// Files that git keeps, relative to the folder; `nil` when the folder is in no work tree whose index can be read.
    package static func paths(inFolder folder: String) -> Set<String>? {
        entries(inFolder: folder).map { Set($0.map(\.name)) }
    }

    /// Those of the files that git keeps with the right to run.
    package static func executables(inFolder folder: String) -> Set<String>? {
        entries(inFolder: folder).map { Set($0.filter(\.isExecutable).map(\.name)) }
    }

    struct Entry {
        var name: String
        let isExecutable: Bool
    }

    private static func entries(inFolder folder: String) -> [Entry]? {
        guard let root = FileStore.canonical(folder) else { return nil }
        var above = root
        while true {
            if let bytes = TreeReader.contents(Array((above + "/.git/index").utf8)) {
                guard let all = entries(in: bytes) else { return nil }
                guard above != root else { return all }
                let prefix = String(root.dropFirst(above.utf8.count + 1)) + "/"
                return all.filter { $0.name.hasPrefix(prefix) }.map { entry in
                    Entry(name: String(entry.name.dropFirst(prefix.count)), isExecutable: entry.isExecutable)
                }
            }
            guard let slash = above.lastIndex(of: "/"), slash != above.startIndex else { return nil }
            above = String(above[..<slash])
        }
    }

    /// Bytes of an entry before its name: times, ids, mode, size, hash, flags.
    private static let fixedBytes = 62

    static func names(in bytes: [UInt8]) -> [String]? { entries(in: bytes)?.map(\.name) }

    private static func entries(in bytes: [UInt8]) -> [Entry]? {
        guard bytes.count >= 12, bytes.starts(with: Array("DIRC".utf8)) else { return nil }
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        }
        let version = number(4, 4)
        guard (2...4).contains(version) else { return nil }
        var entries: [Entry] = []
        var previous: [UInt8] = []
        var offset = 12
        for _ in 0..<number(8, 4) {
            guard offset + fixedBytes < bytes.count else { return nil }
            let isExtended = version >= 3 && bytes[offset + 60] & 0x40 != 0
            var start = offset + fixedBytes + (isExtended ? 2 : 0)
            var name: [UInt8] = []
            if version == 4 {
                guard let removed = variableWidth(bytes, &start), removed <= previous.count else { return nil }
                name = Array(previous.dropLast(removed))
            }
            guard start <= bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
            name += bytes[start..<end]
            // The mode stands behind two times, the device and the inode.
            let mode = number(offset + 24, 4)
            entries.append(Entry(name: String(decoding: name, as: UTF8.self), isExecutable: mode & 0o111 != 0))
            previous = name
            offset = version == 4 ? end + 1 : offset + ((end - offset + 8) & ~7)
        }
        return entries
    }

    private static func variableWidth(_ bytes: [UInt8], _ offset: inout Int) -> Int? {
        var value = 0
        for step in 0..<5 {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            value = (step == 0 ? 0 : value + 1) << 7 | Int(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
