// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An nginx of the machine itself, which speaks TLS and passes requests on to published ports.
enum HostProxies {
    /// Published ports of the file that lead past it.
    static func passedBy(_ file: CheckedFile<ComposeFile>) -> [Violation] {
        // What stands beside a file for production is for trying it out.
        let isBeside =
            !DevelopmentPath.isProduction(file.location)
            && file.repository.composeFiles.contains { DevelopmentPath.isProduction($0.location) }
        guard !isBeside else { return [] }
        let targets = targets(in: file.repository)
        guard !targets.isEmpty else { return [] }
        return file.services.flatMap { service -> [Violation] in
            guard file.known(service) == nil else { return [] }
            return service.ports.compactMap { port in
                guard port.isOpen, let published = port.published, let proxy = targets[published] else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(proxy) passes requests to \(published) on, and everybody reaches it past the proxy; "
                        + "write: 127.0.0.1:\(published):\(port.target)")
            }
        }
    }

    /// Ports of the machine that a configuration with TLS asks, and where that stands.
    private static func targets(in repository: CheckedRepository) -> [UInt16: String] {
        var found: [UInt16: String] = [:]
        let mounted = Set(
            repository.composeFiles.flatMap { compose in
                compose.services.flatMap(\.mounts).compactMap { $0.source.flatMap(compose.resolve) }
            })
        for file in repository.nginxFiles
        where !DevelopmentPath.isLikely(file.location) && !mounted.contains(file.location)
            && file.text.contains("ssl_certificate")
        {
            for target in ProxyTargets.of(file) where ["localhost", "127.0.0.1"].contains(target.host) {
                if let port = target.port { found[port] = file.location }
            }
        }
        return found
    }
}
