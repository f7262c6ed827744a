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

/// Reads a tar archive (POSIX ustar and pax, GNU's long names) that comes in pieces, and keeps none of its contents.
struct TarReader {
    /// Receives what is in the archive, in order.
    protocol Sink {
        mutating func begin(_ entry: TarEntry)
        mutating func content(_ bytes: ArraySlice<UInt8>)
        mutating func end()
    }

    private enum State {
        case header
        /// Bytes of the current member that are still to come, then of its padding.
        case content(Int, padding: Int)
        /// As `content`, of a member that describes the next one.
        case extra(Int, padding: Int, isPax: Bool)
        case padding(Int)
    }

    private static let block = 512
    /// Longer names than this are no names.
    private static let longestExtra = 1 << 20

    private var state = State.header
    private var header: [UInt8] = []
    private var extra: [UInt8] = []
    private var nextPath: String?
    private var nextSize: Int?

    mutating func feed(_ bytes: ArraySlice<UInt8>, to sink: inout some Sink) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .header:
                let missing = rest.prefix(Self.block - header.count)
                header += missing
                rest = rest.dropFirst(missing.count)
                if header.count == Self.block {
                    readHeader(to: &sink)
                    header.removeAll(keepingCapacity: true)
                }
            case .content(let left, let padding):
                let piece = rest.prefix(left)
                sink.content(piece)
                rest = rest.dropFirst(piece.count)
                if piece.count < left {
                    state = .content(left - piece.count, padding: padding)
                } else {
                    sink.end()
                    state = padding > 0 ? .padding(padding) : .header
                }
            case .extra(let left, let padding, let isPax):
                let piece = rest.prefix(left)
                if extra.count < Self.longestExtra { extra += piece }
                rest = rest.dropFirst(piece.count)
                if piece.count < left {
                    state = .extra(left - piece.count, padding: padding, isPax: isPax)
                } else {
                    readExtra(isPax: isPax)
                    state = padding > 0 ? .padding(padding) : .header
                }
            case .padding(let left):
                let count = min(left, rest.count)
                rest = rest.dropFirst(count)
                state = left > count ? .padding(left - count) : .header
            }
        }
    }

    private mutating func readHeader(to sink: inout some Sink) {
        // Two empty blocks end an archive.
        guard header[0] != 0 else { return }
        let size = nextSize ?? number(124, 12)
        let padding = (Self.block - size % Self.block) % Self.block
        let type = header[156]
        if type == UInt8(ascii: "L") || type == UInt8(ascii: "x") {
            extra.removeAll(keepingCapacity: true)
            state = .extra(size, padding: padding, isPax: type == UInt8(ascii: "x"))
            nextSize = nil
            return
        }
        defer {
            nextPath = nil
            nextSize = nil
        }
        if type == UInt8(ascii: "g") || type == UInt8(ascii: "K") {
            state = size > 0 ? .padding(size + padding) : .header
            return
        }
        let kind: TarEntry.Kind
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "5"): kind = .folder
        case UInt8(ascii: "1"), UInt8(ascii: "2"): kind = .link
        default: kind = .other
        }
        let hasContent = kind == .file && size > 0
        sink.begin(
            TarEntry(
                path: Self.clean(nextPath ?? storedPath), kind: kind, size: kind == .file ? size : 0,
                mode: number(100, 8), userID: number(108, 8)))
        if hasContent {
            state = .content(size, padding: padding)
        } else {
            sink.end()
        }
    }

    private var storedPath: String {
        let name = text(0, 100)
        guard header[257..<262].elementsEqual(Array("ustar".utf8)), header[262] == 0 else { return name }
        let prefix = text(345, 155)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private mutating func readExtra(isPax: Bool) {
        guard isPax else {
            nextPath = String(decoding: extra.prefix { $0 != 0 }, as: UTF8.self)
            return
        }
        // Records of `length key=value\n`, the length counting itself.
        var place = extra.startIndex
        while place < extra.endIndex, let space = extra[place...].firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: extra[place..<space], as: UTF8.self)), length > space - place,
            place + length <= extra.endIndex
        {
            let record = String(decoding: extra[(space + 1)..<(place + length - 1)], as: UTF8.self)
            if record.hasPrefix("path=") { nextPath = String(record.dropFirst(5)) }
            if record.hasPrefix("size=") { nextSize = Int(record.dropFirst(5)) }
            place += length
        }
    }

    private func text(_ offset: Int, _ length: Int) -> String {
        String(decoding: header[offset..<(offset + length)].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or GNU's base 256 for numbers that are too large for them.
    private func number(_ offset: Int, _ length: Int) -> Int {
        let field = header[offset..<(offset + length)]
        if let first = field.first, first & 0x80 != 0 {
            return field.dropFirst().suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        return field.reduce(0) { (0x30...0x37).contains($1) ? $0 << 3 | Int($1 - 0x30) : $0 }
    }

    private static func clean(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
