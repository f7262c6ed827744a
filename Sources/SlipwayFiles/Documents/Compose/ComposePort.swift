// SPDX-License-Identifier: Apache-2.0

/// A published port of a Compose service.
public struct ComposePort: Equatable, Sendable {
    /// The host's address; `nil` for all of them.
    public let address: String?
    /// The host's port, `nil` when Docker picks one; the first of a range.
    public let published: UInt16?
    /// Whether a variable without a default gives the host's port.
    public let isPublishedByVariable: Bool
    /// The container's port; the first of a range.
    public let target: UInt16
    /// `tcp` or `udp`.
    public let `protocol`: String
    /// Where it is written.
    public let position: SourcePosition

    /// `8000`, `80:8000`, `127.0.0.1:80-81:8000-8001/udp`, `[::1]:80:8000`, or the long form.
    init?(_ node: DataNode) {
        position = node.position
        if node.mapping != nil {
            guard let target = Self.port(node["target"]?.text) else { return nil }
            self.target = target
            published = Self.port(node["published"]?.text)
            isPublishedByVariable = published == nil && node["published"]?.text != nil
            address = node["host_ip"]?.text
            `protocol` = node["protocol"]?.text ?? "tcp"
            return
        }
        guard let text = node.text else { return nil }
        let halves = text.split(separator: "/", maxSplits: 1)
        guard let ports = halves.first else { return nil }
        `protocol` = halves.count > 1 ? String(halves[1]) : "tcp"
        let parts = Self.split(ports)
        guard let last = parts.last, let target = Self.port(last) else { return nil }
        self.target = target
        published = parts.count > 1 ? Self.port(parts[parts.count - 2]) : nil
        // `${DB_PORT}:5432` with nothing for the variable is `:5432`, and the author means a port all the same.
        isPublishedByVariable = parts.count == 2 && published == nil
        address = parts.count > 2 ? parts[0] : nil
    }

    private static func split(_ text: Substring) -> [String] {
        guard text.hasPrefix("["), let end = text.firstIndex(of: "]") else {
            return text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
        let address = text[text.index(after: text.startIndex)..<end]
        let rest = text[text.index(after: end)...].drop { $0 == ":" }
        return [String(address)] + rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }

    private static func port(_ text: String?) -> UInt16? { text.flatMap { UInt16($0.prefix { $0 != "-" }) } }
}
