// SPDX-License-Identifier: Apache-2.0

/// The oldest Node that a package's tools start on.
struct NodeRequirement {
    /// The tool that asks for it, in which major version.
    let package: String
    let major: Int
    /// Node's major version.
    let node: Int

    /// From the packages' own "engines": vite 5, 6, 7; next 13 to 16; astro 4, 5; @angular/cli 17 to 20.
    private static let known: [(package: String, major: Int, node: Int)] = [
        ("vite", 7, 20), ("vite", 6, 18), ("vite", 5, 18), ("next", 16, 20), ("next", 15, 18), ("next", 14, 18),
        ("next", 13, 16), ("astro", 5, 18), ("@angular/cli", 20, 20), ("@angular/cli", 19, 18),
        ("@angular/cli", 18, 18), ("@angular/cli", 17, 18), ("@sveltejs/kit", 2, 18), ("nuxt", 4, 20), ("nuxt", 3, 18),
        ("prisma", 7, 20), ("prisma", 6, 18),
    ]

    /// - Parameter manifest: The root of a package.json.
    /// - Returns: `nil` when no known tool is there.
    init?(_ manifest: DataNode) {
        let found = Self.known.filter { entry in
            let version =
                manifest["devDependencies"]?[entry.package]?.text ?? manifest["dependencies"]?[entry.package]?.text
            return version.flatMap { LanguageVersion(String($0.drop { !$0.isNumber }))?.major } == entry.major
        }
        guard let first = found.max(by: { $0.node < $1.node }) else { return nil }
        (package, major, node) = (first.package, first.major, first.node)
    }
}
