// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Addresses of the API in what browsers load. The code's own default is often the developer's machine, which every
/// visitor's browser takes for its own.
extension Layout {
    /// The pages that stand before the back ends, with the paths that lead on to these.
    static func door(_ app: AppSpec) -> (service: Service, routes: [String])? {
        guard let door = app.services.first(where: { $0.role.isServedFromFiles && $0.routes.contains("/") }) else {
            return nil
        }
        let others = app.services.filter { $0.name != door.name && !$0.role.isServedFromFiles && $0.role.listens }
        return (door, others.flatMap(\.routes).filter { $0 != "/" })
    }

    /// Where the pages' own server hands a path on, the path alone is the address: it holds under every name.
    static func withRoutedAddresses(_ app: AppSpec) -> AppSpec {
        guard let door = door(app) else { return app }
        var app = app
        for index in app.variables.indices where app.variables[index].services.contains(door.service.name) {
            guard let local = PublicAddress.local(app.variables[index]), !local.isSocket,
                door.routes.contains(where: { local.path == $0 || local.path.hasPrefix($0 + "/") })
            else { continue }
            app.variables[index].default = local.path
        }
        return app
    }

    /// Whether a value is baked into the pages that must name the address at which visitors come, which only a person
    /// knows: a WebSocket's, or one to which the code itself adds the path.
    func wantsPublicAddress(_ variable: Variable) -> Bool {
        guard PublicAddress.local(variable) != nil else { return false }
        if let nameOfDoor, variable.services.contains(nameOfDoor) { return true }
        // A server that renders pages bakes the same names into what it sends to browsers.
        return BrowserVariables.contains(variable.name)
            && services(named: Set(variable.services)).contains { $0.role == .ssr }
    }

    /// The back end at an address of its own that a local address baked into pages means: nobody hands its paths on.
    func apart(_ variable: Variable) -> Service? { asked(variable).flatMap { $0.routes.isEmpty ? $0 : nil } }

    /// The back end that listens at the port of a variable's local address.
    func asked(_ variable: Variable) -> Service? {
        guard let port = Self.port(in: variable.default) else { return nil }
        return listeners.first { $0.port == port && $0.role == .backend }
    }

    /// `5000` of `http://localhost:5000/api`.
    private static func port(in address: String?) -> UInt16? {
        guard let address, let start = address.firstRange(of: "://")?.upperBound else { return nil }
        let authority = address[start...].prefix { $0 != "/" }
        return authority.split(separator: ":").last.flatMap { UInt16($0) }
    }

    /// The value for an application that is reached at a known origin.
    func publicAddress(_ variable: Variable, at origin: String) -> String? {
        guard wantsPublicAddress(variable) else { return nil }
        return PublicAddress(origin: origin).value(of: variable)
    }
}
