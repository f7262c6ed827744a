// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Routes under which a new release gets a small share of the requests, whoever they come from. Pure.
enum CanaryRoutes {
    /// - Parameter share: Percent of the requests of each route that both releases answer; the old one keeps the rest
    ///   and whatever it alone answers.
    static func mixed(old: [EdgeRoute], new: [EdgeRoute], share: Int) -> [EdgeRoute] {
        old.map { route in
            let joining = new.first { $0.prefix == route.prefix }?.upstreams ?? []
            let staying = route.upstreams
            guard !joining.isEmpty, !staying.isEmpty else { return route }
            var mixed = route
            mixed.destination = .upstreams(
                staying.map {
                    EdgeUpstream(port: $0.port, weight: (100 - share) * joining.count, process: $0.process)
                } + joining.map { EdgeUpstream(port: $0.port, weight: share * staying.count, process: $0.process) })
            return mixed
        }
    }
}
