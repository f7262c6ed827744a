// SPDX-License-Identifier: Apache-2.0

/// A `server` block.
public struct NginxServer: Equatable, Sendable {
    /// The block itself.
    public let directive: NginxDirective

    /// What stands after each `listen`: `80`, `[::]:443 ssl`.
    public var listens: [NginxDirective] { directive.all("listen") }
    /// Ports of all `listen` directives; 80 for an address alone.
    public var ports: [UInt16] {
        listens.compactMap { listen in
            guard let address = listen.parameters.first, !address.hasPrefix("unix:") else { return nil }
            let tail = address.hasSuffix("]") ? "" : String(address.split(separator: ":").last ?? "")
            return UInt16(tail) ?? 80
        }
    }
    /// Host names.
    public var names: [String] { directive.all("server_name").flatMap(\.parameters) }
    /// The folder that files are served from.
    public var root: String? { directive.value("root") }
    /// The locations, nested ones after the one that holds them.
    public var locations: [NginxLocation] { NginxLocation.all(in: directive) }
}

/// A `location` block.
public struct NginxLocation: Equatable, Sendable {
    /// The block itself.
    public let directive: NginxDirective
    /// `=`, `~`, `~*`, `^~`, or `nil` for a prefix.
    public let modifier: String?
    /// A path, a regular expression, or `@name`.
    public let pattern: String

    /// Where requests go: `http://app:8000`.
    public var proxyPass: NginxDirective? { directive.first("proxy_pass") }
    /// The folder that files are served from, when it has its own.
    public var root: String? { directive.value("root") }
    /// The folder that replaces the prefix.
    public var alias: String? { directive.value("alias") }
    /// What is tried in turn.
    public var tryFiles: [String] { directive.first("try_files")?.parameters ?? [] }

    init?(_ directive: NginxDirective) {
        guard directive.name == "location", directive.block != nil, let last = directive.parameters.last else {
            return nil
        }
        let first = directive.parameters[0]
        self.directive = directive
        if directive.parameters.count > 1 {
            modifier = first
            pattern = last
        } else if let glued = ["~*", "^~", "~", "="].first(where: { first.hasPrefix($0) && first.count > $0.count }) {
            modifier = glued
            pattern = String(first.dropFirst(glued.count))
        } else {
            modifier = nil
            pattern = last
        }
    }

    static func all(in directive: NginxDirective) -> [NginxLocation] {
        directive.all("location").flatMap { inner in
            (NginxLocation(inner).map { [$0] } ?? []) + all(in: inner)
        }
    }
}

/// An `upstream` block.
public struct NginxUpstream: Equatable, Sendable {
    /// The block itself.
    public let directive: NginxDirective
    /// What `proxy_pass http://NAME` refers to.
    public let name: String
    /// `app:8000`, in file order.
    public var servers: [String] { directive.all("server").compactMap(\.parameters.first) }

    init?(_ directive: NginxDirective) {
        guard directive.block != nil, let name = directive.parameters.first else { return nil }
        self.directive = directive
        self.name = name
    }
}
