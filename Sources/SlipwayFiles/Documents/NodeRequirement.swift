// SPDX-License-Identifier: Apache-2.0

/// The oldest Node that a package's tools start on.
struct NodeRequirement {
    /// The tool that asks for it, in which major version.
    let package: String
    let major: Int
    /// Node's major version.
    let node: Int
    /// The first of that major version that it starts on.
    let minor: Int

    /// `20.19`
    var text: String { minor == 0 ? "\(node)" : "\(node).\(minor)" }

    /// A version without a second number is the newest of its kind.
    func allows(_ version: LanguageVersion) -> Bool {
        version.major > node || version.major == node && (version.minor ?? .max) >= minor
    }

    /// From the packages' own "engines": vite 5, 6, 7; next 13 to 16; astro 4, 5; @angular/cli 17 to 20.
    private static let known: [(package: String, major: Int, node: Int, minor: Int)] = [
        ("vite", 7, 20, 19), ("vite", 6, 18, 0), ("vite", 5, 18, 0), ("next", 16, 20, 9), ("next", 15, 18, 18),
        ("next", 14, 18, 17), ("next", 13, 16, 8), ("astro", 5, 18, 17), ("@angular/cli", 20, 20, 19),
        ("@angular/cli", 19, 18, 19), ("@angular/cli", 18, 18, 19), ("@angular/cli", 17, 18, 13),
        ("@sveltejs/kit", 2, 18, 13), ("nuxt", 4, 20, 0), ("nuxt", 3, 18, 0), ("prisma", 7, 20, 19),
        ("prisma", 6, 18, 18),
    ]

    /// - Parameter manifest: The root of a package.json.
    /// - Returns: `nil` when no known tool is there.
    init?(_ manifest: DataNode) {
        let found = Self.known.filter { entry in
            let version =
                manifest["devDependencies"]?[entry.package]?.text ?? manifest["dependencies"]?[entry.package]?.text
            return version.flatMap { LanguageVersion(String($0.drop { !$0.isNumber }))?.major } == entry.major
        }
        guard let first = found.max(by: { ($0.node, $0.minor) < ($1.node, $1.minor) }) else { return nil }
        (package, major, node, minor) = (first.package, first.major, first.node, first.minor)
    }
}
