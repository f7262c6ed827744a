// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayHost

/// Answers a ``FileQuery`` from the disk; blocks, so it runs off the event loops.
struct FileLoader {
    /// Larger files are sent by the kernel from the disk.
    static let largestInMemory = 256 << 10
    /// Below this a gzip stream saves less than its headers and a packet cost; nginx's gzip_min_length is often set so.
    private static let smallestCompressed = 1 << 10
    /// Compressing more at a request takes too long (about 60 ms for 4 MiB); larger files belong precompressed.
    private static let largestCompressed = 4 << 20

    private let query: FileQuery
    private let folder: ServedFolder

    private init(_ query: FileQuery, folder: ServedFolder) {
        self.query = query
        self.folder = folder
    }

    init?(_ query: FileQuery) {
        guard let folder = ServedFolder(query.root) else { return nil }
        self.query = query
        self.folder = folder
    }

    func answer(known: FileVersion?) -> FileQuery.Answer {
        if let answer = direct(known: known) { return answer }
        for root in query.earlier {
            guard let folder = ServedFolder(root), let found = folder.entry(query.path), found.isRegular else {
                continue
            }
            return FileLoader(query, folder: folder).load(found, as: query.path, known: known)
        }
        guard let fallback = query.fallback, let found = folder.entry(fallback), found.isRegular else {
            return .missing
        }
        return load(found, as: fallback, known: known)
    }

    private func direct(known: FileVersion?) -> FileQuery.Answer? {
        guard let found = folder.entry(query.path) else { return nil }
        if found.isRegular { return query.isFolder ? nil : load(found, as: query.path, known: known) }
        let index = query.path.isEmpty ? "index.html" : query.path + "/index.html"
        guard let page = folder.entry(index), page.isRegular else { return nil }
        return query.isFolder ? load(page, as: index, known: known) : .addSlash
    }

    // MARK: Loading

    private func load(_ found: ServedFolder.Entry, as relative: String, known: FileVersion?) -> FileQuery.Answer {
        var version = FileVersion(path: found.path, stamp: FileVersion.Stamp(found), coding: .identity)
        var path = found.path
        let type = MediaType.of(relative.split(separator: "/").last ?? "")
        if query.encodings.brotli, let sibling = precompressed(relative + ".br", of: found) {
            (version.coding, version.sibling, path) = (.brotli, FileVersion.Stamp(sibling), sibling.path)
        } else if query.encodings.gzip, let sibling = precompressed(relative + ".gz", of: found) {
            (version.coding, version.sibling, path) = (.gzip, FileVersion.Stamp(sibling), sibling.path)
        } else if query.encodings.gzip, MediaType.isCompressible(type),
            (Self.smallestCompressed...Self.largestCompressed).contains(found.size)
        {
            version.coding = .gzipOnTheFly
        }
        if version == known { return .unchanged }

        guard let file = OpenFile(path) else { return .missing }
        let size = (version.sibling ?? version.stamp).size
        if version.coding == .gzipOnTheFly, let bytes = file.read(size), let packed = Gzip.compress(bytes) {
            return .file(
                served(version, .memory(ByteBuffer(bytes: packed)), packed.count, relative))
        }
        if version.coding == .gzipOnTheFly { version.coding = .identity }
        guard size <= Self.largestInMemory else {
            return .file(served(version, .disk(file), size, relative))
        }
        guard let bytes = file.read(size) else { return .missing }
        return .file(served(version, .memory(ByteBuffer(bytes: bytes)), size, relative))
    }

    private func served(_ version: FileVersion, _ content: ServedFile.Content, _ size: Int, _ path: String)
        -> ServedFile
    {
        ServedFile(version: version, content: content, size: size, path: path, isUpload: query.holdsUploads)
    }

    /// An older one was made from other content.
    private func precompressed(_ relative: String, of original: ServedFolder.Entry) -> ServedFolder.Entry? {
        guard let sibling = folder.entry(relative), sibling.isRegular,
            sibling.modifiedNanoseconds >= original.modifiedNanoseconds
        else { return nil }
        return sibling
    }
}

extension FileVersion.Stamp {
    fileprivate init(_ entry: ServedFolder.Entry) {
        self.init(size: entry.size, modifiedNanoseconds: entry.modifiedNanoseconds, inode: entry.inode)
    }
}
