// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names in a git index (git-scm.com/docs/index-format), versions 2 to 4.
package enum GitIndex {
    /// Files that git keeps, relative to the folder; `nil` when the folder is in no work tree whose index can be read.
    package static func paths(inFolder folder: String) -> Set<String>? {
        guard let root = FileStore.canonical(folder) else { return nil }
        var above = root
        while true {
            if let bytes = TreeReader.contents(Array((above + "/.git/index").utf8)) {
                guard let all = names(in: bytes) else { return nil }
                guard above != root else { return Set(all) }
                let prefix = String(root.dropFirst(above.utf8.count + 1)) + "/"
                return Set(all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
            }
            guard let slash = above.lastIndex(of: "/"), slash != above.startIndex else { return nil }
            above = String(above[..<slash])
        }
    }

    /// Bytes of an entry before its name: times, ids, mode, size, hash, flags.
    private static let fixedBytes = 62

    static func names(in bytes: [UInt8]) -> [String]? {
        guard bytes.count >= 12, bytes.starts(with: Array("DIRC".utf8)) else { return nil }
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        }
        let version = number(4, 4)
        guard (2...4).contains(version) else { return nil }
        var names: [String] = []
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
            names.append(String(decoding: name, as: UTF8.self))
            previous = name
            offset = version == 4 ? end + 1 : offset + ((end - offset + 8) & ~7)
        }
        return names
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
