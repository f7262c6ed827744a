// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One measured value of a proof.
struct Measurement: Sendable {
    var service: String?
    var value: String
    var limit: String
    var verdict: Proof.Verdict
    var evidence: [String]
    var diagnosis: String?

    init(
        _ verdict: Proof.Verdict, service: String? = nil, value: String, limit: String = "", evidence: [String] = [],
        diagnosis: String? = nil
    ) {
        self.verdict = verdict
        self.service = service
        self.value = value
        self.limit = limit
        self.evidence = evidence
        self.diagnosis = diagnosis
    }

    /// Nothing to measure, and why.
    static func skip(_ reason: String, service: String? = nil) -> Measurement {
        Measurement(.skip, service: service, value: reason)
    }

    /// Passes or fails by a condition.
    static func verdict(
        _ holds: Bool, service: String? = nil, value: String, limit: String = "", evidence: [String] = [],
        diagnosis: String? = nil
    ) -> Measurement {
        Measurement(
            holds ? .pass : .fail, service: service, value: value, limit: limit, evidence: evidence,
            diagnosis: holds ? nil : diagnosis)
    }
}

/// A proof before it is measured: its file holds the claim, the limit and how to measure.
struct ProofRule: Sendable {
    /// What must be there before it can be measured; also the order.
    enum Stage: Int, Comparable, Sendable {
        case build, image, running, disruptive
        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let code: String
    let claim: String
    let stage: Stage
    let measure: @Sendable (Trial) async throws -> [Measurement]

    init(
        _ code: String, _ stage: Stage, _ claim: String,
        measure: @escaping @Sendable (Trial) async throws -> [Measurement]
    ) {
        self.code = code
        self.stage = stage
        self.claim = claim
        self.measure = measure
    }
}
