// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How one Fly.io application finds another on the organisation's private network.
struct FlyNetwork: Sendable {
    let layout: Layout
    /// Worked out once: a deployment of many services asks for each.
    private let front: Service?
    private let behind: Set<String>

    init(layout: Layout) {
        self.layout = layout
        front = layout.front
        behind = Set(front.map { layout.upstreams(behind: $0).map(\.service.name) } ?? [])
    }

    /// Names under `.internal` are IPv6 only and reach running machines alone; a process that binds IPv4 only is found
    /// through Flycast, where Fly's proxy stands in between and starts machines
    /// (fly.io/docs/networking/private-networking, fly.io/docs/networking/flycast).
    enum Way { case direct, flycast }

    /// Whether a service can be told to bind both families. uvicorn given `::` binds IPv6 alone (asyncio sets
    /// IPV6_V6ONLY), so health checks over IPv4 would fail; gunicorn, Node and Go bind both.
    func way(to service: Service) -> Way { bindAddress(of: service) == nil ? .flycast : .direct }

    /// What the variable of the bind address must be for `.internal` to work.
    func bindAddress(of service: Service) -> String? {
        guard service.hostVariable != nil else { return nil }
        switch service.language {
        case "javascript", "typescript", "go": return "::"
        case "python":
            // An address with a port behind it needs its brackets.
            return service.start?.hasPrefix("gunicorn ") == true && service.start?.contains("}:") == true ? "[::]" : nil
        default: return nil
        }
    }

    /// `pm-server.internal:8000`.
    func address(of service: Service) -> String {
        let app = layout.image(of: service)?.name ?? layout.name
        switch way(to: service) {
        case .direct: return "\(app).internal:\(layout.port(of: service) ?? Layout.conventionalPort)"
        // Fly's proxy answers on the port of http_service.
        case .flycast: return "\(app).flycast:80"
        }
    }

    /// Whether browsers reach the application itself; the others are reached through the door.
    func isPublic(_ image: Layout.Image) -> Bool {
        guard let front else { return false }
        if image.services.contains(where: { $0.name == front.name }) { return true }
        let isBehind = front.role.isServedFromFiles && image.services.contains { behind.contains($0.name) }
        return image.services.contains { layout.port(of: $0) != nil } && !isBehind
    }
}
