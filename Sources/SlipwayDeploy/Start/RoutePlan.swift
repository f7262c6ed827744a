// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The edge's routing table. Pure.
package enum RoutePlan {
    /// - Parameters:
    ///   - ports: Of the services with a process.
    ///   - files: Absolute folders of the services that are served from files.
    ///   - source: Absolute folder of the code that the processes run; `nil` where they run in containers, whose files
    ///     the edge cannot see.
    package static func routes(
        _ application: AppSpec, ports: [String: UInt16], files: [String: String], source: String?
    ) -> [EdgeRoute] {
        var routes: [EdgeRoute] = []
        let hasRoot = application.services.contains { $0.routes.map(normal).contains("/") }
        for service in application.services {
            guard let destination = destination(of: service, ports: ports, files: files) else { continue }
            var prefixes = service.routes.map(normal)
            // Detection gives every reachable service a route; a hand-written spec may leave the obvious one out.
            if prefixes.isEmpty, !hasRoot, !routes.contains(where: { $0.prefix == "/" }) { prefixes = ["/"] }
            let stripped = Set((service.strippedRoutes ?? []).map(normal))
            routes += prefixes.map {
                EdgeRoute(
                    prefix: $0, service: service.name, destination: destination, stripsPrefix: stripped.contains($0))
            }
            guard let source else { continue }
            routes += publicFolders(of: service, in: source)
        }
        return routes.sorted { ($0.prefix, $0.service) < ($1.prefix, $1.service) }
    }

    /// Files that the service's process leaves to whoever stands before it.
    private static func publicFolders(of service: Service, in source: String) -> [EdgeRoute] {
        (service.publicFolders ?? []).map { folder in
            EdgeRoute(
                prefix: normal(folder.path), service: service.name,
                destination: .files(root: place(of: folder, of: service, in: source), fallback: nil),
                stripsPrefix: true, holdsUploads: service.writes(folder))
        }
    }

    /// Where the files of a folder lie, as an absolute path.
    static func place(of folder: PublicFolder, of service: Service, in source: String) -> String {
        ([source] + (service.directory == "." ? [] : [service.directory]) + [folder.directory]).joined(separator: "/")
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
