// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where an nginx configuration sends requests.
enum ProxyTargets {
    struct Target {
        let host: String
        let port: UInt16?
        let line: Int
    }

    /// Literal hosts of `proxy_pass` and of `upstream` servers; variables are left out.
    static func of(_ file: CheckedFile<NginxFile>) -> [Target] {
        let groups = Set(file.document.upstreams.map(\.name))
        var found: [Target] = []
        for upstream in file.document.upstreams {
            for server in upstream.directive.all("server") {
                if let address = server.parameters.first { add(address, server.line, &found) }
            }
        }
        for name in ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass"] {
            for pass in file.document.all(name) {
                guard var address = pass.parameters.first else { continue }
                for scheme in ["http://", "https://", "grpc://", "uwsgi://"] where address.hasPrefix(scheme) {
                    address.removeFirst(scheme.count)
                }
                let host = String(address.prefix { $0 != ":" && $0 != "/" && $0 != "$" })
                guard !groups.contains(host) else { continue }
                add(String(address.prefix { $0 != "/" }), pass.line, &found)
            }
        }
        return found
    }

    private static func add(_ address: String, _ line: Int, _ found: inout [Target]) {
        guard !address.hasPrefix("unix:"), !address.contains("$"), !address.contains("{"), !address.hasPrefix("[")
        else {
            return
        }
        let parts = address.split(separator: ":").map(String.init)
        guard let host = parts.first, !host.isEmpty else { return }
        found.append(Target(host: host, port: parts.count > 1 ? UInt16(parts[1]) : 80, line: line))
    }
}

/// The request that a health check makes.
struct HealthRequest {
    let file: String
    let line: Int
    let port: UInt16?
    /// `/` at least.
    let path: String

    /// The check of the Compose service, or the image's own.
    static func of(_ unit: DeployedUnit) -> HealthRequest? {
        if let check = unit.service?.healthcheck, let compose = unit.compose, let test = check.node["test"] {
            return HealthRequest(check.test.joined(separator: " "), compose.location, test.line)
        }
        guard let check = unit.instructions.last(where: { $0.keyword == "HEALTHCHECK" }) else { return nil }
        return HealthRequest(check.command.joined(separator: " "), unit.dockerfile.location, check.line)
    }

    /// The first address in a command.
    init?(_ text: String, _ file: String, _ line: Int) {
        let expanded = Interpolation.expand(text) { _ in nil }
        for scheme in ["http://", "https://"] {
            guard let start = Self.index(of: scheme, in: expanded) else { continue }
            let rest = expanded[expanded.index(start, offsetBy: scheme.count)...].prefix {
                !$0.isWhitespace && $0 != "'" && $0 != "\"" && $0 != ")" && $0 != "`" && $0 != ","
            }
            let host = rest.prefix { $0 != "/" }
            guard
                host.hasPrefix("localhost") || host.hasPrefix("127.0.0.1") || host.hasPrefix("0.0.0.0")
                    || host.hasPrefix("[::1]")
            else { return nil }
            let tail = rest.dropFirst(host.count)
            self.file = file
            self.line = line
            // A port that a variable gives is not known here.
            let isOpen = text.contains("$") && host.hasSuffix(":")
            if isOpen { return nil }
            port =
                host.contains(":") && !host.hasPrefix("[")
                ? UInt16(host.split(separator: ":").last ?? "") : scheme == "http://" ? 80 : 443
            path = tail.isEmpty ? "/" : String(tail.prefix { $0 != "?" && $0 != "#" })
            return
        }
        return nil
    }

    private static func index(of needle: String, in text: String) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(needle) { return index }
            index = text.index(after: index)
        }
        return nil
    }
}
