// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Health paths of frameworks that make routes of file names.
enum NodeFileRoutes {
    struct Found: Equatable {
        var path: String
        var file: String
    }

    /// Best first.
    static func health(_ project: NodeProject, framework: String) -> [Found] {
        project.files.compactMap { file -> (Int, Found)? in
            guard let inside = file.relative(to: project.directory), let path = route(inside, framework),
                let rank = HealthPath.rank(path)
            else { return nil }
            return (rank, Found(path: path, file: file))
        }.sorted { ($0.0, $0.1.path) < ($1.0, $1.1.path) }.map(\.1)
    }

    /// The path that the file answers; `nil` for pages, which cost more than a check should.
    static func route(_ file: String, _ framework: String) -> String? {
        guard let dot = file.lastIndex(of: "."),
            ["ts", "js", "tsx", "jsx", "mjs"].contains(file[file.index(after: dot)...])
        else { return nil }
        let stem = String(file[..<dot])
        let inside = stem.hasPrefix("src/") ? String(stem.dropFirst(4)) : stem
        switch framework {
        case "nextjs":
            if inside.hasPrefix("app/"), inside.hasSuffix("/route") { return joined(inside.dropFirst(4).dropLast(6)) }
            return inside.hasPrefix("pages/api/") ? joined(withoutIndex(inside.dropFirst(6))) : nil
        case "nuxt", "nitro", "analog", "solid-start", "tanstack-start":
            let path = withoutIndex(withoutVerb(inside))
            if path.hasPrefix("server/api/") || path.hasPrefix("routes/api/") && framework != "nuxt" {
                return joined(path.drop { $0 != "/" })
            }
            return path.hasPrefix("server/routes/") ? joined(path.dropFirst(14)) : nil
        case "sveltekit":
            guard inside.hasPrefix("routes/"), inside.hasSuffix("/+server") else { return nil }
            return joined(inside.dropFirst(7).dropLast(8))
        case "astro":
            guard inside.hasPrefix("pages/"), file.hasSuffix(".ts") || file.hasSuffix(".js") else { return nil }
            return joined(withoutIndex(inside.dropFirst(6)))
        case "remix", "react-router":
            guard stem.hasPrefix("app/routes/") else { return nil }
            return remix(stem.dropFirst(11))
        default: return nil
        }
    }

    /// The paths at which files show pages.
    static func pages(_ project: NodeProject, framework: String) -> [Found] {
        project.files.compactMap { file in
            file.relative(to: project.directory).flatMap { page($0, framework) }.map { Found(path: $0, file: file) }
        }
    }

    /// The path of the page that a file makes; `nil` for other files and for the page at the root.
    static func page(_ file: String, _ framework: String) -> String? {
        guard let dot = file.lastIndex(of: ".") else { return nil }
        let ending = file[file.index(after: dot)...]
        let inside = file.hasPrefix("src/") ? file.dropFirst(4) : file[...]
        let stem = inside.dropLast(ending.count + 1)
        let isScript = ["ts", "js", "tsx", "jsx", "mdx"].contains(ending)
        var path: Substring?
        switch framework {
        case "nextjs":
            if isScript, stem.hasPrefix("app/"), stem.hasSuffix("/page") { path = stem.dropFirst(4).dropLast(5) }
            if isScript, stem.hasPrefix("pages/"), !stem.hasPrefix("pages/api/"), !stem.hasPrefix("pages/_") {
                path = withoutIndex(stem.dropFirst(6))[...]
            }
        case "nuxt":
            let own = stem.hasPrefix("app/") ? stem.dropFirst(4) : stem
            if ending == "vue", own.hasPrefix("pages/") { path = withoutIndex(own.dropFirst(6))[...] }
        case "sveltekit":
            if ending == "svelte", stem.hasPrefix("routes/"), stem.hasSuffix("/+page") {
                path = stem.dropFirst(7).dropLast(6)
            }
        case "astro":
            if ["astro", "md", "mdx"].contains(ending), stem.hasPrefix("pages/") {
                path = withoutIndex(stem.dropFirst(6))[...]
            }
        default: return nil
        }
        guard let path, path != "index" else { return nil }
        let page = joined(path)
        return page == "/" ? nil : page
    }

    /// Groups `(site)` and slots `@modal` are no part of the path; parameters become `:name`, which no check can use.
    private static func joined(_ path: some StringProtocol) -> String {
        let parts = path.split(separator: "/").filter {
            !($0.hasPrefix("(") && $0.hasSuffix(")")) && !$0.hasPrefix("@")
        }
        return "/"
            + parts.map { $0.contains("[") ? ":" + $0.filter { $0.isLetter } : String($0) }.joined(separator: "/")
    }

    private static func withoutIndex(_ path: some StringProtocol) -> String {
        path.hasSuffix("/index") ? String(path.dropLast(6)) : String(path)
    }

    private static func withoutVerb(_ path: String) -> String {
        [".get", ".head"].first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
    }

    /// Flat routes: dots are slashes, `_layout.` and `(group)` vanish, a folder's `+` and `route` file too, `[x]` is x.
    private static func remix(_ name: some StringProtocol) -> String? {
        var parts: [String] = []
        for folder in name.split(separator: "/") {
            let plain = folder.hasSuffix("+") ? folder.dropLast() : folder[...]
            for part in plain.split(separator: ".") where !part.hasPrefix("_") && part != "route" && part != "index" {
                guard !part.hasPrefix("$") else { return nil }
                parts.append(String(part.filter { !"[]()".contains($0) }))
            }
        }
        guard let last = parts.last?.lowercased(), last.hasPrefix("health") || last.hasSuffix("z") else { return nil }
        return "/" + parts.map { $0.hasSuffix("_") ? String($0.dropLast()) : $0 }.joined(separator: "/")
    }
}
