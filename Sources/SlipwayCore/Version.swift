// SPDX-License-Identifier: Apache-2.0

/// The product's own version (Semantic Versioning 2.0.0).
public enum Version {
    /// Of this build; the changelog has a section of this name.
    public static let current = "0.1.0"
}
