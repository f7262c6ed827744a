// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// What the front end's first page leads to.
struct TrialPage: Sendable {
    let reply: HTTPReply
    /// Files of the page on the same server, absolute paths.
    let assets: [String]

    /// The first whose name carries a hash of its contents.
    var hashedAsset: String? { assets.first { Self.hasHash($0) } }

    static func load(from service: String, on stack: TrialStack) async throws -> TrialPage? {
        guard let reply = try await stack.request("GET", "/", of: service, headers: ["Accept": "text/html"]) else {
            return nil
        }
        return TrialPage(reply: reply, assets: links(in: reply.text))
    }

    /// Values of `src` and `href` that name a file here.
    static func links(in html: String) -> [String] {
        var found: [String] = []
        for name in ["src=", "href="] {
            var rest = html[...]
            while let range = rest.firstRange(of: name) {
                rest = rest[range.upperBound...]
                guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
                let value = rest.dropFirst().prefix { $0 != quote }
                let path = value.prefix { $0 != "?" && $0 != "#" }
                let last = path.split(separator: "/").last ?? ""
                guard !value.contains("://"), !value.hasPrefix("//"), !value.hasPrefix("data:"), last.contains(".")
                else { continue }
                let absolute = path.hasPrefix("/") ? String(path) : "/" + path.drop { $0 == "." || $0 == "/" }
                if !found.contains(absolute) { found.append(absolute) }
            }
        }
        return found
    }

    /// `index-4f9d2c1b.js`, `app.3f2a9c.css`: a part of at least six characters that mixes digits and letters.
    static func hasHash(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.split(whereSeparator: { ".-_".contains($0) }).dropFirst().dropLast().contains { part in
            part.count >= 6 && part.contains(where: \.isNumber) && part.allSatisfy { $0.isLetter || $0.isNumber }
        }
    }
}
