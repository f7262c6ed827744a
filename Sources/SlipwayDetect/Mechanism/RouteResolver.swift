// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Divides the paths under the application's one address among its services.
struct RouteResolver {
    let candidates: [Candidate]
    let names: [Subject: String]

    func add(to spec: inout AppSpec) {
        let sites = spec.services.filter { $0.role.isServedFromFiles || $0.role == .ssr }
        let root = sites.first { $0.role == .spa } ?? sites.first { $0.role == .ssr } ?? sites.first
        var taken: Set<String> = root == nil ? [] : ["/"]
        let listening = spec.services.filter { $0.role == .backend }
        let handed = ProxiedRoutes(candidates.flatMap(\.proxied), among: spec.services, own: { paths(of: $0) })
        let pages = Set(root.map { Self.prefixes(of: candidate(of: $0.name)?.pages ?? []) } ?? [])
        for index in spec.services.indices {
            dropUnansweredHealth(of: index, &spec)
            let service = spec.services[index]
            var routes: [String] = []
            if service.name == root?.name {
                routes = ["/"]
            } else if service.role == .backend {
                let own = Self.prefixes(of: paths(of: service.name))
                routes = root == nil && listening.count == 1 ? ["/"] : own.filter { !taken.contains($0) }
                // Nothing is known of it; what is known and taken is no reason to make something up.
                if routes.isEmpty, own.isEmpty || root == nil { routes = taken.contains("/") ? ["/api"] : ["/"] }
                routes = routes.filter { !taken.contains($0) }
                // What nobody read in the code, the development server of the pages knows.
                if let told = handed.routes(of: service.name, knownInCode: !own.isEmpty), root != nil {
                    let free = told.routes.filter { !taken.contains($0) }
                    guard !free.isEmpty else { continue }
                    spec.services[index].routes = free
                    let stripped = told.stripped.filter(free.contains)
                    if !stripped.isEmpty { spec.services[index].strippedRoutes = stripped }
                    spec.origins["services.\(service.name).routes"] = told.origin
                    taken.formUnion(free)
                    continue
                }
                // Nothing tells a page from an answer of the API at the same path; the API has an address of its own.
                if let shared = own.first(where: pages.contains), let root {
                    spec.diagnostics.append(.pageAndRoute(shared, of: service.name, page: root.name))
                    continue
                }
            } else if service.role == .ssr {
                // Its pages and scripts begin at the root of its address unless it was built for another place: two of
                // them share an address only where one says so.
                routes = Self.prefixes(of: paths(of: service.name)).filter { !taken.contains($0) }
            } else if service.role != .worker, service.role != .cron {
                routes = ["/" + service.name]
            }
            taken.formUnion(routes)
            spec.services[index].routes = routes.sorted()
            if let first = routes.first {
                spec.origins["services.\(service.name).routes"] = Origin(
                    why: first == "/" ? "answers what nobody else does" : "first parts of the paths it answers",
                    confidence: Confidence.code)
            }
        }
    }

    private func paths(of name: String) -> [String] { candidate(of: name)?.paths ?? [] }

    private func candidate(of name: String) -> Candidate? {
        guard let subject = names.first(where: { $0.value == name })?.key else { return nil }
        return candidates.first { $0.subject == subject }
    }

    /// A health check that somebody wrote elsewhere asks `/`, and the code answers other paths only: whatever waits for
    /// it would wait for ever.
    private func dropUnansweredHealth(of index: Int, _ spec: inout AppSpec) {
        let service = spec.services[index]
        let known = paths(of: service.name)
        guard service.role == .backend, service.healthPath == "/", !known.isEmpty, !known.contains("/") else { return }
        spec.services[index].healthPath = nil
        spec.origins["services.\(service.name).healthPath"] = nil
    }

    /// First segments of paths: `/api/v1/users` and `/api/login` give `/api`. A path of parameters only has none.
    static func prefixes(of paths: [String]) -> [String] {
        let firsts = paths.compactMap { path -> String? in
            guard let first = path.split(separator: "/").first, !first.hasPrefix("{"), !first.hasPrefix(":"),
                !first.hasPrefix("<"), !first.hasPrefix("*")
            else { return nil }
            return "/" + first
        }
        return Set(firsts).sorted()
    }
}
