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

    /// Reads any text; after a fault, what follows is read as well as it can be.
    public init(parsing text: String) {
        var reader = NginxReader(text)
        self.text = text
        directives = reader.read()
        diagnostics = reader.diagnostics
    }

    /// Every directive of a name at any depth, in file order.
    public func all(_ name: String) -> [NginxDirective] {
        var found: [NginxDirective] = []
        func visit(_ directives: [NginxDirective]) {
            for directive in directives {
                if directive.name == name { found.append(directive) }
                if let block = directive.block { visit(block) }
            }
        }
        visit(directives)
        return found
    }

    /// The HTTP servers.
    public var servers: [NginxServer] { all("server").filter { $0.block != nil }.map(NginxServer.init) }
    /// The named groups of servers behind `proxy_pass`.
    public var upstreams: [NginxUpstream] { all("upstream").compactMap(NginxUpstream.init) }
}
