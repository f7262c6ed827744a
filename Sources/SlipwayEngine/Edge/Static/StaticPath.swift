// SPDX-License-Identifier: Apache-2.0

/// A request path as a place below a root folder.
struct StaticPath: Equatable {
    /// Decoded segments joined with `/`, without a leading or trailing one; empty for the root itself.
    let relative: String
    /// The request's path ended with `/`, so it asks for a folder.
    let isFolder: Bool

    /// - Parameter path: Percent-encoded, starts with `/`.
    /// - Returns: `nil` for what must look as if it did not exist: hidden files, anything that could climb out or
    ///   that another layer could read differently.
    init?(_ path: some Collection<UInt8>) {
        guard path.first == 0x2F else { return nil }
        var segments: [String] = []
        let parts = path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                guard index == parts.count - 1 else { return nil }
                continue
            }
            guard let segment = Self.decode(part), let text = String(validating: segment, as: UTF8.self) else {
                return nil
            }
            guard !text.hasPrefix(".") || (index == 0 && text == ".well-known") else { return nil }
            segments.append(text)
        }
        relative = segments.joined(separator: "/")
        isFolder = parts.last?.isEmpty ?? true
    }

    /// The last segment has no extension, or that of a page: a person could have typed it.
    var looksLikePage: Bool {
        guard !isFolder else { return true }
        let name = relative.split(separator: "/").last ?? ""
        return !name.contains(".") || name.hasSuffix(".html")
    }

    private static func decode(_ part: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var bytes = part.makeIterator()
        while var byte = bytes.next() {
            if byte == 0x25 {
                guard let high = bytes.next().flatMap(ByteClass.hexValue),
                    let low = bytes.next().flatMap(ByteClass.hexValue)
                else { return nil }
                byte = high << 4 | low
            }
            guard byte >= 0x20, byte != 0x7F, byte != 0x2F, byte != 0x5C else { return nil }
            result.append(byte)
        }
        return result
    }
}
