// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What a person wants checked differently.
package struct CheckSettings: Equatable, Sendable {
    /// A rule in a part of the repository that nobody wants to hear of.
    package struct Ignore: Equatable, Sendable {
        /// A code or an alias.
        package let code: String
        /// As in a .dockerignore; `nil` for the whole repository.
        package let path: String?

        package init(code: String, path: String?) {
            self.code = code
            self.path = path
        }
    }

    /// Severities by code or alias; `nil` turns the rule off.
    package var severities: [String: Severity?] = [:]
    package var ignores: [Ignore] = []
    /// What images must be like.
    package var policy = ImagePolicy()
    /// Where the accepted findings stand, relative to the repository's root.
    package var baselinePath: String?
    /// Findings that were there before and are not counted: see ``Baseline``.
    package var baseline: Baseline?

    package init() {}
}
