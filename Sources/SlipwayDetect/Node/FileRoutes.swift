// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths that frameworks make from the names of files: Next.js, Remix and React Router, Nuxt, SvelteKit, Astro.
enum FileRoutes {
    /// Folders below which a file is a route, with the suffixes that the last part loses.
    private static let places: [(folder: String, isServer: Bool)] = [
        ("app/routes/", false), ("src/routes/", false), ("server/api/", true), ("server/routes/", true),
        ("src/app/", false),
        ("app/", false), ("src/pages/", false), ("pages/", false),
    ]

    static func paths(of project: NodeProject) -> [(path: String, file: String)] {
        project.files.compactMap { file in
            guard let inner = file.relative(to: project.directory),
                [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".astro"].contains(where: inner.hasSuffix),
                let place = places.first(where: { inner.hasPrefix($0.folder) })
            else { return nil }
            var route = String(inner.dropFirst(place.folder.count))
            if let dot = route.lastIndex(of: ".") { route = String(route[..<dot]) }
            if place.folder == "server/api/" { route = "api/" + route }
            let isFlat = place.folder == "app/routes/"
            if isFlat {
                route = route.replacing("[.]", with: "\u{0}").replacing(".", with: "/").replacing("\u{0}", with: ".")
            }
            var parts = route.split(separator: "/").map(String.init)
            guard let last = parts.last else { return nil }
            if place.folder.hasSuffix("app/"), last != "route", last != "page" { return nil }
            if ["route", "page", "index", "_index", "+server", "+page", "+page.server"].contains(last) {
                parts.removeLast()
            }
            // `health.get` of Nuxt, and groups that leave no trace in the address.
            if place.isServer, let name = parts.last, let dot = name.firstIndex(of: ".") {
                parts[parts.count - 1] = String(name[..<dot])
            }
            parts.removeAll {
                ($0.hasPrefix("(") && $0.hasSuffix(")")) || $0.hasPrefix("@") || (isFlat && $0.hasPrefix("_"))
                    || $0.hasSuffix("+") && $0.hasPrefix("_")
            }
            parts = parts.map { $0.hasSuffix("+") ? String($0.dropLast()) : $0 }
            return ("/" + parts.joined(separator: "/"), file)
        }
    }
}
