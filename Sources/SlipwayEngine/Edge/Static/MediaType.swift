// SPDX-License-Identifier: Apache-2.0

/// Media types by file extension (the IANA registry; the web's usual formats).
enum MediaType {
    static func of(_ fileName: Substring) -> String {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else { return unknown }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "html", "htm": return "text/html; charset=utf-8"
        case "css": return "text/css; charset=utf-8"
        case "js", "mjs", "cjs": return "text/javascript; charset=utf-8"
        case "json", "map": return "application/json"
        case "webmanifest": return "application/manifest+json"
        case "txt", "text", "log": return "text/plain; charset=utf-8"
        case "md": return "text/markdown; charset=utf-8"
        case "csv": return "text/csv; charset=utf-8"
        case "xml": return "application/xml"
        case "rss": return "application/rss+xml"
        case "atom": return "application/atom+xml"
        case "svg": return "image/svg+xml"
        case "png": return "image/png"
        case "jpg", "jpeg": return "image/jpeg"
        case "gif": return "image/gif"
        case "webp": return "image/webp"
        case "avif": return "image/avif"
        case "ico": return "image/x-icon"
        case "bmp": return "image/bmp"
        case "woff": return "font/woff"
        case "woff2": return "font/woff2"
        case "ttf": return "font/ttf"
        case "otf": return "font/otf"
        case "wasm": return "application/wasm"
        case "pdf": return "application/pdf"
        case "zip": return "application/zip"
        case "gz": return "application/gzip"
        case "tar": return "application/x-tar"
        case "mp3": return "audio/mpeg"
        case "ogg": return "audio/ogg"
        case "wav": return "audio/wav"
        case "mp4": return "video/mp4"
        case "webm": return "video/webm"
        default: return unknown
        }
    }

    static let unknown = "application/octet-stream"

    /// Whether gzip makes it smaller by enough to be worth the time.
    static func isCompressible(_ type: String) -> Bool {
        let base = type.prefix { $0 != ";" }
        if base.hasPrefix("text/") || base.hasSuffix("+json") || base.hasSuffix("+xml") { return true }
        return ["application/json", "application/xml", "application/wasm", "image/x-icon", "font/ttf", "font/otf"]
            .contains(base)
    }
}
