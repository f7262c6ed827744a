// SPDX-License-Identifier: Apache-2.0

/// A module that Go code needs, with the place that says so: go.mod, or an import.
struct GoRequirement: Sendable {
    let path: String
    let file: String
    let line: Int
}
