// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The names in one folder, in the order in which their paths sort.
struct FolderListing {
    enum Kind: UInt8 { case file, folder, link, other }

    struct Item {
        var range: Range<Int>
        var kind: Kind
    }

    /// All names behind each other; one allocation instead of one for each.
    private(set) var names: [UInt8] = []
    private(set) var items: [Item] = []

    /// - Parameters:
    ///   - root: A descriptor of the folder where the walk began.
    ///   - path: From there, ending with a zero byte; `.` for the root itself.
    /// - Returns: `nil` when the folder cannot be opened.
    init?(root: Int32, path: [UInt8]) {
        let descriptor = path.withUnsafeBytes { raw -> Int32 in
            guard let base = raw.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return openat(root, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return nil }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return nil
        }
        defer { closedir(stream) }
        let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
        while let entry = readdir(stream) {
            let name = UnsafeRawPointer(entry) + nameOffset
            let length = strlen(name.assumingMemoryBound(to: CChar.self))
            let bytes = UnsafeRawBufferPointer(start: name, count: length)
            if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { continue }
            let start = names.count
            names.append(contentsOf: bytes)
            let kind = Self.kind(Int32(entry.pointee.d_type), descriptor, name.assumingMemoryBound(to: CChar.self))
            items.append(Item(range: start..<names.count, kind: kind))
        }
        sort()
    }

    func name(_ item: Item) -> ArraySlice<UInt8> { names[item.range] }

    func contains(_ name: StaticString) -> Bool {
        name.withUTF8Buffer { wanted in items.contains { names[$0.range].elementsEqual(wanted) } }
    }

    /// Some file systems do not know the type of an entry; only then is it asked for.
    private static func kind(_ type: Int32, _ folder: Int32, _ name: UnsafePointer<CChar>) -> Kind {
        switch type {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK): return .link
        case Int32(DT_UNKNOWN):
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .folder
            case S_IFLNK: return .link
            default: return .other
            }
        default: return .other
        }
    }

    /// A folder sorts as its name with a slash, so that walking in this order yields sorted paths.
    private mutating func sort() {
        names.withUnsafeBufferPointer { names in
            items.sort { left, right in
                let shorter = min(left.range.count, right.range.count)
                for offset in 0..<shorter {
                    let first = names[left.range.lowerBound + offset]
                    let second = names[right.range.lowerBound + offset]
                    if first != second { return first < second }
                }
                if left.range.count == right.range.count { return false }
                if left.range.count < right.range.count {
                    return (left.kind == .folder ? UInt8(ascii: "/") : 0) < names[right.range.lowerBound + shorter]
                }
                return names[left.range.lowerBound + shorter] < (right.kind == .folder ? UInt8(ascii: "/") : 0)
            }
        }
    }
}
