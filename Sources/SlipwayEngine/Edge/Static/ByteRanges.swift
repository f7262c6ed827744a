// SPDX-License-Identifier: Apache-2.0

/// What a Range header asks of a file (RFC 9110, section 14).
enum ByteRanges: Equatable {
    /// No range, or one that is not understood: the whole file.
    case whole
    /// In the order asked for; never empty.
    case parts([Range<Int>])
    case unsatisfiable

    /// More parts than a real client asks for are an attack (CVE-2011-3192); the whole file costs less.
    private static let most = 16

    init(_ header: String, size: Int) {
        guard header.utf8.count > 6, header.prefix(6).lowercased() == "bytes=" else {
            self = .whole
            return
        }
        var parts: [Range<Int>] = []
        var asked = 0
        for element in header.dropFirst(6).split(separator: ",") {
            let spec = element.trimmingSpaces
            guard let dash = spec.firstIndex(of: "-"), let range = Self.range(spec, dash, size: size) else {
                self = .whole
                return
            }
            asked += 1
            if !range.isEmpty { parts.append(range) }
        }
        let total = parts.reduce(0) { $0 + $1.count }
        if asked == 0 || asked > Self.most || total > size {
            self = .whole
        } else {
            self = parts.isEmpty ? .unsatisfiable : .parts(parts)
        }
    }

    /// - Returns: Empty when it lies beyond the end, `nil` when it is malformed.
    private static func range(_ spec: Substring, _ dash: Substring.Index, size: Int) -> Range<Int>? {
        let first = spec[..<dash]
        let last = spec[spec.index(after: dash)...]
        if first.isEmpty {
            guard let length = number(last) else { return nil }
            return max(0, size - length)..<size
        }
        guard let start = number(first) else { return nil }
        if last.isEmpty { return min(start, size)..<size }
        guard let end = number(last), end >= start else { return nil }
        return start >= size ? size..<size : start..<min(end + 1, size)
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy(ByteClass.isDigit) else { return nil }
        return Int(text)
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
