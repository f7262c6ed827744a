// SPDX-License-Identifier: Apache-2.0

/// Properties that must hold for all inputs of a kind, tried on random ones by `slipway prove --properties`.
enum PropertyCatalog {
    /// How many inputs each is tried on.
    static let rounds = 6

    static let all: [ProofRule] = [.anySourceBuilds, .anyEnvironmentArrives, .anyPortAnswers]

    /// Drawn once a run and shown with every failure.
    static func seed() -> UInt64 { UInt64.random(in: 0...999_999) }
}
