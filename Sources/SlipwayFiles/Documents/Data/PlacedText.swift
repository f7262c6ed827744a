// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A text of a file with the place where it stands.
public struct PlacedText: Equatable, Sendable {
    /// The text itself.
    public let text: String
    /// Where its value starts.
    public let position: SourcePosition

    /// One-based.
    public var line: Int { position.line }

    init(_ text: String, at position: SourcePosition) {
        self.text = text
        self.position = position
    }

    /// The text of a scalar; of a list of words, the words as a shell would read them.
    init?(_ node: DataNode?) {
        guard let node else { return nil }
        if let text = node.text {
            self.init(text, at: node.position)
        } else if let words = node.sequence?.compactMap(\.text), !words.isEmpty {
            self.init(words.map(ShellWord.quote).joined(separator: " "), at: node.position)
        } else {
            return nil
        }
    }
}

/// A variable that a file gives a value.
public struct PlacedVariable: Equatable, Sendable {
    /// As the environment spells it.
    public let name: String
    /// `nil` when the value comes from elsewhere.
    public let value: String?
    /// Where its entry starts.
    public let position: SourcePosition

    /// One-based.
    public var line: Int { position.line }
}
