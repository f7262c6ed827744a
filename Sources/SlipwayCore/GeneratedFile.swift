// SPDX-License-Identifier: Apache-2.0

/// One deployment file as it would be written: a pure result, nothing is on disk yet.
public struct GeneratedFile: Codable, Equatable, Sendable {
    /// Relative to the application's root, with `/`.
    public var path: String
    /// The whole text, with `\n` line ends and one at the end.
    public var contents: String
    /// Whether the file's mode gets its executable bits.
    public var isExecutable: Bool

    package init(path: String, contents: String, isExecutable: Bool = false) {
        self.path = path
        self.contents = contents
        self.isExecutable = isExecutable
    }
}
