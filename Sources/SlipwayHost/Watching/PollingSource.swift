// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Compares the whole tree with what it was; for systems without inotify, or with too few watches left.
struct PollingSource: ChangeSource {
    private struct Stamp: Equatable {
        let seconds: Int
        let nanoseconds: Int
        let size: Int64
        let inode: UInt64
    }

    let descriptor: Int32 = -1
    let period: Duration? = .milliseconds(400)

    private let root: String
    private let filter: WatchFilter
    private var stamps: [String: Stamp]

    init(root: String, filter: WatchFilter) {
        self.root = root
        self.filter = filter
        stamps = Self.scan(root, filter)
    }

    mutating func collect() -> Set<String> {
        let new = Self.scan(root, filter)
        var changed = Set(stamps.keys).subtracting(new.keys)
        for (path, stamp) in new where stamps[path] != stamp { changed.insert(path) }
        stamps = new
        return changed
    }

    func close() {}

    private static func scan(_ root: String, _ filter: WatchFilter) -> [String: Stamp] {
        var found: [String: Stamp] = [:]
        var folders = [""]
        while let folder = folders.popLast() {
            for name in Folder.names(in: root + "/" + folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                var status = stat()
                guard !filter.ignores(path), lstat(root + "/" + path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    folders.append(path)
                    continue
                }
                #if os(Linux)
                let time = status.st_mtim
                #else
                let time = status.st_mtimespec
                #endif
                found[path] = Stamp(
                    seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec), size: Int64(status.st_size),
                    inode: UInt64(status.st_ino))
            }
        }
        return found
    }
}
