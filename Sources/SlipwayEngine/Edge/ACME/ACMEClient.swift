// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1
internal import SlipwayCore
internal import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Obtains one certificate from an ACME server with http-01 challenges (RFC 8555).
struct ACMEClient {
    /// Between two questions whether something is done, where the server does not say.
    private static let pause = Duration.seconds(1)
    /// For one authorization, and for the certificate itself.
    private static let patience = Duration.seconds(120)
    /// A number that was used already is answered with a fresh one.
    private static let mostTries = 8

    private let exchange: HTTPSExchange
    private let account: SigningKey
    private let challenges: ACMEChallenges
    private var directory: ACMEMessages.Directory
    private var nonce: String?
    /// The account's address, once the server has told it.
    private var identity: String?

    /// - Parameter directory: Address of the server's directory.
    init(
        directory: String, exchange: HTTPSExchange, account: SigningKey, challenges: ACMEChallenges
    ) async throws {
        self.exchange = exchange
        self.account = account
        self.challenges = challenges
        let answer = try await exchange.perform(.get, directory)
        self.directory = try Self.decode(answer, from: directory)
    }

    /// - Parameter key: The certificate's own.
    /// - Returns: The certificate and those above it, PEM.
    /// - Throws: ``SlipwayError`` `certificate-failed` with the server's reason.
    mutating func certificate(for domains: [String], email: String?, key: SigningKey) async throws -> String {
        let contact = email.map { ["mailto:\($0)"] }
        let registration = try await post(directory.newAccount, ACMEMessages.NewAccount(contact: contact))
        identity = registration.headers.first(name: "Location")
        let request = ACMEMessages.NewOrder(identifiers: domains.map { ACMEMessages.Identifier(value: $0) })
        let opened = try await post(directory.newOrder, request)
        guard let place = opened.headers.first(name: "Location") else {
            throw Self.failure("the server gave its order no address")
        }
        var order: ACMEMessages.Order = try Self.decode(opened, from: place)
        for authorization in order.authorizations { try await authorize(authorization) }
        let csr = try CertificateRequest.make(for: domains, key: key)
        let text = Self.base64(csr)
        order = try Self.decode(
            try await post(order.finalize, ACMEMessages.Finalization(csr: text)), from: order.finalize)
        let begin = SystemClock.steady.now
        while order.status == "processing" || order.status == "ready" || order.status == "pending" {
            guard SystemClock.steady.now - begin < Self.patience else { throw Self.failure("the order takes too long") }
            try await SystemClock.steady.sleep(for: Self.pause)
            order = try Self.decode(try await ask(place), from: place)
        }
        guard order.status == "valid", let address = order.certificate else {
            throw Self.failure(order.error?.text ?? "the order is \(order.status)")
        }
        return String(decoding: try await ask(address).body, as: UTF8.self)
    }

    // MARK: Authorization

    private mutating func authorize(_ address: String) async throws {
        var authorization: ACMEMessages.Authorization = try Self.decode(try await ask(address), from: address)
        guard authorization.status == "pending" else { return }
        let name = authorization.identifier.value
        guard let challenge = authorization.challenges.first(where: { $0.type == "http-01" }),
            let token = challenge.token
        else { throw Self.failure("\(name): the server offers no http-01 challenge") }
        challenges.set("\(token).\(try thumbprint())", for: token)
        defer { challenges.set(nil, for: token) }
        _ = try await post(challenge.url, ACMEMessages.Empty())
        let begin = SystemClock.steady.now
        repeat {
            guard SystemClock.steady.now - begin < Self.patience else {
                throw Self.failure("\(name): the server has not asked within two minutes")
            }
            try await SystemClock.steady.sleep(for: Self.pause)
            authorization = try Self.decode(try await ask(address), from: address)
        } while authorization.status == "pending" || authorization.status == "processing"
        guard authorization.status == "valid" else {
            let reason = authorization.challenges.compactMap(\.error).first?.text
            throw Self.failure("\(name): \(reason ?? authorization.status)")
        }
    }

    // MARK: Signed requests

    /// Reads a resource; also that is a signed request (section 6.3).
    private mutating func ask(_ address: String) async throws -> HTTPSExchange.Answer {
        try await post(address, payload: "")
    }

    private mutating func post(_ address: String, _ message: some Encodable) async throws -> HTTPSExchange.Answer {
        try await post(address, payload: Self.base64(Array(try JSONEncoder().encode(message))))
    }

    private mutating func post(_ address: String, payload: String) async throws -> HTTPSExchange.Answer {
        for _ in 0..<Self.mostTries {
            let body = try sign(payload, for: address, nonce: try await freshNonce())
            let answer = try await exchange.perform(.post, address, body: body)
            nonce = answer.headers.first(name: "Replay-Nonce")
            if (200..<300).contains(answer.status) { return answer }
            let problem = try? JSONDecoder().decode(ACMEMessages.Problem.self, from: Data(answer.body))
            guard problem?.type == "urn:ietf:params:acme:error:badNonce" else {
                throw Self.failure(problem?.text ?? "\(address) answered \(answer.status)")
            }
        }
        throw Self.failure("\(address) takes no number that its server has given")
    }

    private mutating func freshNonce() async throws -> String {
        defer { nonce = nil }
        if let nonce { return nonce }
        let answer = try await exchange.perform(.head, directory.newNonce)
        guard let nonce = answer.headers.first(name: "Replay-Nonce") else {
            throw Self.failure("\(directory.newNonce) gave no number")
        }
        return nonce
    }

    private func sign(_ payload: String, for address: String, nonce: String) throws -> [UInt8] {
        let header = ACMEMessages.Header(
            nonce: nonce, url: address, jwk: identity == nil ? publicKey : nil, kid: identity)
        let protected = Self.base64(Array(try JSONEncoder().encode(header)))
        let signature = try account.signature(of: "\(protected).\(payload)".utf8)
        return Array(
            try JSONEncoder().encode(
                ACMEMessages.Signed(protected: protected, payload: payload, signature: Self.base64(signature))))
    }

    private var publicKey: ACMEMessages.PublicKey {
        let (x, y) = account.coordinates
        return ACMEMessages.PublicKey(x: Self.base64(x), y: Self.base64(y))
    }

    /// RFC 7638: the digest of the key's members in the order of their names, without spaces.
    private func thumbprint() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Self.base64(Digest.sha256Bytes(Array(try encoder.encode(publicKey))))
    }

    /// RFC 7515, appendix C.
    private static func base64(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    private static func decode<Message: Decodable>(
        _ answer: HTTPSExchange.Answer, from address: String
    ) throws -> Message {
        guard (200..<300).contains(answer.status),
            let message = try? JSONDecoder().decode(Message.self, from: Data(answer.body))
        else { throw failure("\(address) answered \(answer.status) and not what an ACME server says") }
        return message
    }

    private static func failure(_ message: String) -> SlipwayError {
        SlipwayError(
            .certificateFailed, message, hint: "does each name lead to this machine, and its port 80 to the edge?")
    }
}
