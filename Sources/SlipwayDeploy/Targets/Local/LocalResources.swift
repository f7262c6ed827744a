// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The databases and caches that Slipway itself runs for an application.
struct LocalResources: Sendable {
    /// By resource name.
    var addresses: [String: ResourceAddress] = [:]
    /// Resources that somebody else runs: their address was given.
    var external: Set<String> = []
}

/// Decides which resources have to be run here, and where. Pure, but for the choice of free ports.
struct ResourceChoice {
    /// Resources that are no process: a file below the service's folder, or somebody's hosted service.
    private static let withoutProcess: Set<Resource.Kind> = [.sqlite, .external, .s3]

    let application: AppSpec
    let given: GivenValues

    /// - Parameters:
    ///   - password: The stored or a new password for a resource.
    ///   - choosePort: A free port for a resource.
    /// - Throws: ``SlipwayError`` `databaseFailed` for a resource that must be given and is not.
    func resources(
        password: (String) -> Secret, choosePort: (String) throws -> UInt16, hasRedis: Bool
    ) throws -> (resources: LocalResources, notes: [String]) {
        var result = LocalResources()
        var notes: [String] = []
        var clusterPort: UInt16?
        for resource in application.resources where !Self.withoutProcess.contains(resource.kind) {
            if isGiven(resource) {
                result.external.insert(resource.name)
                continue
            }
            switch resource.kind {
            case .postgres:
                let name = databaseName(of: resource)
                // One cluster holds the databases of all resources of this kind.
                let port = try clusterPort ?? choosePort(resource.name)
                clusterPort = port
                result.addresses[resource.name] = ResourceAddress(
                    .postgres, port: port, user: name, password: password(resource.name),
                    database: name)
            case .redis where hasRedis, .valkey where hasRedis:
                result.addresses[resource.name] = ResourceAddress(.redis, port: try choosePort(resource.name))
            default:
                guard !isRequired(resource) else { throw mustBeGiven(resource) }
                result.external.insert(resource.name)
                let place = resource.fixedAddress.map { "the code looks for it at \($0.host)" }
                notes.append(
                    "\(resource.name) (\(resource.kind.rawValue)) is not started; "
                        + (place ?? "the code's default is used"))
            }
        }
        return (result, notes)
    }

    /// Whether any value that says where the resource is was given for a service that uses it.
    private func isGiven(_ resource: Resource) -> Bool {
        let kind: Resource.Kind = resource.kind == .postgres ? .postgres : .redis
        let probe = ResourceAddress(kind, port: 1)
        var names = Set([resource.variable].compactMap(\.self))
        if [.postgres, .redis, .valkey].contains(resource.kind) {
            names.insert(probe.usualVariable)
            for variable in application.variables {
                let value = probe.value(
                    of: variable.name, like: nil, language: nil, isResourceVariable: variable.isAddress(of: resource),
                    part: variable.statedPart(of: resource.kind))
                if value == probe.url || value == "127.0.0.1" { names.insert(variable.name) }
            }
        }
        names.formUnion(application.variables.filter { $0.part(of: resource.kind) == .host }.map(\.name))
        return names.contains { name in
            readers(of: resource).contains { given.value(of: name, for: $0)?.value.isEmpty == false }
        }
    }

    private func readers(of resource: Resource) -> [String] {
        let users = application.services.filter { $0.uses.contains(resource.name) }.map(\.name)
        return users.isEmpty ? application.services.map(\.name) : users
    }

    private func isRequired(_ resource: Resource) -> Bool {
        // No variable would be read: what runs at the address in the code is used.
        if resource.fixedAddress != nil { return false }
        guard let name = resource.variable, let variable = application.variables.first(where: { $0.name == name })
        else {
            return true
        }
        return variable.required
    }

    /// Letters, digits and underscores, so that nobody ever has to quote it.
    private func databaseName(of resource: Resource) -> String {
        let others = application.resources.filter { $0.kind == .postgres }
        let text = others.count > 1 ? application.name + "_" + resource.name : application.name
        let plain = text.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        // PostgreSQL cuts names at 63 bytes; `postgres` and names with `pg_` are its own.
        let name = String(plain.prefix(50))
        return name.first?.isLetter == true && name != "postgres" && !name.hasPrefix("pg_") ? name : "app_" + name
    }

    private func mustBeGiven(_ resource: Resource) -> SlipwayError {
        let host = application.variables.first { $0.part(of: resource.kind) == .host }
        let address = application.variables.first {
            $0.isAddress(of: resource) || AddressName.isUsual($0.name, for: resource.kind)
        }
        let name = resource.variable ?? address?.name ?? host?.name ?? "its address"
        let packages: [Resource.Kind: String] = [.redis: "redis-server", .valkey: "redis-server"]
        let install = packages[resource.kind].map { "apt-get install \($0)   # or " } ?? ""
        return SlipwayError(
            .databaseFailed,
            "the application needs \(resource.kind.rawValue), which is not started here",
            hint: "\(install)start one yourself and write to .env: \(name)=...")
    }
}
