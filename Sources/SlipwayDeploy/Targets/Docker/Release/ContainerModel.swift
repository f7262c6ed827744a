// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// A Compose project, divided into what every release shares (databases and their data) and what each has of its own.
/// Pure: names and images in, Compose files out.
struct ContainerModel: Sendable {
    /// Keys of a service that Slipway decides itself, or that have no meaning once the images are built.
    private static let decided = [
        "container_name", "build", "ports", "develop", "pull_policy", "depends_on", "restart", "profiles", "scale",
        "links", "external_links",
    ]

    let project: ComposeProject
    let names: ContainerNames

    private var tasks: Set<String> { Set(project.tasks.map(\.name)) }
    private var enabled: [ComposeUnit] { project.services.filter { $0.profiles.isEmpty } }
    /// Databases, caches, and whatever else runs from an image that nobody builds here.
    var shared: [ComposeUnit] { enabled.filter { !isOwn($0) } }
    /// What a release is made of, but for what ends by itself.
    var own: [ComposeUnit] { enabled.filter { isOwn($0) && !tasks.contains($0.name) } }
    /// Migrations that the unit waits for.
    func tasks(before unit: ComposeUnit) -> [ComposeUnit] {
        let needed = unit.dependencies.filter { $0.condition == "service_completed_successfully" }.map(\.service)
        return enabled.filter { needed.contains($0.name) && isOwn($0) }
    }

    private func isOwn(_ unit: ComposeUnit) -> Bool { unit.build != nil || unit.isProxy }

    /// Volumes of the project that are its own, by key.
    var volumes: [String] {
        (project.root["volumes"]?.mapping?.entries ?? []).filter { $0.value["external"]?.bool != true }.map(\.key)
    }

    /// Networks that a release needs, with whether they lead nowhere else.
    var networks: [(name: String, isInternal: Bool)] {
        (project.root["networks"]?.mapping?.entries ?? []).filter { $0.value["external"]?.bool != true }
            .map { ($0.key, $0.value["internal"]?.bool ?? false) }
    }

    /// Whether a port of the unit can be reached from the machine.
    func isReachable(_ unit: ComposeUnit) -> Bool {
        let closed = Set(networks.filter(\.isInternal).map(\.name))
        return unit.networks.isEmpty || !unit.networks.allSatisfy(closed.contains)
    }

    /// The Compose file of what all releases share.
    func sharedFile() -> String {
        text(name: names.application, services: shared.map { ($0.name, service($0, release: nil)) }) { name, node in
            var map = FileValue(node).map ?? FileMap()
            map.set("name", .string("\(names.application)-\(name)"))
            return map
        }
    }

    /// The Compose file of one release.
    /// - Parameters:
    ///   - images: By service: `sha256:...`.
    ///   - ports: By process: where it is reached on this machine, and where it listens.
    ///   - instances: The processes of each service.
    func releaseFile(
        _ release: Int, images: [String: String], ports: [String: (host: UInt16, target: UInt16)],
        instances: [String: [String]] = [:]
    ) -> String {
        let all = enabled.filter(isOwn).flatMap { unit in
            (instances[unit.name] ?? [unit.name]).map { (unit: unit, instance: $0) }
        }
        let services = all.map { unit, instance -> (String, FileMap) in
            var map = service(unit, release: release)
            if instance != unit.name {
                map.merge("labels", [ContainerNames.serviceLabel: .string(instance)])
                map.set("networks", .map(networks(of: unit, alias: unit.name)))
            }
            if let image = images[unit.name] {
                map.set("image", .string(image))
                map.set("pull_policy", "never")
            }
            if !tasks.contains(unit.name) {
                map.set("container_name", .string(names.container(instance, release: release)))
            }
            if let port = ports[instance] {
                map.set(
                    "ports",
                    .list([
                        .map([
                            "mode": "ingress", "host_ip": "127.0.0.1", "target": .integer(Int(port.target)),
                            "published": "\(port.host)", "protocol": "tcp",
                        ])
                    ]))
            }
            return (names.unit(instance), map)
        }
        return text(name: names.project(release), services: services) { name, _ in
            ["name": .string(names.network(name, release: release)), "external": true]
        }
    }

    /// All processes of a service answer to its name.
    private func networks(of unit: ComposeUnit, alias: String) -> FileMap {
        let listed = unit.networks.isEmpty ? ["default"] : unit.networks
        return FileMap(
            listed.map { name in
                var map = unit.node.at("networks", name).flatMap { FileValue($0).map } ?? FileMap()
                let others = unit.node.at("networks", name, "aliases")?.texts ?? []
                map.set("aliases", .list((others + [alias]).map(FileValue.string)))
                return .init(name, .map(map))
            })
    }

    private func text(
        name: String, services: [(String, FileMap)], network: (String, DataNode) -> FileMap
    ) -> String {
        var root = FileMap()
        root.set("name", .string(name))
        root.set("services", .map(FileMap(services.map { .init($0.0, .map($0.1)) })))
        let networks = project.root["networks"]?.mapping?.entries ?? []
        if !networks.isEmpty {
            let maps = networks.map { entry -> FileMap.Entry in
                let isForeign = entry.value["external"]?.bool == true
                let map = isForeign ? FileValue(entry.value).map ?? FileMap() : network(entry.key, entry.value)
                return .init(entry.key, .map(map.without("ipam")))
            }
            root.set("networks", .map(FileMap(maps)))
        }
        let volumes = project.root["volumes"]?.mapping?.entries ?? []
        if !volumes.isEmpty {
            let maps = volumes.map { entry -> FileMap.Entry in
                let isForeign = entry.value["external"]?.bool == true
                return .init(
                    entry.key,
                    isForeign
                        ? FileValue(entry.value)
                        : .map(["name": .string(names.volume(entry.key)), "external": true]))
            }
            root.set("volumes", .map(FileMap(maps)))
        }
        for section in ["secrets", "configs"] {
            if let node = project.root[section], node.mapping != nil { root.set(section, FileValue(node)) }
        }
        return JSONText.print(root)
    }

    private func service(_ unit: ComposeUnit, release: Int?) -> FileMap {
        var map = FileValue(unit.node).map ?? FileMap()
        for key in Self.decided { map = map.without(key) }
        // Of `deploy` only the limits mean something to a single container.
        if let limits = map["deploy"]?.map?["resources"] { map.set("deploy", .map(["resources": limits])) }
        var labels: FileMap = [
            ContainerNames.applicationLabel: .string(names.application),
            ContainerNames.serviceLabel: .string(unit.name),
        ]
        if let release {
            labels.set(ContainerNames.releaseLabel, .string("\(release)"))
            // The engine starts it again; two that do would fight.
            map.set("restart", "no")
        } else {
            map.set("restart", "unless-stopped")
        }
        map.merge("labels", labels)
        return map
    }
}
