// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
package import SlipwayFiles

/// What a person wants different from what is detected: a validated `slipway.yml`.
public struct Configuration: Sendable {
    /// Names under which the file is looked for in the repository's root.
    public static let fileNames = ["slipway.yml", "slipway.yaml"]

    /// `nil` when the repository has no such file.
    public let path: String?
    private let base: ConfigurationLayer
    private let environments: [String: ConfigurationLayer]
    /// What `slipway check` is to do differently.
    package let check: CheckSettings

    /// No wishes at all.
    public static let none = Configuration(
        path: nil, base: ConfigurationLayer(), environments: [:], check: CheckSettings())

    private init(
        path: String?, base: ConfigurationLayer, environments: [String: ConfigurationLayer], check: CheckSettings
    ) {
        self.path = path
        self.check = check
        self.base = base
        self.environments = environments
    }

    /// The configuration of a repository; ``none`` when it has no file.
    /// - Throws: ``SlipwayError`` `bad-configuration` with the file, the line and how to mend it.
    public static func read(from tree: SourceTree) throws -> Configuration {
        guard let path = fileNames.first(where: tree.contains) else { return none }
        guard let text = tree.text(path) else {
            throw SlipwayError(.badConfiguration, "\(path) is not text", hint: "file \(path)")
        }
        return try Configuration(parsing: text, path: path)
    }

    /// - Throws: ``SlipwayError`` `bad-configuration`.
    public init(parsing text: String, path: String = "slipway.yml") throws {
        let (base, environments, check) = try ConfigurationReader.read(text, path: path)
        self.init(path: path, base: base, environments: environments, check: check)
    }

    /// Names of the environments that the file describes, sorted.
    public var environmentNames: [String] { environments.keys.sorted() }

    /// Values that the file gives to variables, for one environment.
    public func variableValues(environment: String? = nil) -> [String: String] {
        texts(of: "value", environment)
    }

    /// Shell commands whose output is the value of a variable, for one environment.
    public func variableCommands(environment: String? = nil) -> [String: String] {
        texts(of: "command", environment)
    }

    private func texts(of key: String, _ environment: String?) -> [String: String] {
        var values: [String: String] = [:]
        for layer in layers(environment) {
            for item in layer.variables {
                for value in item.values where value.key == key { values[item.name] = value.node.text }
            }
        }
        return values
    }

    /// The file's own layer, then the environment's.
    private func layers(_ environment: String?) -> [ConfigurationLayer] {
        [base] + [environment.flatMap { environments[$0] }].compactMap(\.self)
    }

    /// The spec with every stated field in the place of the detected one.
    /// - Throws: ``SlipwayError`` `bad-configuration` when the environment is not known or a new service lacks what it
    ///   needs.
    package func applied(to spec: AppSpec, environment: String?) throws -> AppSpec {
        if let environment, !environments.isEmpty, environments[environment] == nil {
            let known = environmentNames
            let nearest = NearestWord.of(environment, among: known).map { "; did you mean \($0)?" } ?? ""
            throw SlipwayError(
                .badConfiguration, "the environment \(environment) is not in \(path ?? "slipway.yml")\(nearest)",
                hint: "slipway detect --env \(known[0])")
        }
        var spec = spec
        try apply(base, why: "stated", to: &spec)
        if let environment, let layer = environments[environment] {
            try apply(layer, why: "stated for \(environment)", to: &spec)
        }
        try refuseSharedNames(spec)
        spec.services.sort { $0.name < $1.name }
        spec.resources.sort { $0.name < $1.name }
        spec.variables.sort { $0.name < $1.name }
        return spec
    }

    /// Both are found by their names on one network.
    private func refuseSharedNames(_ spec: AppSpec) throws {
        let stated = layers(nil) + environments.values
        for item in stated.flatMap({ $0.services + $0.resources }) where !item.isRemoved {
            guard spec.service(named: item.name) != nil, spec.resource(named: item.name) != nil else { continue }
            throw SlipwayError(
                .badConfiguration,
                "\(path ?? "slipway.yml"):\(item.line): \(item.name) is both a service and a resource",
                hint: "give one of them another name, for example \(item.name)-data")
        }
    }

    private func apply(_ layer: ConfigurationLayer, why: String, to spec: inout AppSpec) throws {
        if let name = layer.name {
            spec.name = ServiceNames.slug(name.text) ?? spec.name
            spec.origins["name"] = Origin(file: path, line: name.line, why: why)
        }
        for item in layer.services { try applyService(item, why, &spec) }
        for item in layer.resources { try applyResource(item, why, &spec) }
        for item in layer.variables { applyVariable(item, why, &spec) }
        if let edge = layer.edge { applyEdge(edge, why, &spec) }
        if let backup = layer.backup { applyBackup(backup, why, &spec) }
    }

    private func applyService(_ item: ConfigurationLayer.Item, _ why: String, _ spec: inout AppSpec) throws {
        if item.isRemoved {
            spec.remove(service: item.name)
            return
        }
        if spec.service(named: item.name) == nil {
            guard item.values.contains(where: { $0.key == "role" || $0.key == "start" }) else {
                let nearest = NearestWord.of(item.name, among: spec.services.map(\.name)).map {
                    "; did you mean \($0)?"
                }
                throw SlipwayError(
                    .badConfiguration,
                    "\(path ?? ""):\(item.line): no service \(item.name) was detected\(nearest ?? "")",
                    hint: "for a new service, state services.\(item.name).start, directory and role",
                    details: ["detected: \(spec.services.map(\.name).sorted().joined(separator: ", "))"])
            }
            spec.services.append(Service(name: item.name, directory: ".", role: .backend))
        }
        guard let index = spec.services.firstIndex(where: { $0.name == item.name }) else { return }
        // In the table's order, so that a stated port wins over the one in a stated command.
        for key in ConfigurationKeys.service {
            guard let value = item.values.last(where: { $0.key == key.name }) else { continue }
            key.write(&spec.services[index], value.node)
            spec.state("services.\(item.name).\(key.name)", in: path, line: value.line, why: why)
        }
    }

    private func applyResource(_ item: ConfigurationLayer.Item, _ why: String, _ spec: inout AppSpec) throws {
        if item.isRemoved {
            spec.remove(resource: item.name)
            return
        }
        if spec.resource(named: item.name) == nil {
            guard item.values.contains(where: { $0.key == "kind" }) else {
                throw SlipwayError(
                    .badConfiguration, "\(path ?? ""):\(item.line): no resource \(item.name) was detected",
                    hint: "for a new resource, state resources.\(item.name).kind: postgres",
                    details: ["detected: \(spec.resources.map(\.name).sorted().joined(separator: ", "))"])
            }
            spec.resources.append(Resource(name: item.name, kind: .postgres))
        }
        guard let index = spec.resources.firstIndex(where: { $0.name == item.name }) else { return }
        for key in ConfigurationKeys.resource {
            guard let value = item.values.last(where: { $0.key == key.name }) else { continue }
            key.write(&spec.resources[index], value.node)
            spec.state("resources.\(item.name).\(key.name)", in: path, line: value.line, why: why)
        }
    }

    private func applyEdge(_ item: ConfigurationLayer.Item, _ why: String, _ spec: inout AppSpec) {
        var settings = spec.edge ?? EdgeSettings()
        for key in ConfigurationKeys.edge {
            guard let value = item.values.last(where: { $0.key == key.name }) else { continue }
            key.write(&settings, value.node)
            spec.state("edge.\(key.name)", in: path, line: value.line, why: why)
        }
        spec.edge = settings
    }

    private func applyBackup(_ item: ConfigurationLayer.Item, _ why: String, _ spec: inout AppSpec) {
        var settings = spec.backup ?? BackupSettings()
        for key in ConfigurationKeys.backup {
            guard let value = item.values.last(where: { $0.key == key.name }) else { continue }
            key.write(&settings, value.node)
            spec.state("backup.\(key.name)", in: path, line: value.line, why: why)
        }
        spec.backup = settings
    }

    private func applyVariable(_ item: ConfigurationLayer.Item, _ why: String, _ spec: inout AppSpec) {
        let place = "\(path ?? "slipway.yml"):\(item.line)"
        if !spec.variables.contains(where: { $0.name == item.name }) {
            let readers = spec.services.filter { !$0.role.isServedFromFiles }.map(\.name).sorted()
            spec.variables.append(Variable(name: item.name, services: readers, origins: [place]))
        }
        guard let index = spec.variables.firstIndex(where: { $0.name == item.name }) else { return }
        for key in ConfigurationKeys.variable {
            guard let value = item.values.last(where: { $0.key == key.name }) else { continue }
            key.write(&spec.variables[index], value.node)
            spec.state("variables.\(item.name).\(key.name)", in: path, line: value.line, why: why)
        }
    }
}

extension AppSpec {
    fileprivate mutating func state(_ place: String, in file: String?, line: Int, why: String) {
        let before = origins[place].map { "\($0.why), \($0.location)" }
        for key in origins.keys where key.hasPrefix(place + ".") { origins[key] = nil }
        origins[place] = Origin(file: file, line: line, why: why, runnerUp: before)
    }

    fileprivate mutating func remove(service name: String) {
        services.removeAll { $0.name == name }
        for index in services.indices { services[index].uses.removeAll { $0 == name } }
        for index in variables.indices { variables[index].services.removeAll { $0 == name } }
        variables.removeAll { $0.services.isEmpty }
        for key in origins.keys where key.hasPrefix("services.\(name).") { origins[key] = nil }
    }

    fileprivate mutating func remove(resource name: String) {
        resources.removeAll { $0.name == name }
        for index in services.indices { services[index].uses.removeAll { $0 == name } }
        for key in origins.keys where key.hasPrefix("resources.\(name).") { origins[key] = nil }
    }
}
