// SPDX-License-Identifier: Apache-2.0

/// The lists of what is installed that an image carries itself.
enum PackageDatabase {
    /// A system with every package of Debian installed stays under this.
    private static let largestInBytes = 16 << 20

    static func isOne(_ entry: TarEntry) -> Bool {
        guard entry.kind == .file, entry.size <= largestInBytes else { return false }
        if entry.path == "var/lib/dpkg/status" || entry.path == "lib/apk/db/installed" { return true }
        return entry.path.hasSuffix(".dist-info/METADATA")
            || (entry.path.hasSuffix("/package.json") && entry.path.contains("node_modules/"))
    }
}
