// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Says where code names its database, cache or queue itself, so that no variable leads it to the one that Slipway
/// starts: it looks for `postgres` or `localhost` and ends.
struct FixedAddresses {
    /// More places of one resource are the same mistake.
    private static let mostPlaces = 3

    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    func note(in spec: inout AppSpec) {
        guard spec.resources.contains(where: { $0.kind != .sqlite }) else { return }
        for project in repository.python {
            let folders = Set(repository.folders(of: project))
            note(written(by: project), folders, in: &spec)
        }
        for project in repository.node {
            let variables = Set(spec.variables.map(\.name))
            note(NodeAddresses(project, repository.tree, variables: variables).found, [project.directory], in: &spec)
        }
    }

    private func note(_ addresses: [WrittenAddress], _ folders: Set<String>, in spec: inout AppSpec) {
        guard !addresses.isEmpty else { return }
        let used = Set(spec.services.filter { folders.contains($0.directory) }.flatMap(\.uses))
        for index in spec.resources.indices where used.contains(spec.resources[index].name) {
            let resource = spec.resources[index]
            for address in addresses.filter({ $0.kinds.contains(resource.kind) }).prefix(Self.mostPlaces) {
                let fixed = FixedAddress(
                    host: address.host, file: address.file, line: address.line, remedy: address.remedy(for: resource))
                if spec.resources[index].fixedAddress == nil { spec.resources[index].fixedAddress = fixed }
                let said = Diagnostic.fixedAddress(of: resource, fixed)
                if !spec.diagnostics.contains(said) { spec.diagnostics.append(said) }
            }
        }
    }

    /// Where a variable has a say, or only the running program knows, nothing is claimed for that kind of server.
    private func written(by project: PythonProject) -> [WrittenAddress] {
        let connections = PythonConnections(project, django: repository.django[project.directory]).found
        var open: Set<Resource.Kind> = []
        var decided: Set<Resource.Kind> = []
        var result: [WrittenAddress] = []
        for connection in connections {
            switch connection.decision {
            case .variable:
                open.formUnion(connection.kinds)
                decided.formUnion(connection.kinds)
            case .unknown: open.formUnion(connection.kinds)
            case .written(let text):
                guard let server = HostText(text), server.isLocal,
                    connection.isHost || server.kind != nil || text.contains("host=")
                else { continue }
                let kinds = server.kind.map { Self.family[$0] ?? [$0] } ?? connection.kinds
                result.append(
                    WrittenAddress(
                        kinds: kinds, host: server.host, isHost: connection.isHost && server.kind == nil,
                        file: connection.file, line: connection.line, language: .python))
            }
        }
        let own = result.filter { $0.kinds.isDisjoint(with: open) }
        let settings = SettingsFileAddresses(project).found.filter { $0.kinds.isDisjoint(with: decided) }
        return own + settings.filter { address in !own.contains { !$0.kinds.isDisjoint(with: address.kinds) } }
    }

    /// Servers that the same scheme reaches.
    static let family: [Resource.Kind: Set<Resource.Kind>] = [
        .mysql: [.mysql, .mariadb], .mariadb: [.mysql, .mariadb], .redis: [.redis, .valkey],
        .valkey: [.redis, .valkey],
    ]
}
