// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that a bundler takes only when another one of the bundle imports them.
struct BundledParts {
    private let code: [SourceTree.Entry]
    private let tree: SourceTree
    /// Pages and settings that name the file where a bundle begins.
    private let starters: [SourceTree.Entry]
    private let routesByFolder: Bool

    static func isPart(_ entry: SourceTree.Entry) -> Bool {
        [".tsx", ".jsx", ".vue", ".svelte"].contains(where: entry.name.hasSuffix)
    }

    /// Packages that make a page of each file of a folder.
    private static let routers: Set<String> = [
        "next", "nuxt", "@sveltejs/kit", "gatsby", "@remix-run/react", "@react-router/dev", "astro", "expo-router",
        "@quasar/app-vite", "@quasar/app-webpack", "@tanstack/react-start", "vite-plugin-pages", "unplugin-vue-router",
    ]

    init(_ code: [SourceTree.Entry], declared: Set<String>, in folder: String, _ tree: SourceTree) {
        self.code = code.filter { folder == "." || $0.path.hasPrefix(folder + "/") }
        self.tree = tree
        routesByFolder = !declared.isDisjoint(with: Self.routers)
        starters = tree.files(under: folder).filter { entry in
            entry.name.hasSuffix(".html") || entry.name.hasSuffix(".blade.php") || entry.name.hasPrefix("vite.config")
                || entry.name.hasPrefix("webpack")
        }
    }

    /// Whether the bundle holds the file.
    func holds(_ entry: SourceTree.Entry) -> Bool {
        var seen: Set<String> = []
        var waiting = [entry]
        // Whoever imports the file is asked in its turn; a bundle of more than this is not followed to its end.
        while let next = waiting.popLast(), seen.count < 40 {
            guard seen.insert(next.path).inserted else { continue }
            if isStart(next) { return true }
            waiting += importers(of: next)
        }
        return false
    }

    private func isStart(_ entry: SourceTree.Entry) -> Bool {
        let folders = entry.directory.split(separator: "/")
        if routesByFolder, folders.contains(where: { ["pages", "routes", "app", "layouts"].contains($0) }) {
            return true
        }
        let file = entry.name.prefix { $0 != "." }
        if ["main", "index"].contains(file), folders.last == "src" { return true }
        return starters.contains { mentions(Array(("/" + entry.name).utf8), $0) }
    }

    private func importers(of entry: SourceTree.Entry) -> [SourceTree.Entry] {
        let stem = entry.name.prefix { $0 != "." }
        let folder = entry.directory.split(separator: "/").last ?? ""
        let name = stem == "index" ? folder : stem
        let marks = ["/\(name)'", "/\(name)\"", "/\(entry.name)'", "/\(entry.name)\""].map { Array($0.utf8) }
        return code.filter { other in other.path != entry.path && marks.contains { mentions($0, other) } }
    }

    private func mentions(_ mark: [UInt8], _ entry: SourceTree.Entry) -> Bool {
        guard let bytes = tree.bytes(entry.path), bytes.count < 200_000 else { return false }
        return ByteSearch.contains(mark, in: bytes)
    }
}
