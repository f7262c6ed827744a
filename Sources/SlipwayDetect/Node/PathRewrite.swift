// SPDX-License-Identifier: Apache-2.0

/// The rewriting of paths in the settings of a development server.
enum PathRewrite {
    /// Whether the settings of a path take its prefix off and put nothing in its place:
    /// `rewrite: (path) => path.replace(/^\/api/, "")`, `pathRewrite: { "^/api": "" }`.
    static func strips(_ prefix: String, in settings: String) -> Bool {
        let text = settings.filter { !$0.isWhitespace && $0 != "\\" }
        guard
            let start = ["ewrite:", "ewrite\":", "ewrite':", "ewrite("].compactMap({ text[...].range(ofText: $0) })
                .map(\.upperBound).min()
        else { return false }
        let rest = text[start...]
        // rewrite: p => p.slice(4), p.substring("/api".length)
        for name in [".slice(", ".substring(", ".substr("] {
            guard let call = rest.range(ofText: name) else { continue }
            let argument = rest[call.upperBound...].prefix { $0 != ")" && $0 != "," }
            return argument == "\(prefix.utf8.count)" || argument.hasSuffix(".length") && argument.contains(prefix)
        }
        // What stands around the prefix in patterns: ^/api, ^/api/?, /^/api/(.*)
        var place = rest
        while let found = place.range(ofText: prefix) {
            let behind = rest[found.upperBound...].drop { "/?+gi^$".contains($0) }
            if let empty = replacement(behind) { return empty }
            place = rest[found.upperBound...]
        }
        return false
    }

    /// Whether nothing, or the slash alone, stands in the place; `nil` where no replacement follows.
    private static func replacement(_ text: Substring) -> Bool? {
        // "^/api/(.*)": "/$1"
        var text = text
        let isCapturing = text.hasPrefix("(")
        if isCapturing, let close = text.firstIndex(of: ")") {
            text = text[text.index(after: close)...].drop { "/?$gi".contains($0) }
        }
        if let first = text.first, "\"'`".contains(first) { text = text.dropFirst() }
        // new RegExp("^/api")
        if text.hasPrefix("),") { text = text.dropFirst() }
        guard let mark = text.first, mark == "," || mark == ":", let quote = text.dropFirst().first,
            "\"'`".contains(quote)
        else { return nil }
        let value = text.dropFirst(2).prefix { $0 != quote }
        return value.isEmpty || value == "/" || isCapturing && (value == "/$1" || value == "$1")
    }
}
