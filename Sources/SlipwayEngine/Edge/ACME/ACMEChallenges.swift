// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the edge answers to a certificate authority that asks whether a name leads here (RFC 8555, section 8.3).
final class ACMEChallenges: Sendable {
    static let prefix = "/.well-known/acme-challenge/"

    private let answers = Mutex<[String: String]>([:])

    func set(_ answer: String?, for token: String) { answers.withLock { $0[token] = answer } }

    /// - Parameter path: Of a request; `nil` is answered when nobody waits for it.
    func answer(to path: some Sequence<UInt8>) -> String? {
        answers.withLock { answers in
            guard !answers.isEmpty else { return nil }
            let text = String(decoding: Array(path), as: UTF8.self)
            return text.hasPrefix(Self.prefix) ? answers[String(text.dropFirst(Self.prefix.count))] : nil
        }
    }
}
