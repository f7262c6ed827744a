// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Where a platform takes a variable's value from.
package enum VariableSource: Equatable, Sendable {
    /// The address of a resource that the platform starts.
    case resource(Resource)
    /// One part of such an address.
    case part(Resource, ResourcePart)
    /// The service's own port.
    case port(UInt16)
    /// The address to bind.
    case host
    /// A secret that the application invents for itself and a platform may make up.
    case invented
    /// Somebody must give it.
    case given
    /// The code has a value of its own.
    case optional(String?)
}

extension Layout {
    /// What a running process of the service reads, sorted by name.
    package func runVariables(of service: Service) -> [(variable: Variable, source: VariableSource)] {
        (variables[service.name] ?? []).filter { $0.phase != .build }
            .map { ($0, source(of: $0, in: service)) }
    }

    /// What the service's build reads, sorted by name; public by nature.
    package func buildVariables(of service: Service) -> [Variable] {
        // NODE_ENV and CI are the tools' own switches, and their stages set them.
        (variables[service.name] ?? []).filter {
            $0.phase != .run && !$0.secret && !["NODE_ENV", "CI"].contains($0.name)
        }
    }

    /// What the processes of an image read while they run, each once, the owner's view first.
    package func runVariables(of image: Image) -> [(variable: Variable, source: VariableSource)] {
        var seen: Set<String> = []
        return image.services.filter { !$0.role.isServedFromFiles }.flatMap { runVariables(of: $0) }
            .filter { seen.insert($0.variable.name).inserted }.sorted { $0.variable.name < $1.variable.name }
    }

    /// Two code bases can call the addresses of two databases by one name; then what the service uses decides.
    private func resource(behind variable: Variable, of service: Service) -> Resource? {
        let named = resources(behind: variable)
        if let named = named.first(where: { service.uses.contains($0.name) }) ?? (named.count == 1 ? named[0] : nil) {
            return named
        }
        let used = resources(of: [service])
        if variable.furtherDatabase != nil { return used.first { $0.kind == .postgres } }
        // The developer's own server, which stands beside the code elsewhere.
        let meant = used.filter { isAddress(variable, of: $0) }
        if meant.count == 1 { return meant[0] }
        // A server that was seen without its variable; a name that says nothing else is its address.
        let isQueue = AddressName.isQueue(variable.name)
        let fitting = used.filter {
            ($0.variable == nil || isQueue) && AddressName.isUsual(variable.name, for: $0.kind)
        }
        return fitting.count == 1 ? fitting[0] : isQueue ? fitting.first { $0.kind == .rabbitmq } : nil
    }

    /// Whether the code's default is such a server on the developer's machine or beside the code. What is called after
    /// tests is no address of production.
    private func isAddress(_ variable: Variable, of resource: Resource) -> Bool {
        guard let text = variable.default, AddressForm.isAddress(text, of: resource.kind),
            !variable.name.contains("TEST"), !variable.name.contains("SHADOW"),
            let host = Self.host(of: text)
        else { return false }
        return ["localhost", "127.0.0.1", resource.name, resource.kind.rawValue].contains(host)
    }

    private func source(of variable: Variable, in service: Service) -> VariableSource {
        if let part = variable.part, variable.name != service.portVariable,
            let server = resources(of: [service]).first(where: { variable.part(of: $0.kind) == part })
        {
            return .part(server, part)
        }
        if let server = resources(of: [service]).first(where: { variable.server == $0.kind }), variable.part == nil {
            return .resource(server)
        }
        if let resource = resource(behind: variable, of: service), resource.kind != .external, resource.kind != .sqlite
        {
            return .resource(resource)
        }
        if !variable.required, let file = databaseFile(variable, of: service) { return .optional(file) }
        if variable.name == service.portVariable, let port = port(of: service) { return .port(port) }
        if variable.name == service.hostVariable { return .host }
        for resource in resources(of: [service]) {
            if let part = variable.part(of: resource.kind) {
                let isAddress = part == .host && ResourceAddress.isWhole(variable, for: resource.kind)
                return isAddress ? .resource(resource) : .part(resource, part)
            }
            if service.language == "ruby", ["DATABASE_ADAPTER", "DB_ADAPTER"].contains(variable.name),
                ResourcePart.adapter(of: resource.kind) != nil
            {
                return .part(resource, .adapter)
            }
            if variable.name == "DB_CONNECTION", service.language == "php",
                ResourcePart.driver(of: resource.kind) != nil
            {
                return .part(resource, .driver)
            }
        }
        // Laravel's key has a form of its own: random text is refused.
        if LaravelKey.isKey(variable, of: service) { return .given }
        if owned.form(of: variable) != nil { return .invented }
        if variable.required || variable.secret { return .given }
        // An address on the developer's machine means nothing elsewhere.
        let isLocal = ["localhost", "127.0.0.1"].contains { variable.default?.contains($0) == true }
        let isElsewhere = variable.default.map(namesUnknownHost) ?? false
        // What is called like a secret stays in the code, where it is one line less that looks like a leak.
        return .optional(
            isLocal || isElsewhere || SecretText.isSecret(name: variable.name)
                ? nil : ProductionValue.of(variable) ?? variable.default)
    }

    /// `db` of `postgresql://a:b@db:5432/c`; `nil` where the text is no address.
    private static func host(of text: String) -> String? {
        guard let start = text.firstRange(of: "://")?.upperBound else { return nil }
        let authority = text[start...].prefix { $0 != "/" && $0 != "?" }
        return String(authority.split(separator: "@").last?.prefix { $0 != ":" } ?? "")
    }

    /// Whether an address names a host that only somebody's own network knows: `http://mcp:9000`.
    private func namesUnknownHost(_ text: String) -> Bool {
        guard let host = Self.host(of: text), !host.isEmpty,
            host.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") })
        else { return false }
        return services(named: [host]).isEmpty && app.resource(named: host) == nil
    }
}
