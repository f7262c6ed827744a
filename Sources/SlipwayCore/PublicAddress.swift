// SPDX-License-Identifier: Apache-2.0

/// What a browser bundle is told about where its API is: the application's one address.
package struct PublicAddress: Equatable, Sendable {
    /// `http://localhost:8080`, without a slash at the end.
    package let origin: String

    package init(origin: String) { self.origin = origin }

    /// The value of a build variable that holds the API's address, or `nil` when the variable is something else.
    ///
    /// The path of the code's own default is kept (`http://localhost:8000/api/v1` becomes this origin and `/api/v1`).
    /// A relative default works behind one address as it is.
    package func value(of variable: Variable) -> String? {
        guard variable.phase != .run, Self.isAddress(variable) else { return nil }
        guard let given = variable.default, !given.isEmpty else { return scheme(isSocket: isSocket(variable)) }
        guard let local = Self.local(given) else { return nil }
        return scheme(isSocket: local.isSocket) + local.path
    }

    /// What a bundle's own default says of its API on the developer's machine, which every visitor's browser would take
    /// for its own: `/api` of `http://localhost:5000/api`, empty without a path. `nil` for anything else.
    package static func local(_ variable: Variable) -> (path: String, isSocket: Bool)? {
        guard variable.phase != .run, isAddress(variable) else { return nil }
        return variable.default.flatMap(local)
    }

    private static func local(_ given: String) -> (path: String, isSocket: Bool)? {
        guard let end = given.firstRange(of: "://")?.upperBound, isLocal(given[end...]) else { return nil }
        return (given[end...].firstIndex(of: "/").map { String(given[$0...]) } ?? "", given.hasPrefix("ws"))
    }

    private func scheme(isSocket: Bool) -> String {
        guard isSocket, let range = origin.firstRange(of: "http") else { return origin }
        return origin.replacingCharacters(in: range, with: "ws")
    }

    private func isSocket(_ variable: Variable) -> Bool {
        Self.words(variable.name).contains { $0 == "WS" || $0.hasSuffix("SOCKET") }
    }

    /// `VITE_API_URL`, `REACT_APP_BACKEND_HOST`, `NEXT_PUBLIC_SERVER_BASE`, but not `VITE_MAPS_API_KEY`.
    private static func isAddress(_ variable: Variable) -> Bool {
        let words = words(variable.name)
        if isOfSite(words) { return variable.default?.isEmpty == false }
        let subjects: Set<Substring> = ["API", "BACKEND", "SERVER", "WS", "WEBSOCKET", "SOCKET", "GRAPHQL"]
        let shapes: Set<Substring> = ["URL", "URI", "BASE", "HOST", "ENDPOINT", "ORIGIN", "BASEURL", "ADDRESS"]
        return words.contains(where: subjects.contains) && words.contains(where: shapes.contains)
    }

    /// `NEXT_PUBLIC_APP_URL`, `VITE_SITE_URL`, `NUXT_PUBLIC_BASE_URL`: where the application itself is.
    private static func isOfSite(_ words: [Substring]) -> Bool {
        let prefixes: [[Substring]] = [["VITE"], ["NEXT", "PUBLIC"], ["NUXT", "PUBLIC"], ["REACT", "APP"]]
        guard let prefix = prefixes.first(where: words.starts) else { return false }
        let rest = words.dropFirst(prefix.count)
        let own: Set<Substring> = ["APP", "SITE", "WEB", "WEBSITE", "FRONTEND", "CLIENT", "BASE"]
        return rest.count == 2 && own.contains(rest[rest.startIndex]) && ["URL", "ORIGIN"].contains(rest.last)
    }

    /// A default that names somebody else's host is theirs to keep.
    private static func isLocal(_ rest: Substring) -> Bool {
        let host = rest.prefix { $0 != "/" && $0 != ":" }
        return ["localhost", "127.0.0.1", "0.0.0.0"].contains(host) || !host.contains(".")
    }

    private static func words(_ name: String) -> [Substring] { name.uppercased().split(separator: "_") }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
