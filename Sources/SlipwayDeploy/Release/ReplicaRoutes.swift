// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Routes that several processes of a service share. Pure.
enum ReplicaRoutes {
    /// - Parameters:
    ///   - routes: With one process a service.
    ///   - ports: Where the processes of the release listen, by ``ReleaseProcess/instance``.
    static func shared(_ routes: [EdgeRoute], by plan: DeployPlan, ports: [String: UInt16]) -> [EdgeRoute] {
        routes.map { route in
            let instances = plan.instances(of: route.service)
            var route = route
            route.process = name(route.service, plan)
            guard instances.count > 1, case .upstream = route.destination else { return route }
            route.destination = .upstreams(
                instances.compactMap { instance in
                    ports[instance].map { EdgeUpstream(port: $0, process: name(instance, plan)) }
                })
            return route
        }
    }

    /// The old routes, with the first processes of the new release in the place of the first of the old one.
    /// - Parameter replaced: How many, by service. With all of them nothing of the old one is left.
    static func rolled(old: [EdgeRoute], new: [EdgeRoute], replaced: [String: Int]) -> [EdgeRoute] {
        old.map { route in
            let joining = new.first { $0.prefix == route.prefix && $0.service == route.service }?.upstreams ?? []
            let count = replaced[route.service] ?? 0
            guard count > 0, !joining.isEmpty, !route.upstreams.isEmpty else { return route }
            let staying = count < joining.count ? route.upstreams.filter { replica($0) > count } : []
            var rolled = route
            rolled.destination = .upstreams(joining.prefix(count) + staying)
            return rolled
        }
    }

    private static func replica(_ upstream: EdgeUpstream) -> Int {
        upstream.process.map(ReleaseProcess.init)?.replica ?? 1
    }

    private static func name(_ instance: String, _ plan: DeployPlan) -> String {
        ReleaseProcess(instance: instance, release: plan.release).description
    }
}
