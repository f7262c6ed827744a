// SPDX-License-Identifier: Apache-2.0

/// A request for a certificate (PKCS #10, RFC 2986) that names nothing but host names.
package enum CertificateRequest {
    // 1.2.840.113549.1.9.14, 2.5.29.17 and 1.2.840.10045.4.3.2 as RFC 2986, 5280 and 5758 give them.
    private static let extensionRequest: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E]
    private static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]
    private static let ecdsaWithSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]

    /// - Parameter domains: In lower case; `*.example.org` is allowed.
    /// - Returns: DER.
    package static func make(for domains: [String], key: SigningKey) throws -> [UInt8] {
        let names = domains.map { element(0x82, Array($0.utf8)) }.joined()
        let alternatives = sequence(
            element(0x06, subjectAlternativeName), element(0x04, sequence(Array(names))))
        let attribute = sequence(
            element(0x06, extensionRequest), element(0x31, sequence(alternatives)))
        let information = sequence(
            element(0x02, [0]), sequence(), key.publicKeyInfo, element(0xA0, attribute))
        let algorithm = sequence(element(0x06, ecdsaWithSHA256))
        let signature = element(0x03, [0] + (try key.encodedSignature(of: information)))
        return sequence(information, algorithm, signature)
    }

    private static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, Array(parts.joined())) }

    /// Tag, length in as few bytes as it needs, content.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        var (length, bytes): (Int, [UInt8]) = (content.count, [])
        while length > 0 {
            bytes.insert(UInt8(length & 0xFF), at: 0)
            length >>= 8
        }
        return [tag, 0x80 | UInt8(bytes.count)] + bytes + content
    }
}
