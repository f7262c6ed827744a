// SPDX-License-Identifier: Apache-2.0

/// What an ACME server says and is told (RFC 8555, section 7.1).
enum ACMEMessages {
    struct Directory: Decodable {
        let newNonce: String
        let newAccount: String
        let newOrder: String
    }

    struct Identifier: Codable {
        var type = "dns"
        let value: String
    }

    struct NewAccount: Encodable {
        var termsOfServiceAgreed = true
        let contact: [String]?
    }

    struct NewOrder: Encodable {
        let identifiers: [Identifier]
    }

    struct Order: Decodable {
        let status: String
        let authorizations: [String]
        let finalize: String
        let certificate: String?
        let error: Problem?
    }

    struct Authorization: Decodable {
        struct Challenge: Decodable {
            let type: String
            let url: String
            let token: String?
            let error: Problem?
        }

        let identifier: Identifier
        let status: String
        let challenges: [Challenge]
    }

    struct Finalization: Encodable {
        let csr: String
    }

    struct Empty: Encodable {}

    /// RFC 7807.
    struct Problem: Decodable, Equatable {
        let type: String?
        let detail: String?

        var text: String { detail ?? type ?? "no reason given" }
    }

    // MARK: Signed requests (RFC 7515 and section 6.2)

    struct PublicKey: Encodable {
        var crv = "P-256"
        var kty = "EC"
        let x: String
        let y: String
    }

    struct Header: Encodable {
        var alg = "ES256"
        let nonce: String
        let url: String
        let jwk: PublicKey?
        let kid: String?
    }

    struct Signed: Encodable {
        let protected: String
        let payload: String
        let signature: String
    }
}
