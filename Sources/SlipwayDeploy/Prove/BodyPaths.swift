// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension Trial {
    /// Paths of a back end that may take a body, the likeliest first: what its own description says, its routes, and what
    /// the application's code writes down below one of them.
    func bodyPaths(of unit: ComposeUnit) async -> [String] {
        let routes = (spec(of: unit)?.routes ?? [])
        let reply = try? await stack.request("GET", "/openapi.json", of: unit.name)
        var found = reply.flatMap { $0.isSuccess ? BodyPaths.described(by: $0.text) : nil } ?? []
        found += routes.filter { $0 != "/" }
        found = BodyPaths.first(of: found)
        for path in sources where found.count < BodyPaths.most && BodyPaths.mayName(path) {
            guard let text = try? staged.files.text(path), text.utf8.count < 400_000 else { continue }
            found = BodyPaths.first(of: found + BodyPaths.written(in: text, below: routes))
        }
        return found
    }
}

/// Where the paths of an application are written down.
enum BodyPaths {
    /// So many are asked for.
    static let most = 12

    /// Without those that came before.
    static func first(of paths: [String]) -> [String] {
        Array(paths.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.prefix(most))
    }

    /// Those of an OpenAPI document whose POST takes a body.
    static func described(by text: String) -> [String] {
        let paths = JSONDocument(parsing: text).root?["paths"]?.mapping?.entries ?? []
        return paths.filter { $0.value.at("post", "requestBody") != nil }.map { entry in
            entry.key.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
        }
    }

    /// Whether a file holds the application's own code.
    static func mayName(_ path: String) -> Bool {
        let endings = [".js", ".mjs", ".ts", ".tsx", ".jsx", ".vue", ".svelte", ".html", ".py", ".go", ".rb", ".php"]
        return endings.contains { path.hasSuffix($0) } && !path.contains("node_modules/") && !path.contains("/.")
            && !path.hasPrefix(".") && !path.lowercased().contains("test")
    }

    /// Whole strings of a program that are paths, in their order: `fetch("/api/messages")`.
    /// - Parameter routes: Only paths below one of them count.
    static func written(in text: String, below routes: [String]) -> [String] {
        var found: [String] = []
        var quote: UInt8?
        var path: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
                if byte == quote, let path = named(path, below: routes) { found.append(path) }
                // What ends one string may begin the next: a quote that was not understood misleads for one string only.
                quote = byte
                path = []
            case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if quote != nil { path.append(byte) }
            default:
                quote = nil
            }
        }
        return found
    }

    private static func named(_ bytes: [UInt8], below routes: [String]) -> String? {
        guard bytes.first == UInt8(ascii: "/"), bytes.count > 1, bytes.count < 80 else { return nil }
        let path = String(decoding: bytes, as: UTF8.self)
        let isBelow = routes.contains { $0 == "/" || path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        return isBelow && !path.contains("//") ? path : nil
    }
}
