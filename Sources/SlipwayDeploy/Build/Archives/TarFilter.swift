// SPDX-License-Identifier: Apache-2.0

/// Passes a tar archive on without some of its members, byte for byte otherwise.
struct TarFilter {
    private let drops: @Sendable (String) -> Bool
    private var parts = TarParts()
    private var isDropping = false

    /// - Parameter drops: By the member's name as its header has it; names of over 100 bytes are always kept.
    init(dropping drops: @escaping @Sendable (String) -> Bool) { self.drops = drops }

    /// - Returns: What of these bytes, and of what was held back, belongs to the new archive.
    mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        // The reader is taken out while it calls back, so that both can change.
        var reader = parts
        reader.feed(bytes[...]) { part in
            switch part {
            case .header(let header):
                let isLong = header.count > TarParts.block && header[header.count - TarParts.block + 99] != 0
                isDropping = !isLong && drops(TarParts.name(of: header))
                if !isDropping { output += header }
            case .content(let piece), .padding(let piece):
                if !isDropping { output += piece }
            }
        }
        parts = reader
        return output
    }
}
