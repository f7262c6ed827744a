// SPDX-License-Identifier: Apache-2.0

/// Passes a tar archive on without some of its members, byte for byte otherwise.
struct TarFilter {
    private enum State {
        case header
        /// Bytes of a member and its padding that are still to come.
        case body(Int, kept: Bool)
        /// As `body`, of a member that describes the next one and shares its fate.
        case description(Int)
    }

    private static let block = 512

    private let drops: @Sendable (String) -> Bool
    private var state = State.header
    private var header: [UInt8] = []
    private var described: [UInt8] = []
    private(set) var droppedInBytes = 0

    /// - Parameter drops: By the member's name as its header has it; names of over 100 bytes are always kept.
    init(dropping drops: @escaping @Sendable (String) -> Bool) { self.drops = drops }

    /// - Returns: What of these bytes, and of what was held back, belongs to the new archive.
    mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .header:
                let missing = rest.prefix(Self.block - header.count)
                header += missing
                rest = rest.dropFirst(missing.count)
                if header.count == Self.block {
                    readHeader(&output)
                    header.removeAll(keepingCapacity: true)
                }
            case .body(let left, let kept):
                let piece = rest.prefix(left)
                if kept { output += piece } else { droppedInBytes += piece.count }
                rest = rest.dropFirst(piece.count)
                state = piece.count < left ? .body(left - piece.count, kept: kept) : .header
            case .description(let left):
                let piece = rest.prefix(left)
                described += piece
                rest = rest.dropFirst(piece.count)
                state = piece.count < left ? .description(left - piece.count) : .header
            }
        }
        return output
    }

    private mutating func readHeader(_ output: inout [UInt8]) {
        // Two empty blocks end an archive.
        guard header[0] != 0 else {
            output += header
            return
        }
        let size = Self.size(header[124..<136])
        let padded = (size + Self.block - 1) / Self.block * Self.block
        if [UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K")].contains(header[156]) {
            described += header
            state = padded > 0 ? .description(padded) : .header
            return
        }
        let isLong = described.contains { $0 != 0 } && header[99] != 0
        let kept = isLong || !drops(String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self))
        if kept { output += described + header }
        described.removeAll(keepingCapacity: true)
        state = padded > 0 ? .body(padded, kept: kept) : .header
    }

    private static func size(_ field: ArraySlice<UInt8>) -> Int {
        if let first = field.first, first & 0x80 != 0 {
            return field.dropFirst().suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        return field.reduce(0) { (0x30...0x37).contains($1) ? $0 << 3 | Int($1 - 0x30) : $0 }
    }
}
