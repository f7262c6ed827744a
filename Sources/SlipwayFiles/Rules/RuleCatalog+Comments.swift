// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    /// By code.
    static let comments: [Rule<CheckedRepository>] = [.unexplainedIgnore]
}
