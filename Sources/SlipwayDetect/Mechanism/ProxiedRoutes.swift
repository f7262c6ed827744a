// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the development servers of the pages hand on, by the back end that it leads to.
struct ProxiedRoutes {
    private var byService: [String: [(path: ProxiedPath, origin: Origin)]] = [:]

    /// - Parameter own: The paths that a service answers as its code says, by its name.
    init(
        _ proxied: [(path: ProxiedPath, origin: Origin)], among services: [Service], own: (String) -> [String]
    ) {
        let listening = services.filter { $0.role == .backend }
        for found in proxied where found.path.isOwn {
            guard let target = Self.target(of: found.path, among: listening) else { continue }
            var found = found
            // A prefix that the code's own paths begin with is not one that it never sees.
            let knowsPrefix = own(target.name).contains { path in
                path == found.path.prefix || path.hasPrefix(found.path.prefix + "/")
            }
            if knowsPrefix { found.path.isStripped = false }
            byService[target.name, default: []].append(found)
        }
    }

    private static func target(of path: ProxiedPath, among listening: [Service]) -> Service? {
        if listening.count == 1 { return listening.first }
        if let host = path.host, let named = listening.first(where: { $0.name == host }) { return named }
        let onPort = listening.filter { $0.port != nil && $0.port == path.port }
        return onPort.count == 1 ? onPort.first : nil
    }

    /// The routes of a service, where the development server changes the path or the code itself says nothing.
    func routes(
        of service: String, knownInCode: Bool
    ) -> (routes: [String], stripped: [String], origin: Origin)? {
        guard let found = byService[service], let first = found.first(where: \.path.isStripped) ?? found.first,
            first.path.isStripped || !knownInCode
        else { return nil }
        // Where two development servers do not agree, the one that changes nothing is believed.
        let kept = Set(found.filter { !$0.path.isStripped }.map(\.path.prefix))
        let stripped = Set(found.map(\.path.prefix)).subtracting(kept)
        guard knownInCode == false || !stripped.isEmpty else { return nil }
        var origin = first.origin
        origin.why = "\(origin.why)\(first.path.isStripped ? " without \(first.path.prefix)" : "")"
        return (kept.union(stripped).sorted(), stripped.sorted(), origin)
    }
}
