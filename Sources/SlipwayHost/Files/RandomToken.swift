// SPDX-License-Identifier: Apache-2.0

/// Unguessable text from the system's random source.
package enum RandomToken {
    /// - Parameter bytes: Twice as many characters result; 32 bytes are what SHA-256 based signatures can use.
    package static func hex(bytes: Int = 32) -> String { Digest.hex(random(bytes)) }

    /// URL-safe Base64 with padding (RFC 4648, section 5): 44 characters for 32 bytes.
    package static func base64(bytes: Int = 32) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let source = random(bytes)
        var text: [UInt8] = []
        for start in stride(from: 0, to: source.count, by: 3) {
            let chunk = source[start..<min(start + 3, source.count)]
            let word = chunk.reduce(0) { $0 << 8 | UInt32($1) } << (8 * (3 - chunk.count))
            for position in 0..<4 {
                let isPadding = position > chunk.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(word >> (18 - 6 * position)) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func random(_ count: Int) -> [UInt8] {
        // The standard library documents SystemRandomNumberGenerator as cryptographically secure where the platform
        // allows it: getrandom(2) on Linux, arc4random_buf(3) on Apple's systems.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
