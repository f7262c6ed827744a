// SPDX-License-Identifier: Apache-2.0

/// Paths as Go's `path/filepath` cleans them on Unix.
enum GoPath {
    static func clean(_ path: String) -> String {
        let isRooted = path.utf8.first == UInt8(ascii: "/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                if let last = parts.last, last != ".." {
                    parts.removeLast()
                    continue
                }
                if isRooted { continue }
            }
            parts.append(part)
        }
        let body = parts.joined(separator: "/")
        if isRooted { return "/" + body }
        return body.isEmpty ? "." : body
    }

    static func trimSpace(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[UnicodeSpace.trim(bytes, 0..<bytes.count)], as: UTF8.self)
    }
}
