// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// One inotify watch for each folder of the tree; new folders join as they appear.
struct InotifySource: ChangeSource {
    /// A write is told when the writer closes the file, so that a half-written one starts nothing.
    private static let mask =
        UInt32(
            IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DONT_FOLLOW | IN_EXCL_UNLINK)
        | UInt32(bitPattern: Int32(truncatingIfNeeded: Int64(IN_ONLYDIR)))

    let descriptor: Int32
    let period: Duration? = nil

    private let root: String
    private let filter: WatchFilter
    private var folders: [Int32: String] = [:]

    /// `nil` without inotify, or when the user's watches do not suffice (`fs.inotify.max_user_watches`).
    init?(root: String, filter: WatchFilter) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        self.root = root
        self.filter = filter
        var files: Set<String> = []
        guard watch(from: "", files: &files) else {
            Descriptor.close(descriptor)
            return nil
        }
    }

    func close() { Descriptor.close(descriptor) }

    mutating func collect() -> Set<String> {
        var changed: Set<String> = []
        while let bytes = Descriptor.read(descriptor, limit: 64 << 10), !bytes.isEmpty {
            var offset = 0
            while let event = InotifyEvent(bytes, at: offset) {
                offset += event.length
                note(event, &changed)
            }
        }
        return changed
    }

    private mutating func note(_ event: InotifyEvent, _ changed: inout Set<String>) {
        if event.has(IN_Q_OVERFLOW) { changed.insert(FileWatcher.everything) }
        if event.has(IN_IGNORED) { folders[event.watch] = nil }
        guard let folder = folders[event.watch], !event.name.isEmpty else { return }
        let path = folder.isEmpty ? event.name : folder + "/" + event.name
        guard !filter.ignores(path) else { return }
        if event.has(IN_ISDIR) {
            // Files may have come into a new folder before it was watched.
            if event.has(IN_CREATE) || event.has(IN_MOVED_TO) {
                if !watch(from: path, files: &changed) { changed.insert(FileWatcher.everything) }
            } else {
                changed.insert(path)
            }
            return
        }
        // A new regular file is told again when it is complete; a link is complete at once.
        var status = stat()
        if event.has(IN_CREATE), lstat(root + "/" + path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_nlink == 1
        {
            return
        }
        changed.insert(path)
    }

    /// - Returns: false when a folder could not be watched for want of watches.
    private mutating func watch(from start: String, files: inout Set<String>) -> Bool {
        var pending = [start]
        while let folder = pending.popLast() {
            let watch = inotify_add_watch(descriptor, root + "/" + folder, Self.mask)
            if watch < 0 {
                // Gone again in the meantime, or not ours to read: nothing to see there.
                if errno == ENOSPC || errno == ENOMEM { return false }
                continue
            }
            folders[watch] = folder
            for name in Folder.names(in: root + "/" + folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                var status = stat()
                guard !filter.ignores(path), lstat(root + "/" + path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { pending.append(path) } else { files.insert(path) }
            }
        }
        return true
    }
}

/// One `struct inotify_event` and the name behind it.
private struct InotifyEvent {
    private static let headerLength = 16

    let watch: Int32
    let mask: UInt32
    let name: String
    let length: Int

    init?(_ bytes: [UInt8], at offset: Int) {
        guard bytes.count - offset >= Self.headerLength else { return nil }
        let words = bytes.withUnsafeBytes { buffer in
            (0..<4).map { buffer.loadUnaligned(fromByteOffset: offset + $0 * 4, as: UInt32.self) }
        }
        let nameLength = Int(words[3])
        guard bytes.count - offset - Self.headerLength >= nameLength else { return nil }
        watch = Int32(bitPattern: words[0])
        mask = words[1]
        let start = offset + Self.headerLength
        name = String(decoding: bytes[start..<(start + nameLength)].prefix { $0 != 0 }, as: UTF8.self)
        length = Self.headerLength + nameLength
    }

    func has(_ flag: Int) -> Bool { mask & UInt32(truncatingIfNeeded: flag) != 0 }
    func has(_ flag: Int32) -> Bool { mask & UInt32(bitPattern: flag) != 0 }
}
#endif
