// SPDX-License-Identifier: Apache-2.0

/// Unguessable text from the system's random source.
package enum RandomToken {
    /// - Parameter bytes: Twice as many characters result; 32 bytes are what SHA-256 based signatures can use.
    package static func hex(bytes: Int = 32) -> String {
        // The standard library documents SystemRandomNumberGenerator as cryptographically secure where the platform
        // allows it: getrandom(2) on Linux, arc4random_buf(3) on Apple's systems.
        var generator = SystemRandomNumberGenerator()
        return Digest.hex((0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
