// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Answers a ``FileQuery`` from the disk; blocks, so it runs off the event loops.
struct FileLoader {
    /// Larger files are sent by the kernel from the disk.
    static let largestInMemory = 256 << 10
    /// Below this a gzip stream saves less than its headers and a packet cost; nginx's gzip_min_length is often set so.
    private static let smallestCompressed = 1 << 10
    /// Compressing more at a request takes too long (about 60 ms for 4 MiB); larger files belong precompressed.
    private static let largestCompressed = 4 << 20

    private let query: FileQuery
    private let root: String

    init?(_ query: FileQuery) {
        guard let root = Self.resolved(query.root) else { return nil }
        self.query = query
        self.root = root
    }

    func answer(known: FileVersion?) -> FileQuery.Answer {
        if let answer = direct(known: known) { return answer }
        guard let fallback = query.fallback, let found = locate(fallback), found.isRegular else { return .missing }
        return load(found, as: fallback, known: known)
    }

    private func direct(known: FileVersion?) -> FileQuery.Answer? {
        guard let found = locate(query.path) else { return nil }
        if found.isRegular { return query.isFolder ? nil : load(found, as: query.path, known: known) }
        let index = query.path.isEmpty ? "index.html" : query.path + "/index.html"
        guard let page = locate(index), page.isRegular else { return nil }
        return query.isFolder ? load(page, as: index, known: known) : .addSlash
    }

    // MARK: Finding

    private struct Found {
        let path: String
        let stamp: FileVersion.Stamp
        let isRegular: Bool
    }

    /// - Returns: `nil` for what is not there, is neither file nor folder, or lies outside the root or is hidden
    ///   once its links are followed.
    private func locate(_ relative: String) -> Found? {
        guard let path = Self.resolved(relative.isEmpty ? root : root + "/" + relative) else { return nil }
        let base = root == "/" ? "/" : root + "/"
        guard path == root || path.hasPrefix(base) else { return nil }
        let below = path.dropFirst(base.count).split(separator: "/")
        guard !below.enumerated().contains(where: { $1.hasPrefix(".") && !($0 == 0 && $1 == ".well-known") }) else {
            return nil
        }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { return nil }
        return Found(path: path, stamp: FileVersion.Stamp(status), isRegular: kind == S_IFREG)
    }

    private static func resolved(_ path: String) -> String? {
        guard let result = realpath(path, nil) else { return nil }
        defer { free(result) }
        return String(cString: result)
    }

    // MARK: Loading

    private func load(_ found: Found, as relative: String, known: FileVersion?) -> FileQuery.Answer {
        var version = FileVersion(path: found.path, stamp: found.stamp, coding: .identity)
        var path = found.path
        let type = MediaType.of(relative.split(separator: "/").last ?? "")
        if query.encodings.brotli, let sibling = precompressed(relative + ".br", of: found) {
            (version.coding, version.sibling, path) = (.brotli, sibling.stamp, sibling.path)
        } else if query.encodings.gzip, let sibling = precompressed(relative + ".gz", of: found) {
            (version.coding, version.sibling, path) = (.gzip, sibling.stamp, sibling.path)
        } else if query.encodings.gzip, MediaType.isCompressible(type),
            (Self.smallestCompressed...Self.largestCompressed).contains(found.stamp.size)
        {
            version.coding = .gzipOnTheFly
        }
        if version == known { return .unchanged }

        guard let file = OpenFile(path) else { return .missing }
        let size = (version.sibling ?? version.stamp).size
        if version.coding == .gzipOnTheFly, let bytes = file.read(size), let packed = Gzip.compress(bytes) {
            return .file(
                ServedFile(
                    version: version, content: .memory(ByteBuffer(bytes: packed)), size: packed.count, path: relative))
        }
        if version.coding == .gzipOnTheFly { version.coding = .identity }
        guard size <= Self.largestInMemory else {
            return .file(ServedFile(version: version, content: .disk(file), size: size, path: relative))
        }
        guard let bytes = file.read(size) else { return .missing }
        return .file(
            ServedFile(version: version, content: .memory(ByteBuffer(bytes: bytes)), size: size, path: relative))
    }

    /// An older one was made from other content.
    private func precompressed(_ relative: String, of original: Found) -> Found? {
        guard let sibling = locate(relative), sibling.isRegular,
            sibling.stamp.modifiedNanoseconds >= original.stamp.modifiedNanoseconds
        else { return nil }
        return sibling
    }
}

extension FileVersion.Stamp {
    fileprivate init(_ status: stat) {
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        self.init(
            size: Int(status.st_size),
            modifiedNanoseconds: Int(modified.tv_sec) * 1_000_000_000 + Int(modified.tv_nsec),
            inode: UInt64(status.st_ino))
    }
}
