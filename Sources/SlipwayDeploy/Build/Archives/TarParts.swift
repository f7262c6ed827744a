// SPDX-License-Identifier: Apache-2.0

/// Cuts a tar archive (POSIX ustar and pax, GNU's long names) that streams past into its members, so that they can be
/// read, dropped or changed on the way.
struct TarParts {
    /// One piece of an archive, in order; all of them together are the archive.
    enum Part {
        /// A member's header with the blocks that describe it, a whole number of blocks; its own header is the last.
        case header([UInt8])
        /// Of the member whose header came last.
        case content(ArraySlice<UInt8>)
        /// What fills its last block, and the empty blocks at the archive's end.
        case padding(ArraySlice<UInt8>)
    }

    static let block = 512
    /// What describes a member is a name and a few numbers; more than this is passed on like contents.
    private static let longestDescription = 1 << 20

    private enum State {
        case header
        case content(Int, padding: Int)
        case padding(Int)
        /// Bytes of a member that describes the next one.
        case description(Int)
    }

    private var state = State.header
    private var pending: [UInt8] = []
    /// Where the header that is being collected begins in `pending`.
    private var headerStart = 0

    mutating func feed(_ bytes: ArraySlice<UInt8>, _ take: (Part) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .header:
                let missing = rest.prefix(Self.block - (pending.count - headerStart))
                pending += missing
                rest = rest.dropFirst(missing.count)
                if pending.count - headerStart == Self.block { readHeader(take) }
            case .description(let left):
                let piece = rest.prefix(left)
                pending += piece
                rest = rest.dropFirst(piece.count)
                state = piece.count < left ? .description(left - piece.count) : .header
                if piece.count == left { headerStart = pending.count }
            case .content(let left, let padding):
                let piece = rest.prefix(left)
                take(.content(piece))
                rest = rest.dropFirst(piece.count)
                let isWhole = piece.count == left
                state = !isWhole ? .content(left - piece.count, padding: padding) : Self.after(padding)
            case .padding(let left):
                let piece = rest.prefix(left)
                take(.padding(piece))
                rest = rest.dropFirst(piece.count)
                state = Self.after(left - piece.count)
            }
        }
    }

    private static func after(_ padding: Int) -> State { padding > 0 ? .padding(padding) : .header }

    private mutating func readHeader(_ take: (Part) -> Void) {
        let header = pending[headerStart...]
        // Two empty blocks end an archive.
        guard header.first != 0 else {
            take(.padding(pending[...]))
            forget()
            return
        }
        let type = header[header.startIndex + 156]
        // Links, devices and folders have no contents, whatever their size says.
        let isEmpty = (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(type)
        let size = isEmpty ? 0 : TarDescription(pending).size ?? Self.number(header.dropFirst(124).prefix(12))
        let padding = (Self.block - size % Self.block) % Self.block
        if TarDescription.types.contains(type), pending.count + size < Self.longestDescription {
            headerStart = pending.count
            state = size + padding > 0 ? .description(size + padding) : .header
            return
        }
        take(.header(pending))
        forget()
        state = size > 0 ? .content(size, padding: padding) : .header
    }

    private mutating func forget() {
        pending.removeAll(keepingCapacity: true)
        headerStart = 0
    }

    /// A field of octal digits, or of bytes when its first has its highest bit set.
    static func number(_ field: ArraySlice<UInt8>) -> Int {
        if let first = field.first, first & 0x80 != 0 {
            return field.dropFirst().suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        return field.reduce(0) { (0x30...0x37).contains($1) ? $0 << 3 | Int($1 - 0x30) : $0 }
    }

    /// The name in a header, without a longer one that describing blocks may give.
    static func name(of header: [UInt8]) -> String {
        String(decoding: header.suffix(block).prefix(100).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A whole member: a regular file of root's, mode 0644, of 1970.
    static func member(_ name: String, _ content: [UInt8]) -> [UInt8] {
        var header = Array(repeating: UInt8(0), count: block)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        put(String(name.prefix(100)), at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(content.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        seal(&header, at: 0)
        return header + content + Array(repeating: 0, count: (block - content.count % block) % block)
    }

    /// Writes a header's checksum, which counts its own field as spaces.
    static func seal(_ bytes: inout [UInt8], at start: Int) {
        let checksum = start + 148..<start + 156
        bytes.replaceSubrange(checksum, with: Array(repeating: UInt8(ascii: " "), count: 8))
        let sum = bytes[start..<start + block].reduce(0) { $0 + Int($1) }
        bytes.replaceSubrange(checksum, with: octal(sum, digits: 6).utf8 + [0, UInt8(ascii: " ")])
    }

    static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text.suffix(digits)
    }
}
