// SPDX-License-Identifier: Apache-2.0

/// The health check of a Compose service.
public struct ComposeHealthcheck: Equatable, Sendable {
    /// The words to run, or one shell text; empty when it only changes the image's check.
    public let test: [String]
    /// Whether ``test`` is one text for a shell.
    public let isShell: Bool
    /// Whether the image's check is switched off.
    public let isDisabled: Bool
    /// The whole entry: `interval`, `timeout`, `retries`, `start_period`.
    public let node: DataNode

    /// Where it stands.
    public var position: SourcePosition { node.position }

    init?(_ node: DataNode) {
        guard node.mapping != nil else { return nil }
        self.node = node
        let words = node["test"]?.sequence?.compactMap(\.text)
        let first = words?.first
        isDisabled = node["disable"]?.bool == true || first == "NONE" || node["test"]?.text == "NONE"
        if let words {
            isShell = first == "CMD-SHELL"
            test = Array(words.dropFirst())
        } else {
            isShell = true
            test = node["test"]?.text.map { [$0] } ?? []
        }
    }
}
