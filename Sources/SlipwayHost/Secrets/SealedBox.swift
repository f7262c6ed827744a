// SPDX-License-Identifier: Apache-2.0

import Crypto
package import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Encrypts small values with ChaCha20-Poly1305 (RFC 8439) under a 256-bit key; a changed byte makes them unreadable.
package struct SealedBox: Sendable {
    private static let keySize = 32
    private let key: SymmetricKey

    /// - Parameter key: 64 hexadecimal digits.
    /// - Throws: ``SlipwayError`` `unreadable` when it is something else.
    package init(key: Secret) throws {
        let digits = Array(key.reveal().utf8.filter { $0 > UInt8(ascii: " ") })
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { break }
            bytes.append(byte)
        }
        guard bytes.count == Self.keySize, digits.count == Self.keySize * 2 else {
            throw SlipwayError(.unreadable, "the key of the secrets is not 64 hexadecimal digits")
        }
        self.key = SymmetricKey(data: bytes)
    }

    /// - Parameter context: Must be the same when it is opened: a value cannot be moved to another name.
    /// - Returns: Base64 of nonce, ciphertext and tag.
    package func seal(_ value: Secret, context: String) throws -> String {
        let box = try ChaChaPoly.seal(
            Array(value.reveal().utf8), using: key, authenticating: Array(context.utf8))
        return box.combined.base64EncodedString()
    }

    /// - Throws: ``SlipwayError`` `unreadable` for another key, another name or a changed byte.
    package func open(_ text: String, context: String) throws -> Secret {
        guard let data = Data(base64Encoded: text), let box = try? ChaChaPoly.SealedBox(combined: data),
            let plain = try? ChaChaPoly.open(box, using: key, authenticating: Array(context.utf8))
        else {
            throw SlipwayError(
                .unreadable, "the secret \(context) cannot be decrypted with this key",
                hint: "bring back the key it was written with, or: slipway secret set \(context)")
        }
        return Secret(String(decoding: plain, as: UTF8.self))
    }
}
