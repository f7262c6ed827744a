// SPDX-License-Identifier: Apache-2.0

/// Looks at a repository for one thing and says what it saw; it decides nothing.
package protocol Detector: Sendable {
    /// Unique in the catalog, lower case: `nextjs`.
    var name: String { get }
    /// For people who read the reference.
    var account: DetectorAccount { get }
    /// Names of more general detectors: where both make a claim about the same field of the same subject, this one's
    /// is taken.
    var refines: [String] { get }
    /// Must be pure and in a stable order.
    func detect(in repository: Repository) -> [Evidence]
}

extension Detector {
    package var refines: [String] { [] }
}
