// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// An nginx configuration, or a part of one that is included: its text and its directives.
public struct NginxFile: Equatable, Sendable {
    /// The file's text.
    public let text: String
    /// The outermost ones in file order.
    public let directives: [NginxDirective]
    /// What nginx refuses to read.
    public let diagnostics: [Diagnostic]
    /// The HTTP servers.
    public let servers: [NginxServer]
    /// The named groups of servers behind `proxy_pass`.
    public let upstreams: [NginxUpstream]
    private let upstreamPlaces: [String: Int]
    private let named: [String: [NginxDirective]]

    /// Reads any text; after a fault, what follows is read as well as it can be.
    public init(parsing text: String) {
        var reader = NginxReader(text)
        self.text = text
        directives = reader.read()
        diagnostics = reader.diagnostics
        var named: [String: [NginxDirective]] = [:]
        func visit(_ directives: [NginxDirective]) {
            for directive in directives {
                named[directive.name, default: []].append(directive)
                if let block = directive.block { visit(block) }
            }
        }
        visit(directives)
        self.named = named
        servers = (named["server"] ?? []).filter { $0.block != nil }.map(NginxServer.init)
        upstreams = (named["upstream"] ?? []).compactMap(NginxUpstream.init)
        upstreamPlaces = Dictionary(upstreams.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// Every directive of a name at any depth, in file order.
    public func all(_ name: String) -> [NginxDirective] { named[name] ?? [] }

    /// The group that `proxy_pass http://NAME` refers to.
    func upstream(_ name: String) -> NginxUpstream? { upstreamPlaces[name].map { upstreams[$0] } }
}
