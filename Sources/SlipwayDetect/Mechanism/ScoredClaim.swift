// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A claim with the weight that decides: its confidence, less when a more special detector spoke of the same field.
package struct ScoredClaim: Sendable {
    package var claim: Claim
    package var origin: Origin
    package var detector: String
    package var score: Double
    /// Position in the catalog's output, the last tie-break.
    var order: Int
}

/// All claims about one field of one service, strongest first, one per value.
package struct Contest: Sendable {
    package let field: String
    package let claims: [ScoredClaim]

    init(_ field: String, _ claims: [ScoredClaim]) {
        self.field = field
        var seen: Set<Claim> = []
        self.claims = claims.sorted { ($1.score, $0.order) < ($0.score, $1.order) }
            .filter { seen.insert($0.claim).inserted }
    }

    package var winner: ScoredClaim? { claims.first }
    package var runnerUp: ScoredClaim? { claims.dropFirst().first }

    /// The winner's origin with the runner-up named in it.
    var origin: Origin? {
        guard var origin = winner?.origin else { return nil }
        if let second = runnerUp { origin.runnerUp = "\(second.claim.text), \(second.origin.location)" }
        return origin
    }
}
