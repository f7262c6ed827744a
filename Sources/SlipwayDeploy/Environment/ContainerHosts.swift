// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Addresses in `.env` files that lead into a Compose project: `SQL_HOST=db`, `DATABASE_URL=postgres://user@db/shop`.
///
/// Outside of containers nobody has such a name, and the server is started here anyway: its own address wins.
package struct ContainerHosts {
    private let application: AppSpec
    private let given: GivenValues

    package init(_ application: AppSpec, given: GivenValues) {
        self.application = application
        self.given = given
    }

    /// The values without every part of such addresses, because a user of one server is none of another, and a line
    /// about each resource.
    /// - Parameters:
    ///   - runs: Whether Slipway starts servers of a kind here.
    ///   - resolves: Whether a host's name leads anywhere from this machine.
    package func left(
        runs: (Resource.Kind) -> Bool, resolves: (String) -> Bool
    ) -> (given: GivenValues, notes: [String]) {
        var left = given
        var notes: [String] = []
        for resource in application.resources where runs(resource.kind) {
            let names = names(of: resource)
            guard let found = stranger(in: names, of: resource, resolves) else { continue }
            left.rootFile = left.rootFile.filter { names[$0.key] == nil }
            left.serviceFiles = left.serviceFiles.mapValues { $0.filter { names[$0.key] == nil } }
            notes.append(
                "\(found.name) in .env leads to the container \(found.host), which is not there; the "
                    + "\(resource.kind.rawValue) that Slipway starts is used in its place")
        }
        return (left, notes)
    }

    private func stranger(
        in names: [String: Bool], of resource: Resource, _ resolves: (String) -> Bool
    ) -> (name: String, host: String)? {
        let users = application.services.filter { $0.uses.contains(resource.name) }
        for service in users.isEmpty ? application.services : users {
            for (name, isHost) in names.sorted(by: { $0.key < $1.key }) {
                guard let value = given.value(of: name, for: service.name),
                    [.serviceFile, .rootFile].contains(value.source),
                    let host = Self.host(of: value.value, isHost: isHost), !resolves(host)
                else { continue }
                return (name, host)
            }
        }
        return nil
    }

    /// Every variable that says something of the resource's address, and whether it holds the host alone.
    private func names(of resource: Resource) -> [String: Bool] {
        let kind: Resource.Kind = resource.kind == .postgres ? .postgres : .redis
        let probe = ResourceAddress(kind, port: 1, user: "user", password: Secret("password"), database: "database")
        var names: [String: Bool] = [probe.usualVariable: false]
        if let name = resource.variable { names[name] = false }
        for variable in application.variables {
            let value = probe.value(
                of: variable.name, like: variable.addressExample, language: nil,
                isResourceVariable: variable.isAddress(of: resource), part: variable.statedPart(of: resource.kind))
            if let value { names[variable.name] = value == "127.0.0.1" }
        }
        return names
    }

    /// The bare name that a value gives as the host; `nil` for names with dots, numbers and this machine itself.
    private static func host(of value: String, isHost: Bool) -> String? {
        var host = value[...]
        if let server = AddressForm.server(of: value) {
            host = server.prefix { $0 != ":" && $0 != "," }
        } else if !isHost {
            return nil
        }
        let isBare = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        guard isBare, host.first?.isLetter == true, host != "localhost" else { return nil }
        return String(host)
    }
}
