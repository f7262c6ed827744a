// SPDX-License-Identifier: Apache-2.0

/// Versions of languages for repositories that state none.
package enum LanguageDefaults {
    /// The newest that all common packages had wheels for in 2026.
    package static let python = "3.12"
}
