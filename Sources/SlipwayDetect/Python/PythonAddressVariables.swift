// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Which variables hold the address of a server, or its host, by what the code does with them, whatever they are called:
/// `Celery(broker=os.getenv("BROKER"))`.
struct PythonAddressVariables {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// What one code base makes of a variable.
    private struct Use: Hashable {
        var server: Resource.Kind
        var part: ResourcePart?
    }

    func note(in spec: inout AppSpec) {
        let names = Set(spec.variables.map(\.name))
        guard !names.isEmpty else { return }
        var uses: [String: Set<Use>] = [:]
        for project in repository.python {
            let folders = Set(repository.folders(of: project))
            let services = spec.services.filter { folders.contains($0.directory) && $0.language == "python" }
            let servers = Set(
                spec.resources.filter { resource in services.contains { $0.uses.contains(resource.name) } }.map(\.kind))
            guard !servers.isEmpty else { continue }
            let trace = PythonVariableTrace(modules: project.modules, names: names)
            let given = TemplateValues(near: project.directory, repository.tree)
            for connection in PythonConnections(project, django: repository.django[project.directory]).found
            where connection.decision == .variable {
                guard let value = connection.value, let source = project.modules.source(connection.file),
                    case let found = trace.variables(in: value, of: source, whole: true), found.count == 1,
                    let name = found.first, let variable = spec.variables.first(where: { $0.name == name }),
                    let server = server(of: connection, variable, given.value(of: name), among: servers)
                else { continue }
                let isAddress = !connection.isHost || isWhole(variable, given.value(of: name), of: server)
                uses[name, default: []].insert(Use(server: server, part: isAddress ? nil : .host))
            }
        }
        for index in spec.variables.indices {
            let variable = spec.variables[index]
            guard let found = uses[variable.name], found.count == 1, let use = found.first, variable.part == nil,
                variable.furtherDatabase == nil
            else { continue }
            spec.variables[index].server = use.server
            spec.variables[index].part = use.part
            name(variable, use, in: &spec)
        }
    }

    /// A resource whose variable nobody has told yet.
    private func name(_ variable: Variable, _ use: Use, in spec: inout AppSpec) {
        guard use.part == nil,
            let index = spec.resources.firstIndex(where: { $0.kind == use.server && $0.variable == nil })
        else { return }
        let resource = spec.resources[index]
        spec.resources[index].variable = variable.name
        spec.origins["resources.\(resource.name).variable"] = Origin(
            why: "the code connects with \(variable.name)", confidence: Confidence.code)
    }

    /// `pymongo.MongoClient(host=…)` takes an address as well, and is given one unless the name says otherwise.
    private func isWhole(_ variable: Variable, _ given: String?, of server: Resource.Kind) -> Bool {
        if let text = variable.scheme.map({ $0 + "://" }) ?? variable.default ?? given { return text.contains("://") }
        return server == .mongodb && ResourcePart(variable.name.uppercased(), of: server) != .host
            && !["HOST", "SERVER", "HOSTNAME"].contains(where: variable.name.uppercased().hasSuffix)
    }

    /// The server that the connection leads to: what the value begins with decides, where several can be meant.
    private func server(
        of connection: PythonConnections.Connection, _ variable: Variable, _ given: String?,
        among servers: Set<Resource.Kind>
    ) -> Resource.Kind? {
        let possible = servers.intersection(connection.kinds)
        let text = variable.scheme.map { $0 + "://" } ?? variable.default ?? given ?? ""
        if text.contains("://") {
            let kinds = PythonAddresses.kind(of: text).map { FixedAddresses.family[$0] ?? [$0] } ?? []
            return possible.intersection(kinds).sorted { $0.rawValue < $1.rawValue }.first
        }
        return possible.count == 1 ? possible.first : nil
    }
}
