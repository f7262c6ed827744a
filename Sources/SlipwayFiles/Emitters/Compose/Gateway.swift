// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One address for several services that share it by path, or for one that leaves files to others, where no front end of
/// files is their door already.
struct Gateway {
    static let name = "gateway"
    static let file = "deploy/gateway/nginx.conf"
    /// What it answers for itself; every other path belongs to a service.
    static let healthPath = "/gateway-health"

    let upstreams: [(service: Service, routes: [String])]
    private let layout: Layout

    /// - Returns: `nil` when there is nothing to share, or two services want one path.
    init?(_ layout: Layout) {
        guard let front = layout.front, !front.role.isServedFromFiles,
            !layout.app.services.contains(where: { $0.name == Self.name }),
            !layout.app.resources.contains(where: { $0.name == Self.name })
        else { return nil }
        let routed = layout.listeners.filter { !$0.routes.isEmpty && !$0.role.isServedFromFiles }
        let routes = routed.flatMap(\.routes)
        guard routed.count > 1 || !layout.doorFolders.isEmpty, Set(routes).count == routes.count else { return nil }
        self.layout = layout
        upstreams = routed.map { ($0, $0.routes.sorted()) }
    }

    /// The whole `nginx.conf`.
    var configuration: String {
        let site = NginxSite(
            files: nil, root: "", upstreams: upstreams,
            address: { [layout] in "\($0.name):\(layout.port(of: $0) ?? Layout.conventionalPort)" },
            listens: [["\(Layout.fileServerPort)"]], resolver: NginxEmitter.docker, serverNames: ["_"],
            healthPath: Self.healthPath, prefix: "", bodyLimit: layout.bodyLimit, folders: layout.doorFolders)
        let names = upstreams.map(\.service.name).joined(separator: " and ")
        return NginxEmitter.whole(
            site, "The one address of \(names). Runs without root on port \(Layout.fileServerPort).")
    }
}
