// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The Node that makes browsers' files beside a server in another language.
enum AssetNode {
    /// Active long-term support in 2026 (nodejs.org/en/about/previous-releases).
    private static let usual = 22

    /// - Parameter variant: Which of Node's images: `slim`, `alpine`.
    static func image(_ variant: String, for input: ImageInput) -> String { "node:\(version(input))-\(variant)" }

    /// What package.json asks for where that is newer than the usual one: packages that want more refuse the older.
    private static func version(_ input: ImageInput) -> Int {
        guard let root = input.text("package.json").flatMap({ JSONDocument(parsing: $0, dialect: .tolerant).root })
        else { return usual }
        let stated = root["engines"]?["node"]?.text.flatMap(LanguageVersion.least)
        return max(usual, stated ?? 0, NodeRequirement(root)?.node ?? 0)
    }
}
