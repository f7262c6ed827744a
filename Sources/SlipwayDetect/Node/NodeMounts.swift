// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which router of a Node program is mounted on which, and under what prefix.
struct NodeMounts {
    struct Mount {
        /// The file, or one router of it: `routes.js#apiRouter`.
        var parent: String
        var prefix: String
        var child: String
        /// The property of what the child's file exports: `api` of `routes.api`.
        var member: String?
    }

    private var mounts: [Mount] = []
    /// Routers that each file hands out, by the names under which it does.
    private var exported: [String: [String: String]] = [:]
    /// Routers, which answer nothing until somebody mounts them.
    private var routers: Set<String> = []
    /// What routers bring along themselves: `new Router({ prefix: "/users" })`.
    private var ownPrefixes: [String: String] = [:]

    mutating func add(_ mount: Mount) { mounts.append(mount) }

    mutating func add(_ file: NodeRouterFile) {
        mounts += file.handedOn
        exported[file.path] = file.exported
        for (name, prefix) in file.prefixes { ownPrefixes[file.node(name)] = prefix }
        routers.formUnion(file.routers.map(file.node))
    }

    /// Every route under every prefix by which its router is mounted.
    ///
    /// Where some routers are seen to be mounted, others that are not are mounted by code that we do not understand, or
    /// not at all: their paths begin somewhere else.
    func joined(_ own: [String: [NodeRoutes.Route]]) -> [NodeRoutes.Route] {
        let resolved = mounts.map(self.resolved)
        let seen = own.keys.contains {
            routers.contains($0) && !prefixes(of: $0, resolved, depth: 0, isStrict: true).isEmpty
        }
        return own.sorted { $0.key < $1.key }.flatMap { path, routes in
            prefixes(of: path, resolved, depth: 0, isStrict: seen).flatMap { prefix in
                routes.map {
                    NodeRoutes.Route(path: NodeRoutes.join(prefix, $0.path), file: $0.file, line: $0.line)
                }
            }
        }
    }

    /// The mount of one exported router where the name says which.
    private func resolved(_ mount: Mount) -> Mount {
        guard let member = mount.member else { return mount }
        // `module.exports = require("./routes")` hands the routers of another file on.
        let files = [mount.child] + mounts.filter { $0.parent == mount.child && $0.prefix.isEmpty }.map(\.child)
        for file in files {
            guard let router = exported[file]?[member] else { continue }
            var changed = mount
            changed.child = "\(file)#\(router)"
            return changed
        }
        return mount
    }

    /// Who mounts a router by name, or the whole file.
    private static func places(of path: String, _ mounts: [Mount]) -> [Mount] {
        let file = path.split(separator: "#").first.map(String.init) ?? path
        let named = mounts.filter { $0.child == path && $0.parent != path }
        return named.isEmpty
            ? mounts.filter { $0.child == file && $0.parent != file && !$0.parent.hasPrefix(file + "#") } : named
    }

    /// - Parameter isStrict: A router without a place has no prefix at all, not even the empty one.
    private func prefixes(of path: String, _ mounts: [Mount], depth: Int, isStrict: Bool) -> [String] {
        let own = ownPrefixes[path] ?? ""
        let places = depth < Self.deepest ? Self.places(of: path, mounts) : []
        guard !places.isEmpty else { return isStrict && routers.contains(path) ? [] : [own] }
        return Set(
            places.flatMap { place in
                prefixes(of: place.parent, mounts, depth: depth + 1, isStrict: isStrict).map { $0 + place.prefix + own }
            }
        ).sorted()
    }

    private static let deepest = 6
}
