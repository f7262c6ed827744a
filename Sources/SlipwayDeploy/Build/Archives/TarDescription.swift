// SPDX-License-Identifier: Apache-2.0

/// What the blocks before a member's own header say of it: a name that is too long for the header, a size.
struct TarDescription {
    /// pax, and GNU's long names of members and of links.
    static let types = [UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K")]

    private(set) var path: String?
    private(set) var size: Int?

    /// - Parameter header: As ``TarParts/Part/header(_:)`` has it.
    init(_ header: [UInt8]) {
        var start = 0
        while start + 2 * TarParts.block <= header.count {
            let size = TarParts.number(header[start + 124..<start + 136])
            let text = start + TarParts.block
            guard size <= header.count - text else { return }
            switch header[start + 156] {
            case UInt8(ascii: "x"): readRecords(header[text..<text + size])
            case UInt8(ascii: "L"):
                path = String(decoding: header[text..<text + size].prefix { $0 != 0 }, as: UTF8.self)
            default: break
            }
            start = text + (size + TarParts.block - 1) / TarParts.block * TarParts.block
        }
    }

    /// Records of `length key=value\n`, the length counting itself.
    private mutating func readRecords(_ bytes: ArraySlice<UInt8>) {
        var place = bytes.startIndex
        while place < bytes.endIndex, let space = bytes[place...].firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: bytes[place..<space], as: UTF8.self)), length > space - place + 1,
            place + length <= bytes.endIndex
        {
            let record = String(decoding: bytes[(space + 1)..<(place + length - 1)], as: UTF8.self)
            if record.hasPrefix("path=") { path = String(record.dropFirst(5)) }
            if record.hasPrefix("size="), let number = Int(record.dropFirst(5)), number >= 0 { size = number }
            place += length
        }
    }
}
