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

    /// DT014. A path is a page and an answer of the API: at one address one of the two is never seen.
    static func pageAndRoute(_ route: String, of service: String, page site: String) -> Self {
        Diagnostic(
            "DT014", .info,
            "\(service) answers \(route), where \(site) has a page: \(service) keeps an address of its own; to share one, "
                + "put its routes below a path of theirs, like /api")
    }

    /// DT005. Whatever database is started, the code looks for the one whose address stands in it.
    static func fixedAddress(of resource: Resource, _ address: FixedAddress) -> Self {
        Diagnostic(
            FixedAddress.code, .warning, file: address.file, line: address.line,
            "the code looks for \(resource.kind.rawValue) at \(address.host), and no variable leads it to the one that "
                + "Slipway starts (\(resource.name)); \(address.remedy)")
    }
}
