// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads of public variables that happen on the server alone, when the process runs.
enum ServerReads {
    private static let endings = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue"]

    /// Whether nothing that browsers download reads the variable.
    ///
    /// Next.js leaves a name that is not set while it builds as a read of the environment, which works on the server;
    /// Nuxt's server gives its public settings to the page when it runs.
    static func isAll(_ name: String, of unit: DeployedUnit) -> Bool {
        let isServed = unit.dockerfile.finalBase.map { !ImageName($0).name.hasPrefix("nginx") } ?? false
        if name.hasPrefix("NUXT_PUBLIC_") { return isServed }
        guard name.hasPrefix("NEXT_PUBLIC_"), isServed else { return false }
        let tree = unit.dockerfile.repository.tree
        let folder = unit.app?.directory ?? unit.context ?? SourceTree.Entry(path: unit.dockerfile.location).directory
        let sources = tree.files(under: folder).filter { entry in
            endings.contains(where: entry.name.hasSuffix) && !entry.path.contains("node_modules/")
        }
        let readers = sources.filter { entry in
            tree.bytes(entry.path).map { RouteSearch.contains($0, Array(name.utf8)) } == true
        }
        // The older kind of Next.js sends every page's module to the browser.
        let hasOldPages = sources.contains { entry in
            ("/" + entry.path).contains("/pages/_app.")
        }
        guard !readers.isEmpty, !hasOldPages else { return false }
        let clients = sources.compactMap { entry -> (path: String, text: String)? in
            guard let text = tree.text(entry.path), isForBrowsers(text) else { return nil }
            return (entry.path, text)
        }
        let isSent = Self.reached(from: clients, among: sources, in: tree)
        return readers.allSatisfy { !isSent.contains($0.path) }
    }

    private static func isForBrowsers(_ text: String) -> Bool {
        let head = text.split(separator: "\n", maxSplits: 12).prefix(12)
        return head.contains { line in
            let body = line.trimmed
            return body.hasPrefix("\"use client\"") || body.hasPrefix("'use client'")
        }
    }

    /// The modules for browsers and what they import, by the last part of the import's path.
    private static func reached(
        from clients: [(path: String, text: String)], among sources: [SourceTree.Entry], in tree: SourceTree
    ) -> Set<String> {
        let byStem = Dictionary(grouping: sources) { stem($0) }
        var found = Set(clients.map(\.path))
        var open = clients
        while let next = open.popLast() {
            for line in next.text.split(separator: "\n") where line.contains("from ") || line.contains("import(") {
                guard !line.trimmed.hasPrefix("import type") else { continue }
                let parts = line.split(whereSeparator: { $0 == "\"" || $0 == "'" })
                guard parts.count > 1, let module = parts.dropFirst().first(where: { $0.contains("/") }),
                    let name = module.split(separator: "/").last
                else { continue }
                for entry in byStem[String(name)] ?? [] where found.insert(entry.path).inserted {
                    if let text = tree.text(entry.path) { open.append((entry.path, text)) }
                }
            }
        }
        return found
    }

    private static func stem(_ entry: SourceTree.Entry) -> String {
        let name = String(entry.name.prefix { $0 != "." })
        return name == "index" ? SourceTree.Entry(path: entry.directory).name : name
    }
}
