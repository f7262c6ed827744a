// SPDX-License-Identifier: Apache-2.0

/// `registry/path/name:tag@digest`, taken apart.
struct ImageName: Equatable, Sendable {
    /// `ghcr.io` or `localhost:5000`; empty for Docker Hub.
    let registry: String
    /// Without the registry and without `library/`: `bitnami/postgresql`.
    let repository: String
    let tag: String?
    let digest: String?

    init(_ text: String) {
        let halves = text.split(separator: "@", maxSplits: 1).map(String.init)
        digest = halves.count > 1 ? halves[1] : nil
        var rest = halves.first ?? ""
        let slash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[slash...].lastIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = String(rest[..<colon])
        } else {
            tag = nil
        }
        var parts = rest.split(separator: "/").map(String.init)
        let first = parts.first ?? ""
        if parts.count > 1, first.contains(".") || first.contains(":") || first == "localhost" {
            registry = first
            parts.removeFirst()
        } else {
            registry = ""
        }
        if parts.count > 1, parts[0] == "library" { parts.removeFirst() }
        repository = parts.joined(separator: "/")
    }

    /// The last component: `postgresql` of `bitnami/postgresql`.
    var name: String { repository.split(separator: "/").last.map(String.init) ?? repository }
    /// Whether the next pull can bring something else of any kind: no tag, or one that always moves.
    var isMoving: Bool { digest == nil && (tag == nil || tag == "latest") }
    /// Whether it is built on Alpine.
    var isAlpine: Bool { name == "alpine" || tag?.contains("alpine") == true }
    /// `15` of `15.2-alpine`; `nil` without one.
    var majorVersion: Int? {
        guard let tag else { return nil }
        return Int(tag.drop { $0 == "v" }.prefix { $0.isASCII && $0.isNumber })
    }
}
