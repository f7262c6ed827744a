// SPDX-License-Identifier: Apache-2.0

/// What a detector says about itself in the reference.
package struct DetectorAccount: Sendable {
    /// One sentence.
    let recognises: String
    /// The evidence that it looks at.
    let reads: [String]
    /// How sure its claims are, in words.
    let confidence: String
}
