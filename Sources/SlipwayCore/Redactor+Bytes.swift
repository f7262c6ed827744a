// SPDX-License-Identifier: Apache-2.0

extension Redactor {
    /// Replaces known values in bytes that need not be text, in one pass; for the output of processes.
    public func redact(_ bytes: inout [UInt8]) {
        guard !patterns.isEmpty else { return }
        let isFirst = firstBytes
        var result: [UInt8]?
        bytes.withUnsafeBufferPointer { bytes in
            var copied = 0
            var index = 0
            while index < bytes.count {
                guard isFirst[Int(bytes[index])], let length = matchLength(in: bytes, at: index) else {
                    index += 1
                    continue
                }
                var text = result ?? []
                text += bytes[copied..<index]
                text += Self.replacement
                result = text
                index += length
                copied = index
            }
            result?.append(contentsOf: bytes[copied...])
        }
        if let result { bytes = result }
    }

    private static let replacement = Array("[redacted]".utf8)

    private func matchLength(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        for pattern in patterns where pattern.count <= bytes.count - index {
            if bytes[index..<(index + pattern.count)].elementsEqual(pattern) { return pattern.count }
        }
        return nil
    }
}
