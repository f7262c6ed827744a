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
        guard let nameOfDoor, variable.services.contains(nameOfDoor) else { return false }
        return PublicAddress.local(variable) != nil
    }

    /// The value for an application that is reached at a known origin.
    func publicAddress(_ variable: Variable, at origin: String) -> String? {
        guard wantsPublicAddress(variable) else { return nil }
        return PublicAddress(origin: origin).value(of: variable)
    }
}
