// SPDX-License-Identifier: Apache-2.0

/// What `slipway write` is asked for.
public struct WriteOptions: Sendable {
    /// Names of targets; what the repository needs when empty.
    public var targets: [String]
    /// Files that a person wrote and that Slipway's take the place of.
    public var adopted: [String]

    /// See the properties.
    public init(targets: [String] = [], adopted: [String] = []) {
        self.targets = targets
        self.adopted = adopted
    }
}
