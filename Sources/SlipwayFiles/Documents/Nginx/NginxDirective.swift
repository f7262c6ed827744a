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
    /// Places by name, for long blocks only: rules ask each of them for a dozen names, for every location in it.
    private let places: [String: [Int]]?
    private static let longestUnindexed = 16

    init(
        name: String, parameters: [String], parameterPositions: [SourcePosition], block: [NginxDirective]?,
        position: SourcePosition, endLine: Int, range: Range<Int>
    ) {
        self.name = name
        self.parameters = parameters
        self.parameterPositions = parameterPositions
        self.block = block
        self.position = position
        self.endLine = endLine
        self.range = range
        guard let block, block.count > Self.longestUnindexed else {
            places = nil
            return
        }
        places = Dictionary(grouping: block.indices) { block[$0].name }
    }

    /// One-based.
    public var line: Int { position.line }

    /// The directives of a name right inside the block.
    public func all(_ name: String) -> [NginxDirective] {
        guard let block else { return [] }
        guard let places else { return block.filter { $0.name == name } }
        return (places[name] ?? []).map { block[$0] }
    }
    /// The first of them.
    public func first(_ name: String) -> NginxDirective? {
        guard let block else { return nil }
        guard let places else { return block.first { $0.name == name } }
        return places[name]?.first.map { block[$0] }
    }
    /// The first parameter of the first of them.
    public func value(_ name: String) -> String? { first(name)?.parameters.first }
}
