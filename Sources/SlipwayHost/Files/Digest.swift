// SPDX-License-Identifier: Apache-2.0

import Crypto

/// SHA-256 in lower-case hexadecimal.
package enum Digest {
    package static func sha256(_ bytes: some Sequence<UInt8>) -> String { hex(SHA256.hash(data: Array(bytes))) }

    /// 32 bytes.
    package static func sha256Bytes(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    package static func sha256(_ text: String) -> String { sha256(text.utf8) }

    /// Of several parts; each is preceded by its length, so that moving a byte from one to the next changes the digest.
    package static func sha256(parts: some Sequence<[UInt8]>) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.count):".utf8))
            hash.update(data: part)
        }
        return hex(hash.finalize())
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// SHA-256 of what comes in pieces.
package struct RunningDigest: Sendable {
    private var hash = SHA256()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

    /// In lower-case hexadecimal, of everything so far.
    package var value: String { Digest.hex(hash.finalize()) }
}
