// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a service of Compose is not told, and what its code does then.
struct ContainerFallback {
    private let unit: DeployedUnit
    private let service: ComposeService
    private let compose: CheckedFile<ComposeFile>
    private let given: Set<String>
    /// What the service's code reads.
    private let read: Set<String>
    private let variables: [Variable]
    /// What it gets, and what is written into it when it is built.
    private var answered: Set<String> { given.union((service.build?.arguments ?? []).map(\.name)) }

    init?(of unit: DeployedUnit, _ app: AppSpec) {
        guard let service = unit.service, let compose = unit.compose, let own = unit.app,
            service.node["network_mode"] == nil, !compose.includesOthers,
            // With the sources the developer's own .env is there.
            !unit.mountsItsSource,
            let given = Self.given(to: unit, service, compose)
        else { return nil }
        self.unit = unit
        self.service = service
        self.compose = compose
        let tree = compose.repository.tree
        let kept = [own.directory, unit.context ?? own.directory, "."].flatMap { folder in
            tree.text(GoPath.clean(folder + "/.env")).map { Dotenv(parsing: $0).assignments.map(\.name) } ?? []
        }
        let known = given.union(kept)
        self.given = known
        let all = app.variables.filter { $0.services.contains(own.name) }
        read = Set(all.map(\.name))
        let reach = GoReach(of: unit)
        variables = all.filter { variable in
            !known.contains(variable.name) && variable.phase != .build && !variable.required
                && !BrowserVariables.contains(variable.name)
                // Laravel and Symfony read a .env of their own.
                && !variable.origins.contains { $0.contains(".php:") } && reach?.leavesOut(variable) != true
        }
    }

    /// The names that it gets; none where no file says anything.
    private static func given(
        to unit: DeployedUnit, _ service: ComposeService, _ compose: CheckedFile<ComposeFile>
    ) -> Set<String>? {
        if let names = GivenNames.of(unit, isAlone: compose.isBesideOthers) { return names }
        let isSilent = compose.anywhere(service.name).allSatisfy { member in
            member.environment.isEmpty && member.environmentFiles.isEmpty && member.node["extends"] == nil
                && member.node["secrets"] == nil && member.node["configs"] == nil
                && !member.mounts.contains { $0.target.hasSuffix(".env") }
        }
        return isSilent && !unit.instructions.contains { $0.keyword == "COPY" && $0.text.contains(".env") } ? [] : nil
    }

    var violations: [Violation] {
        variables.compactMap { variable in
            guard let place = DefaultAddress.of(variable, unless: answered, in: compose.repository.tree) else {
                return nil
            }
            guard let host = ServiceAddress.host(place.value), ["localhost", "127.0.0.1"].contains(host) else {
                return nil
            }
            guard let target = store(variable.name, place.value) ?? neighbour(variable.name, place.value) else {
                return nil
            }
            let isSure = service.dependencies.contains { $0.service == target } && !unit.isForDevelopment
            let near = NearestName.among(given.subtracting(read), to: variable.name)
            return Violation(
                file: compose.location, line: service.node["environment"]?.line ?? service.line,
                "\(service.name) looks for \(target) on localhost, because nobody gives \(variable.name) "
                    + "(\(place.origin))"
                    + (near.map { "; \($0) is given, which nothing reads: write \(variable.name)" }
                        ?? "; add \(variable.name) with the host \(target)"),
                severity: isSure || near != nil && !unit.isForDevelopment ? .error : .warning)
        }
    }

    /// The store of this Compose file that a name or an address means.
    private func store(_ name: String, _ value: String) -> String? {
        guard ServiceAddress.isOfStore(name, value), let kind = StoreKind(name, ServiceAddress.scheme(value)) else {
            return nil
        }
        // One of two ways to say the same: the other one is given.
        guard
            !given.intersection(read).contains(where: { other in
                StoreKind.purposes(of: other) == StoreKind.purposes(of: name)
                    && StoreKind(other, nil)?.isLike(kind) == true
            })
        else { return nil }
        return compose.services.first { other in
            guard other.name != service.name, let title = compose.known(other)?.title else { return false }
            return kind.titles.contains(title)
        }?.name
    }

    /// The other program of this Compose file that has the address's port.
    private func neighbour(_ name: String, _ value: String) -> String? {
        let upper = name.uppercased()
        // Addresses that browsers open are the visitor's business.
        let pages = [
            "FRONT", "CLIENT", "ORIGIN", "CORS", "REDIRECT", "CALLBACK", "PUBLIC", "SITE", "WEB", "APP_URL", "APP_HOST",
            "BASE_URL", "DASHBOARD", "DOMAIN", "ALLOWED", "HOSTS", "ISSUER", "AUDIENCE", "RETURN", "SUCCESS", "CANCEL",
            "SELF", "EXTERNAL", "PROXY", "VAPID", "OTEL", "TRAC", "OTLP", "SENTRY",
        ]
        guard !pages.contains(where: upper.contains), let scheme = ServiceAddress.scheme(value),
            ["http", "ws", "grpc", "tcp"].contains(scheme), let mark = TextSearch.range(of: "://", in: value[...]),
            let colon = value[mark.upperBound...].firstIndex(of: ":"),
            let port = UInt16(value[value.index(after: colon)...].prefix { $0.isNumber }),
            // Its own port is its own address.
            !service.ports.contains(where: { $0.target == port || $0.published == port }),
            !service.exposed.contains(port)
        else { return nil }
        return compose.services.first { other in
            other.name != service.name
                && (other.ports.contains { $0.target == port || $0.published == port } || other.exposed.contains(port))
        }?.name
    }
}
