// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What the development server of a front end hands on to back ends: Vite's `server.proxy`, Vue's and webpack's
/// `devServer.proxy`, Angular's `proxy.conf`, Create React App's `setupProxy`.
///
/// Built pages have no such server, so whoever stands before the application has to do the same.
enum DevelopmentServer {
    typealias Finding = (path: ProxiedPath, file: String, line: Int)

    static func find(in project: NodeProject, _ tree: SourceTree) -> [Finding] {
        let settings = project.files.filter { isSettings($0.lastPathComponent) }
        guard !settings.isEmpty else { return [] }
        let found = settings.flatMap { path -> [Finding] in
            guard let bytes = tree.bytes(path), bytes.count < 100_000 else { return [] }
            return read(Code(path: path, language: .javascript, bytes: bytes), mountStrips: mountStrips(project))
        }
        let asked = asked(found.map(\.path.prefix), by: project, tree)
        return found.filter { asked.contains($0.path.prefix) }
    }

    private static func isSettings(_ name: String) -> Bool {
        ["vite.config.", "vue.config.", "webpack.", "rsbuild.config.", "rspack.config.", "craco.config.", "proxy.conf"]
            .contains(where: name.hasPrefix) || name.hasPrefix("setupProxy.")
    }

    /// From its third version on http-proxy-middleware leaves the path of `app.use` away
    /// (github.com/chimurai/http-proxy-middleware, MIGRATION.md).
    private static func mountStrips(_ project: NodeProject) -> Bool {
        let version = project.manifest.dependency("http-proxy-middleware")?.string?.drop { !$0.isNumber }
        return version.flatMap { Int($0.prefix { $0.isNumber }) }.map { $0 >= 3 } ?? false
    }

    /// Prefixes that the pages ask for: settings that nobody uses stay behind in many a repository.
    private static func asked(_ prefixes: [String], by project: NodeProject, _ tree: SourceTree) -> Set<String> {
        var left = Dictionary(
            prefixes.map { prefix -> (String, ByteSearch) in
                let low = prefix.lowercased()
                return (prefix, ByteSearch(["'\(low)", "\"\(low)", "`\(low)", "=\(low)"]))
            }
        ) { first, _ in first }
        var found: Set<String> = []
        for path in project.files where !left.isEmpty && !isSettings(path.lastPathComponent) {
            let name = path.lastPathComponent
            let isCode = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte"].contains(where: name.hasSuffix)
            guard isCode || name.hasPrefix(".env"), let bytes = tree.bytes(path) else { continue }
            for (prefix, search) in left where search.isFound(in: bytes) {
                found.insert(prefix)
                left[prefix] = nil
            }
        }
        return found
    }

    // MARK: One file

    /// - Parameter mountStrips: Whether `app.use("/api", createProxyMiddleware(...))` leaves `/api` away.
    static func read(_ code: Code, mountStrips: Bool) -> [Finding] {
        var found: [Finding] = []
        for index in 0..<code.count {
            for entry in entries(at: index, code) {
                let target = target(of: entry.value, code)
                let isMount = entry.isMount && mountStrips && target?.path != entry.prefix
                let path = ProxiedPath(
                    prefix: entry.prefix, host: target?.host, port: target?.port,
                    isStripped: isMount || PathRewrite.strips(entry.prefix, in: text(of: entry.value, code)))
                if !found.contains(where: { $0.path.prefix == path.prefix }) {
                    found.append((path, code.path, code.line(index)))
                }
            }
        }
        return found
    }

    private typealias Entry = (prefix: String, value: Range<Int>, isMount: Bool)

    private static func entries(at index: Int, _ code: Code) -> [Entry] {
        // "/api": { target: ... }, "/api": "http://localhost:8000"
        if let key = code.string(index), code.isMark(index + 1, ":"), let prefix = prefix(key),
            let open = code.parent(index), code.isMark(open, "{"),
            let value = code.arguments(open).first(where: { $0.lowerBound == index })
        {
            let value = min(index + 2, value.upperBound)..<value.upperBound
            let isTold = value.contains { isKey("target", $0, code) } || isProxy(open, code)
            return isTold ? [(prefix, value, false)] : []
        }
        // { context: ["/api", "/auth"], target: ... }, { pathFilter: "/api", target: ... }
        if ["context", "pathFilter"].contains(where: { isKey($0, index, code) }), let open = code.parent(index),
            let close = code.partner(open), (open..<close).contains(where: { isKey("target", $0, code) })
        {
            return strings(after: index + 1, code).compactMap { text in
                prefix(text).map { ($0, open + 1..<close, false) }
            }
        }
        // app.use("/api", createProxyMiddleware({ target: ... })), createProxyMiddleware("/api", { target: ... })
        if code.isWord(index, of: ["createProxyMiddleware", "proxy"]), code.isMark(index + 1, "("),
            let close = code.partner(index + 1), (index..<close).contains(where: { isKey("target", $0, code) })
        {
            let inner = strings(after: index + 1, code)
            let outer = inner.isEmpty ? code.parent(index).map { strings(after: $0, code) } ?? [] : []
            return (inner + outer).compactMap { text in
                prefix(text).map { ($0, index + 2..<close, inner.isEmpty) }
            }
        }
        return []
    }

    /// A key with or without its quotes; `{ target }` of a value with the same name as well.
    private static func isKey(_ name: String, _ index: Int, _ code: Code) -> Bool {
        guard code.isWord(index, name) || code.string(index) == name, !code.isMember(index) else { return false }
        return code.isMark(index + 1, ":")
            || code.isWord(index, name) && (code.isMark(index + 1, ",") || code.isMark(index + 1, "}"))
    }

    /// `proxy: {`, `proxy = {`, and the whole of a JSON file.
    private static func isProxy(_ open: Int, _ code: Code) -> Bool {
        if code.isMark(open - 1, ":") || code.isMark(open - 1, "=") { return code.isWord(open - 2, "proxy") }
        return open == 0 && code.path.hasSuffix(".json")
    }

    /// Those that stand at a bracket's beginning, or in the list there.
    private static func strings(after index: Int, _ code: Code) -> [String] {
        if let text = code.string(index + 1) { return [text] }
        guard code.isMark(index + 1, "[") else { return [] }
        return code.arguments(index + 1).compactMap { code.string($0.lowerBound) }
    }

    /// `/api` for `/api/*`, `^/api`, `/api/**` and `^/api(/.*)?`.
    private static func prefix(_ key: String) -> String? {
        let path = key.drop { $0 == "^" }.filter { $0 != "\\" }.prefix { !"(*.$?[{:".contains($0) }
        let steps = path.split(separator: "/")
        guard path.hasPrefix("/"), !steps.isEmpty,
            steps.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } })
        else { return nil }
        return "/" + steps.joined(separator: "/")
    }

    /// The first address that is written down in the value.
    private static func target(of value: Range<Int>, _ code: Code) -> (host: String, port: UInt16?, path: String)? {
        value.lazy.compactMap { code.string($0) }.compactMap(address).first
            // const target = process.env.API || "http://localhost:8000"
            ?? value.lazy.filter { isKey("target", $0, code) }.compactMap { key -> String? in
                let name = code.isMark(key + 1, ":") ? code.word(key + 2) : code.word(key)
                return name.flatMap { constant($0, code) }
            }.compactMap(address).first
    }

    /// What stands behind `name =`, up to the end of the line.
    private static func constant(_ name: String, _ code: Code) -> String? {
        guard let place = (0..<code.count).first(where: { code.isWord($0, name) && code.isMark($0 + 1, "=") }) else {
            return nil
        }
        return (place + 2..<code.count).prefix { code.line($0) <= code.line(place) + 1 }
            .lazy.compactMap { code.string($0) }.first { $0.contains("://") }
    }

    private static func address(_ text: String) -> (host: String, port: UInt16?, path: String)? {
        guard let range = text[...].range(ofText: "://"), range.lowerBound != text.startIndex else { return nil }
        let rest = text[range.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":")
        guard let host = parts.first else { return nil }
        let path = rest.dropFirst(authority.count)
        let port = parts.count > 1 ? UInt16(parts[1]) : nil
        return (String(host), port, String(path.hasSuffix("/") ? path.dropLast() : path))
    }

    private static func text(of value: Range<Int>, _ code: Code) -> String {
        guard let first = value.first, let last = value.last else { return "" }
        return String(decoding: code.bytes[Int(code.tokens[first].start)..<Int(code.tokens[last].end)], as: UTF8.self)
    }
}
