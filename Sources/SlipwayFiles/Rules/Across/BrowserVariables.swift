// SPDX-License-Identifier: Apache-2.0

/// Prefixes that bundlers put into what browsers download.
enum BrowserVariables {
    private static let prefixes = [
        "VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "VUE_APP_", "EXPO_PUBLIC_", "GATSBY_",
    ]
    /// Whether a text reads any of them.
    static func isRead(in text: String) -> Bool { prefixes.contains { text.contains("." + $0) } }
    static func contains(_ name: String) -> Bool { prefixes.contains { name.hasPrefix($0) } }
}
