// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The edge's routing table. Pure.
package enum RoutePlan {
    /// - Parameters:
    ///   - ports: Of the services with a process.
    ///   - files: Absolute folders of the services that are served from files.
    package static func routes(
        _ application: AppSpec, ports: [String: UInt16], files: [String: String]
    ) -> [EdgeRoute] {
        var routes: [EdgeRoute] = []
        let hasRoot = application.services.contains { $0.routes.map(normal).contains("/") }
        for service in application.services {
            guard let destination = destination(of: service, ports: ports, files: files) else { continue }
            var prefixes = service.routes.map(normal)
            // Detection gives every reachable service a route; a hand-written spec may leave the obvious one out.
            if prefixes.isEmpty, !hasRoot, !routes.contains(where: { $0.prefix == "/" }) { prefixes = ["/"] }
            routes += prefixes.map { EdgeRoute(prefix: $0, service: service.name, destination: destination) }
        }
        return routes.sorted { ($0.prefix, $0.service) < ($1.prefix, $1.service) }
    }

    private static func destination(
        of service: Service, ports: [String: UInt16], files: [String: String]
    ) -> EdgeRoute.Destination? {
        if let root = files[service.name] {
            return .files(root: root, fallback: service.role == .spa ? "index.html" : nil)
        }
        return ports[service.name].map { .upstream(port: $0) }
    }

    private static func normal(_ prefix: String) -> String {
        "/" + prefix.split(separator: "/").filter { $0 != "*" }.joined(separator: "/")
    }
}
