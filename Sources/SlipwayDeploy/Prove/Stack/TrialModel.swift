// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The Compose project as it is run for a proof: the same services, but with names, networks and ports of their own, so
/// that two runs never meet, and with health asked every second, so that nobody waits for it.
struct TrialModel: Sendable {
    /// One line a second for each of twenty services, for an hour, stays far under this.
    private static let logLimit: FileMap = [
        "driver": "json-file", "options": .map(["max-size": "20m", "max-file": "2"]),
    ]

    let project: ComposeProject
    let owner: TrialOwner
    /// Images by service.
    let images: [String: String]
    /// Web ports of the application's own services, opened on loopback as well.
    let ports: [String: UInt16]

    func text() -> String {
        var root = FileMap()
        root.set("name", .string(owner.project))
        root.set("services", .map(FileMap(project.services.map { .init($0.name, .map(service($0))) })))
        for section in ["networks", "volumes"] {
            let entries = project.root[section]?.mapping?.entries ?? []
            guard !entries.isEmpty else { continue }
            root.set(
                section,
                .map(
                    FileMap(
                        entries.map { entry in
                            var map = FileValue(entry.value).map ?? FileMap()
                            for key in ["name", "external", "ipam", "driver_opts"] { map = map.without(key) }
                            map.merge("labels", owner.labels)
                            return .init(entry.key, .map(map))
                        })))
        }
        for section in ["secrets", "configs"] {
            if let node = project.root[section], node.mapping != nil { root.set(section, FileValue(node)) }
        }
        return JSONText.print(root)
    }

    private func service(_ unit: ComposeUnit) -> FileMap {
        var map = FileValue(unit.node).map ?? FileMap()
        for key in ["container_name", "build", "ports", "develop", "pull_policy", "cpu_count"] {
            map = map.without(key)
        }
        if let image = images[unit.name] {
            map.set("image", .string(image))
            map.set("pull_policy", "never")
        }
        map.merge("labels", owner.labels)
        var targets = Set(unit.ports.filter { $0.published != nil }.map(\.target))
        if let port = ports[unit.name] { targets.insert(port) }
        if unit.resource == nil, !targets.isEmpty {
            map.set(
                "ports",
                .list(
                    targets.sorted().map {
                        .map([
                            "mode": "ingress", "host_ip": "127.0.0.1", "target": .integer(Int($0)), "protocol": "tcp",
                        ])
                    }))
        }
        if map["logging"] == nil { map.set("logging", .map(Self.logLimit)) }
        var health = map["healthcheck"]?.map ?? FileMap()
        if health["disable"] == nil, images[unit.name] != nil || health["test"] != nil {
            health.set("interval", "1s")
            health.set("timeout", "3s")
            health.set("retries", 3)
            // Failures before the first success do not count for so long; after it they count at once.
            if health["start_period"] == nil { health.set("start_period", "30s") }
            map.set("healthcheck", .map(health))
        }
        return map
    }
}
