// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The services of a Compose project as the release machine sees them. Pure.
struct ContainerApplication: Sendable {
    let detected: AppSpec
    let model: ContainerModel
    /// Absolute path of the staged source.
    let root: String

    private var match: ServiceMatch { ServiceMatch(detected, root) }

    /// - Throws: ``SlipwayError`` `noDeploymentFiles` when nobody could reach the application.
    func spec() throws -> AppSpec {
        let units = model.own
        let services = units.map(service)
        guard services.contains(where: { !$0.routes.isEmpty }) else {
            throw SlipwayError(
                .noDeploymentFiles, "no service of the Compose file can be reached from outside",
                hint: "slipway write --target docker")
        }
        var spec = AppSpec(name: detected.name, services: services, variables: detected.variables)
        spec.edge = detected.edge
        return spec
    }

    /// Where a unit answers HTTP inside its container.
    func port(of unit: ComposeUnit) -> UInt16? {
        let service = match.service(for: unit)
        if let service, service.role == .worker || service.role == .cron { return nil }
        // A worker that shares an image with a server listens on none.
        let isWorker = detected.services.contains { $0.role == .worker && $0.name == unit.name }
        if isWorker, service?.name != unit.name { return nil }
        return unit.ports.first { $0.published != nil }?.target
            ?? unit.node["expose"]?.texts?.first.flatMap { UInt16($0.prefix { $0.isNumber }) }
            ?? service.flatMap { Layout(detected).port(of: $0) }
    }

    private func service(_ unit: ComposeUnit) -> Service {
        let known = match.service(for: unit)
        let port = model.isReachable(unit) ? port(of: unit) : nil
        let isFrontEnd = known?.role.isServedFromFiles ?? false
        let tasks = model.tasks(before: unit).map(\.name)
        let others = Set(model.own.map(\.name))
        return Service(
            name: unit.name, directory: known?.directory ?? ".", role: port == nil ? .worker : .backend,
            start: "docker start", release: tasks.isEmpty ? nil : tasks.joined(separator: " "), port: port,
            portVariable: "PORT", healthPath: port == nil ? nil : isFrontEnd ? "/" : known?.healthPath,
            uses: unit.dependencies.map(\.service).filter(others.contains), routes: routes(unit, known),
            singleInstance: known?.singleInstance,
            replicas: unit.node.at("deploy", "replicas")?.int ?? unit.node["scale"]?.int ?? known?.replicas)
    }

    /// The Compose file's own door leads everywhere; without one, detection says who answers what.
    private func routes(_ unit: ComposeUnit, _ known: Service?) -> [String] {
        let doors = model.own.filter { unit in unit.ports.contains { $0.published != nil } }
        let front = doors.first { $0.isProxy || match.service(for: $0)?.role.isServedFromFiles == true }
        if let door = front ?? (doors.count == 1 ? doors[0] : nil) { return door.name == unit.name ? ["/"] : [] }
        return known?.routes ?? []
    }
}
