// SPDX-License-Identifier: Apache-2.0

/// A mount of a Compose service.
public struct ComposeMount: Equatable, Sendable {
    /// What stands behind it.
    public enum Kind: String, Sendable { case volume, bind, tmpfs, other }

    /// What stands behind the mount.
    public let kind: Kind
    /// A volume's name or a path of the host; `nil` for an anonymous volume.
    public let source: String?
    /// Path in the container.
    public let target: String
    /// Whether the container may not write.
    public let isReadOnly: Bool
    /// Where it is written.
    public let position: SourcePosition

    /// `/data`, `name:/data:ro`, `./src:/app`, or the long form.
    init?(_ node: DataNode) {
        position = node.position
        if node.mapping != nil {
            guard let target = node["target"]?.text else { return nil }
            self.target = target
            source = node["source"]?.text
            kind = Kind(rawValue: node["type"]?.text ?? "volume") ?? .other
            isReadOnly = node["read_only"]?.bool ?? false
            return
        }
        guard let text = node.text else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else {
            kind = .volume
            source = nil
            target = text
            isReadOnly = false
            return
        }
        source = parts[0]
        target = parts[1]
        let options = parts.count > 2 ? parts[2].split(separator: ",") : []
        isReadOnly = options.contains("ro")
        let first = parts[0].first
        kind = first == "." || first == "/" || first == "~" ? .bind : .volume
    }
}
