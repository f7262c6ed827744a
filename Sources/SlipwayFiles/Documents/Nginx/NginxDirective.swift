// SPDX-License-Identifier: Apache-2.0

/// One directive of an nginx configuration, with its block when it has one.
public struct NginxDirective: Equatable, Sendable {
    /// `proxy_pass`, `location`, ...
    public let name: String
    /// Quotes and escapes removed.
    public let parameters: [String]
    /// Where each parameter starts.
    public let parameterPositions: [SourcePosition]
    /// What stands in its braces; `nil` when it ends in a semicolon. Lua code is one directive without a block.
    public let block: [NginxDirective]?
    /// Where the name stands.
    public let position: SourcePosition
    /// One-based line of the semicolon or the closing brace.
    public let endLine: Int
    /// UTF-8 offsets in the file's text from the name to the semicolon or closing brace, both included.
    public let range: Range<Int>

    /// One-based.
    public var line: Int { position.line }

    /// The directives of a name right inside the block.
    public func all(_ name: String) -> [NginxDirective] { (block ?? []).filter { $0.name == name } }
    /// The first of them.
    public func first(_ name: String) -> NginxDirective? { (block ?? []).first { $0.name == name } }
    /// The first parameter of the first of them.
    public func value(_ name: String) -> String? { first(name)?.parameters.first }
}
