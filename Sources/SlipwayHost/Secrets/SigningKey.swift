// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A private key on the curve P-256.
package struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// A new one.
    package init() { key = P256.Signing.PrivateKey() }

    /// - Throws: Crypto's own error when the text is no such key.
    package init(pem: String) throws { key = try P256.Signing.PrivateKey(pemRepresentation: pem) }

    /// PKCS #8.
    package var pem: String { key.pemRepresentation }

    /// The two coordinates of the public key, 32 bytes each.
    package var coordinates: (x: [UInt8], y: [UInt8]) {
        let bytes = Array(key.publicKey.rawRepresentation)
        return (Array(bytes.prefix(32)), Array(bytes.suffix(32)))
    }

    /// SubjectPublicKeyInfo (RFC 5280, section 4.1).
    var publicKeyInfo: [UInt8] { Array(key.publicKey.derRepresentation) }

    /// ES256: r and s, 32 bytes each (RFC 7518, section 3.4).
    package func signature(of bytes: some Sequence<UInt8>) throws -> [UInt8] {
        Array(try key.signature(for: Array(bytes)).rawRepresentation)
    }

    /// ECDSA-Sig-Value (RFC 3279, section 2.2.3).
    func encodedSignature(of bytes: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: bytes).derRepresentation)
    }
}
