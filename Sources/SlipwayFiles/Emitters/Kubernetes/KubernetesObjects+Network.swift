// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension KubernetesObjects {
    var ingress: FileMap? {
        guard let front = layout.front, let port = layout.port(of: front) else { return nil }
        var paths: [FileValue] = []
        for (service, routes) in layout.upstreams(behind: front) {
            for route in routes where service.strippedRoutes?.contains(route) != true {
                paths.append(path(route, service.name, layout.port(of: service) ?? port))
            }
        }
        paths.append(path("/", front.name, port))
        return ingress(layout.name, paths)
    }

    /// The routes that are taken off before the service gets a request: the annotation holds for a whole Ingress, so
    /// they have one of their own (kubernetes.github.io/ingress-nginx/examples/rewrite).
    var strippingIngress: FileMap? {
        guard let front = layout.front else { return nil }
        let paths = layout.upstreams(behind: front).flatMap { service, routes -> [FileValue] in
            routes.filter { service.strippedRoutes?.contains($0) == true }.map { route in
                path(
                    "\(route)(/|$)(.*)", service.name, layout.port(of: service) ?? Layout.conventionalPort,
                    type: "ImplementationSpecific")
            }
        }
        guard !paths.isEmpty else { return nil }
        return ingress(
            Layout.label("\(layout.name)-stripped"), paths,
            [
                "nginx.ingress.kubernetes.io/rewrite-target": "/$2",
                "nginx.ingress.kubernetes.io/use-regex": .string("true"),
            ])
    }

    private func ingress(_ name: String, _ paths: [FileValue], _ extra: FileMap = [:]) -> FileMap {
        var annotations: FileMap = [
            "nginx.ingress.kubernetes.io/proxy-body-size": .string(layout.bodyLimit),
            "nginx.ingress.kubernetes.io/proxy-read-timeout": "300",
        ]
        for entry in extra.entries { annotations.set(entry.key, entry.value) }
        var map = object("networking.k8s.io/v1", "Ingress", name, extra: ["annotations": .map(annotations)])
        map.set(
            "spec",
            [
                "ingressClassName": "nginx",
                "tls": .list([["hosts": .list([values.host]), "secretName": .string("\(layout.name)-tls")]]),
                "rules": .list([["host": values.host, "http": ["paths": .list(paths)]]]),
            ])
        return map
    }

    func path(_ path: String, _ service: String, _ port: UInt16, type: String = "Prefix") -> FileValue {
        [
            "path": .string(path), "pathType": .string(type),
            "backend": ["service": ["name": .string(service), "port": ["number": .integer(Int(port))]]],
        ]
    }

    /// Nothing talks to anything unless a policy says so; names are always resolved.
    var networkPolicies: [FileMap] {
        var deny = object("networking.k8s.io/v1", "NetworkPolicy", "\(layout.name)-default")
        deny.set(
            "spec",
            [
                "podSelector": ["matchLabels": ["app.kubernetes.io/name": .string(layout.name)]],
                "policyTypes": .texts(["Ingress"]),
            ])
        var policies = [deny]
        for service in layout.app.services {
            guard let port = layout.port(of: service) else { continue }
            policies.append(allow(service.name, port: port, from: nil))
        }
        for resource in layout.resources(of: layout.app.services) {
            guard let image = ResourceImage(resource) else { continue }
            var users = layout.app.services.filter { $0.uses.contains(resource.name) }.map(\.name)
            users += layout.images.filter { image in image.services.contains { $0.release != nil } }.map {
                "migrate-\($0.owner.name)"
            }
            if resource.kind == .postgres { users.append("backup-\(resource.name)") }
            policies.append(allow(resource.name, port: image.port, from: users.sorted()))
        }
        return policies
    }

    func allow(_ name: String, port: UInt16, from users: [String]?) -> FileMap {
        var rule: FileMap = ["ports": .list([["port": .integer(Int(port)), "protocol": "TCP"]])]
        if let users {
            rule.set(
                "from",
                .list([
                    [
                        "podSelector": [
                            "matchLabels": ["app.kubernetes.io/name": .string(layout.name)],
                            "matchExpressions": .list([
                                ["key": "app.kubernetes.io/component", "operator": "In", "values": .texts(users)]
                            ]),
                        ]
                    ]
                ]))
        }
        var map = object("networking.k8s.io/v1", "NetworkPolicy", name, component: name)
        map.set(
            "spec",
            [
                "podSelector": ["matchLabels": .map(selector(name))], "policyTypes": .texts(["Ingress"]),
                "ingress": .list([.map(rule)]),
            ])
        return map
    }
}
