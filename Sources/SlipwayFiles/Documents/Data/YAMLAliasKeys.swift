// SPDX-License-Identifier: Apache-2.0

/// Finds aliases and collections that stand as keys beside anchors.
///
/// The library hashes keys before anyone can count nodes, so a key that is an alias of aliases would cost exponential
/// time ("billion laughs"). No deployment file needs one.
enum YAMLAliasKeys {
    /// Fewer anchors than this cannot expand to anything large.
    private static let harmlessAnchors = 4

    static func appear(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        var anchors = 0
        var hasSuspiciousKey = false
        var before: UInt8 = 0x0A
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
            let opens =
                before.isSpace || before == UInt8(ascii: "[") || before == UInt8(ascii: ",")
                || before == UInt8(ascii: "{")
            switch byte {
            // The library's anchors are letters, digits, `_` and `-`; the `&&` of a script is none.
            case UInt8(ascii: "&") where opens && (next.isNameByte || next == UInt8(ascii: "-")): anchors += 1
            case UInt8(ascii: "?") where opens && next.isSpace: hasSuspiciousKey = true
            case UInt8(ascii: ":") where next.isSpace || next == UInt8(ascii: ","):
                hasSuspiciousKey = hasSuspiciousKey || endsKey(bytes[..<index])
            default: break
            }
            before = byte
        }
        return hasSuspiciousKey && anchors >= harmlessAnchors
    }

    /// Whether what stands before a colon is `*name`, `]` or `}`.
    private static func endsKey(_ head: ArraySlice<UInt8>) -> Bool {
        var end = head.endIndex
        while end > head.startIndex, head[end - 1].isBlank { end -= 1 }
        guard end > head.startIndex else { return false }
        if head[end - 1] == UInt8(ascii: "]") || head[end - 1] == UInt8(ascii: "}") { return true }
        var start = end
        // A key's name is short; the bound keeps a long line from being walked again for each colon.
        while start > head.startIndex, end - start < 128, !head[start - 1].isSpace { start -= 1 }
        return head[start..<end].contains(UInt8(ascii: "*"))
    }
}
