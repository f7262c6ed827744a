// SPDX-License-Identifier: Apache-2.0

/// Looks for short words in files, in one pass and without regard to ASCII case, before anything more expensive does.
struct ByteSearch: Sendable {
    /// The needles that start with each byte; both cases of a letter lead to the same.
    private let byFirst: [[[UInt8]]]
    private let isFirst: [Bool]

    /// - Parameter needles: In lower case, none of them empty.
    init(_ needles: [String]) {
        var table = [[[UInt8]]](repeating: [], count: 256)
        for needle in needles.map({ Array($0.utf8) }) {
            guard let first = needle.first else { continue }
            table[Int(first)].append(needle)
            if first &- 97 < 26 { table[Int(first - 32)].append(needle) }
        }
        byFirst = table
        isFirst = table.map { !$0.isEmpty }
    }

    /// Whether any needle occurs.
    func isFound(in bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer(isFound) }

    /// Whether any needle occurs.
    func isFound(in text: String.UTF8View) -> Bool {
        text.withContiguousStorageIfAvailable(isFound) ?? isFound(in: Array(text))
    }

    private func isFound(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        isFirst.withUnsafeBufferPointer { isFirst in
            for start in bytes.indices where isFirst[Int(bytes[start])] {
                if byFirst[Int(bytes[start])].contains(where: { Self.matches($0, bytes, start) }) { return true }
            }
            return false
        }
    }

    private static func matches(_ needle: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        guard start + needle.count <= bytes.count else { return false }
        var offset = 1
        while offset < needle.count {
            let byte = bytes[start + offset]
            guard (byte &- 65 < 26 ? byte + 32 : byte) == needle[offset] else { return false }
            offset += 1
        }
        return true
    }

    /// The search that tells whether a file of a language is worth reading.
    static let byLanguage: [CodeLanguage: ByteSearch] = {
        var result: [CodeLanguage: ByteSearch] = [:]
        for language in CodeLanguage.allCases { result[language] = ByteSearch(language.needles) }
        return result
    }()
}
