// SPDX-License-Identifier: Apache-2.0

/// One member of a tar archive, as far as an image's layers need it.
struct TarEntry: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case file, folder, link, other }

    /// Without a leading `./` or `/` and without one at the end.
    var path: String
    var kind: Kind
    var size: Int
    var mode: Int
    var userID: Int
}

/// Reads a tar archive that comes in pieces, and keeps none of its contents.
struct TarReader {
    /// Receives what is in the archive, in order.
    protocol Sink {
        mutating func begin(_ entry: TarEntry)
        mutating func content(_ bytes: ArraySlice<UInt8>)
        mutating func end()
    }

    private var parts = TarParts()
    /// Bytes of the current file that are still to come.
    private var left = 0

    mutating func feed(_ bytes: ArraySlice<UInt8>, to sink: inout some Sink) {
        // They are taken out while they call back, so that all can change.
        var (parts, left) = (parts, left)
        parts.feed(bytes) { part in
            switch part {
            case .header(let header):
                guard let entry = Self.entry(header) else { break }
                sink.begin(entry)
                left = entry.size
                if left == 0 { sink.end() }
            case .content(let piece):
                guard left > 0 else { break }
                sink.content(piece)
                left -= piece.count
                if left == 0 { sink.end() }
            case .padding: break
            }
        }
        (self.parts, self.left) = (parts, left)
    }

    /// - Parameter header: With the blocks that describe it.
    /// - Returns: `nil` for what speaks of the archive and not of a member.
    private static func entry(_ header: [UInt8]) -> TarEntry? {
        let description = TarDescription(header)
        let own = header.suffix(TarParts.block)
        let start = own.startIndex
        func number(_ offset: Int, _ length: Int) -> Int {
            TarParts.number(own[start + offset..<start + offset + length])
        }
        let kind: TarEntry.Kind
        switch own[start + 156] {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "5"): kind = .folder
        case UInt8(ascii: "1"), UInt8(ascii: "2"): kind = .link
        case UInt8(ascii: "g"): return nil
        case let type where TarDescription.types.contains(type): return nil
        default: kind = .other
        }
        return TarEntry(
            path: clean(description.path ?? storedPath(own)), kind: kind,
            size: kind == .file ? description.size ?? number(124, 12) : 0, mode: number(100, 8),
            userID: number(108, 8))
    }

    private static func storedPath(_ own: ArraySlice<UInt8>) -> String {
        func text(_ offset: Int, _ length: Int) -> String {
            String(decoding: own.dropFirst(offset).prefix(length).prefix { $0 != 0 }, as: UTF8.self)
        }
        let isPOSIX = own.dropFirst(257).prefix(6).elementsEqual(Array("ustar\0".utf8))
        let prefix = isPOSIX ? text(345, 155) : ""
        return prefix.isEmpty ? text(0, 100) : "\(prefix)/\(text(0, 100))"
    }

    private static func clean(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
