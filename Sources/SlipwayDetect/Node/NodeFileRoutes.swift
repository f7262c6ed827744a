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
