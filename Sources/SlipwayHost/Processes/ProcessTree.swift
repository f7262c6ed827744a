// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One look at the processes of this machine: who is whose child. Empty where there is no /proc (macOS).
package struct ProcessTree: Sendable {
    package struct Entry: Equatable, Sendable {
        package var identifier: Int32
        package var parent: Int32
        /// The kernel's short name, 15 bytes at most (proc(5)).
        package var name: String
        package var isZombie: Bool
    }

    package let entries: [Int32: Entry]
    private let children: [Int32: [Int32]]

    package init(_ entries: [Entry]) {
        self.entries = Dictionary(entries.map { ($0.identifier, $0) }) { first, _ in first }
        children = Dictionary(grouping: entries, by: \.parent).mapValues { $0.map(\.identifier).sorted() }
    }

    package static func current() -> ProcessTree {
        ProcessTree(
            Folder.names(in: "/proc").compactMap { name in
                guard Int32(name) != nil, let bytes = Descriptor.contents(of: "/proc/\(name)/stat") else { return nil }
                return Entry(parsing: bytes)
            })
    }

    /// Direct children, zombies included, in order of their ids.
    package func children(of process: Int32) -> [Int32] { children[process] ?? [] }

    /// Everything below a process, nearest first, without the process itself and without zombies.
    package func descendants(of process: Int32) -> [Int32] {
        var found: [Int32] = []
        var seen: Set<Int32> = [process]
        var queue = children(of: process)[...]
        while let next = queue.popFirst() {
            guard seen.insert(next).inserted else { continue }
            if entries[next]?.isZombie != true { found.append(next) }
            queue += children(of: next)
        }
        return found
    }
}

extension ProcessTree.Entry {
    /// Parses `/proc/PID/stat`: `123 (name) S 1 ...`; the name may hold spaces and parentheses itself (proc(5)).
    package init?(parsing bytes: [UInt8]) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close, let identifier = Int32(String(decoding: bytes[..<open].dropLast(), as: UTF8.self))
        else { return nil }
        let rest = bytes[(close + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard rest.count >= 2, let parent = Int32(String(decoding: rest[1], as: UTF8.self)) else { return nil }
        self.init(
            identifier: identifier, parent: parent,
            name: String(decoding: bytes[(open + 1)..<close], as: UTF8.self),
            isZombie: rest[0].elementsEqual("Z".utf8) || rest[0].elementsEqual("X".utf8))
    }
}

/// The names in a folder, without the two dots; for /proc, where no library is needed.
enum Folder {
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
