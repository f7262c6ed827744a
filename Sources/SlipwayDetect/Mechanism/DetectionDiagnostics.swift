// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Diagnostic {
    /// DT001. Two places name different ports with nearly the same weight; only one of them can be right.
    static func twoPorts(_ service: String, _ first: ScoredClaim, _ second: ScoredClaim) -> Self {
        Diagnostic(
            "DT001", .warning, file: second.origin.file, line: second.origin.line,
            "port \(first.claim.text) was taken for \(service) (\(first.origin.location)), but this says "
                + "\(second.claim.text); to decide, write services.\(service).port in slipway.yml")
    }

    /// DT002. The best guess was too weak to act on.
    static func fieldLeftEmpty(_ field: String, of service: String, best: ScoredClaim) -> Self {
        Diagnostic(
            "DT002", .warning, file: best.origin.file, line: best.origin.line,
            "\(field) of \(service) is not sure enough (best guess: \(best.claim.text), \(best.origin.why)); "
                + "write services.\(service).\(field) in slipway.yml")
    }
}
