// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One Compose file of the application, complete in itself: no other file has to be given beside it.
struct ComposeStack {
    enum Kind: CaseIterable { case stack, development, production }

    let kind: Kind
    let layout: Layout
    let tree: SourceTree
    /// Ports of this machine, by the service that is reached there.
    let hosts: [String: PublishedPorts.Place]
    /// The nginx before several back ends, where nothing else is the one address.
    let gateway: Gateway?
    let door: PublishedPorts.Place?
    let doorName: String?
    /// Where development servers listen, and which of them has a port first.
    let developmentPorts: [String: UInt16]
    let firstOnPort: [UInt16: String]
    let reservedPorts: Set<Int>
    /// Names of the services that the door passes requests on to.
    let behindDoor: Set<String>
    /// Names under which the file has something already.
    let taken: Set<String>
    let hasSeveralReleases: Bool
    /// What has a server of its own, in the order of the app spec.
    let resources: [ComposeResource]
    /// What brings tables or example data before others start.
    let preparers: [Service]
    /// The whole file as a value.
    private(set) var map = FileMap()

    init(kind: Kind, layout: Layout, tree: SourceTree) {
        self.kind = kind
        self.layout = layout
        self.tree = tree
        // Development servers are reached at the ports that people know.
        gateway = kind == .development ? nil : Gateway(layout)
        let published = PublishedPorts(layout, gateway: gateway)
        hosts = published.hosts
        door = published.door
        doorName = gateway == nil ? layout.front?.name : nil
        reservedPorts = Set(hosts.values.map(\.port))
        behindDoor = Set(layout.front.map { layout.upstreams(behind: $0).map(\.service.name) } ?? [])
        taken = Set(layout.app.services.map(\.name) + layout.app.resources.map(\.name))
        hasSeveralReleases = layout.app.services.count { $0.release != nil } > 1
        preparers = layout.app.services.filter { $0.release != nil || $0.seed != nil }
        resources = layout.resources(of: layout.app.services).map { ComposeResource($0, in: layout) }
        let ports = layout.listeners.map { service in
            let own = kind == .development ? DevelopmentCommand.port(of: service, in: layout, tree) : nil
            return (service.name, own ?? layout.port(of: service) ?? Layout.conventionalPort)
        }
        developmentPorts = Dictionary(ports) { first, _ in first }
        firstOnPort = Dictionary(ports.map { ($0.1, $0.0) }) { first, _ in first }
        map = whole
    }

    var text: String { YAMLText.print(map, comment: comment) }

    private var whole: FileMap {
        var map = FileMap()
        map.set("name", .string(kind == .development ? "\(layout.name)-dev" : layout.name))
        map.set("services", .map(services))
        map.set(
            "networks",
            [
                "application": [:],
                // Containers on it reach each other and nothing else.
                "data": ["internal": true],
            ])
        if resources.isEmpty { map.set("networks", ["application": [:]]) }
        let volumes = volumeNames
        if !volumes.isEmpty { map.set("volumes", .map(FileMap(volumes.map { .init($0, [:]) }))) }
        if usesSecrets {
            let secrets = resources.compactMap { resource in
                secret(of: resource).flatMap { name in resource.passwordVariable.map { (name, $0) } }
            }
            map.set("secrets", .map(FileMap(secrets.map { .init($0.0, ["environment": .string($0.1)]) })))
        }
        return map
    }

    private var comment: String {
        switch kind {
        case .stack:
            "The whole application on this machine:\n  cp .env.docker.example .env\n  docker compose up --build"
        case .development:
            "For development: the source is mounted, changes show at once.\n  cp .env.docker.example .env\n"
                + "  docker compose -f \(ComposeFileName.development) up --build"
        case .production:
            "For production on one machine; values come from \(ComposeFileName.productionValues).\n"
                + "  docker compose --env-file \(ComposeFileName.productionValues) -f \(ComposeFileName.production) up -d --wait"
        }
    }

    // MARK: What the file consists of

    private var services: FileMap {
        var map = FileMap()
        for resource in resources { map.set(resource.resource.name, .map(entry(of: resource))) }
        for service in layout.app.services {
            guard let image = layout.image(of: service) else { continue }
            let entry = ComposeEntry(stack: self, service: service, image: image)
            for (name, value) in entry.oneShots { map.set(name, .map(value)) }
            map.set(service.name, .map(entry.map))
        }
        if let gateway, let door { map.set(Gateway.name, .map(entry(of: gateway, at: door))) }
        return map
    }

    var usesSecrets: Bool { kind == .production && resources.contains { secret(of: $0) != nil } }

    /// Only this image reads its password from a file and is asked for backups without one.
    func secret(of resource: ComposeResource) -> String? {
        kind == .production && resource.resource.kind == .postgres ? "\(resource.resource.name)_password" : nil
    }

    private func entry(of resource: ComposeResource) -> FileMap {
        var map: FileMap = ["image": .string(resource.image)]
        map.set("command", resource.command.map(FileValue.words))
        let environment = resource.environment(secret: secret(of: resource))
        if !environment.isEmpty { map.set("environment", .map(environment)) }
        map.set("secrets", secret(of: resource).map { .texts([$0]) })
        if let folder = resource.dataFolder {
            map.set("volumes", .texts(["\(resource.resource.name)-data:\(folder)"]))
        }
        map.set(
            "healthcheck",
            ["test": .words(resource.health), "interval": "5s", "timeout": "5s", "retries": 20, "start_period": "10s"])
        map.set("networks", .texts(["data"]))
        harden(&map, memory: "512M", processors: "0.50")
        return map
    }

    /// Files of the services behind it, as nginx mounts them.
    var sharedMounts: [String] {
        guard kind != .development else { return [] }
        var seen: Set<String> = []
        return layout.doorFolders.map { "\($0.volume):\($0.place):ro" }.filter { seen.insert($0).inserted }
    }

    /// What must have been handed over before nginx can serve it.
    var handOvers: [(String, FileValue)] {
        guard kind != .development else { return [] }
        let services = layout.doorFolders.filter { !$0.isWritten }.map(\.service)
        return Set(services.map(ComposeEntry.handOver)).sorted().map {
            ($0, ["condition": "service_completed_successfully"])
        }
    }

    private func entry(of gateway: Gateway, at door: PublishedPorts.Place) -> FileMap {
        var map: FileMap = ["image": "nginx:stable-alpine", "user": .string(ImageInput.user)]
        map.set("volumes", .texts(["./\(Gateway.file):/etc/nginx/nginx.conf:ro"] + sharedMounts))
        if kind == .production {
            map.set("read_only", true)
            map.set("cap_drop", .texts(["ALL"]))
        }
        map.set("tmpfs", .texts(["/tmp"]))
        map.set("networks", .texts(["application"]))
        map.set(
            "depends_on",
            .map(
                FileMap(
                    handOvers.map { .init($0.0, $0.1) }
                        + gateway.upstreams.map {
                            .init($0.service.name, ["condition": .string(condition(for: $0.service))])
                        })))
        map.set("ports", .texts(["${\(door.variable):-\(door.port)}:\(Layout.fileServerPort)"]))
        let probe = HealthProbe(
            tool: .wget, port: Layout.fileServerPort, variable: nil, path: Gateway.healthPath)
        map.set(
            "healthcheck",
            [
                "test": .words(["CMD"] + probe.words), "interval": "10s", "timeout": "5s", "retries": 5,
                "start_period": "5s",
            ])
        harden(&map, memory: "128M", processors: "0.25")
        return map
    }

    /// What others wait for before they start.
    func condition(for service: Service) -> String {
        let isChecked = !(kind == .development && service.role.isServedFromFiles) && layout.isHealthChecked(service)
        return isChecked ? "service_healthy" : "service_started"
    }

    /// What every container gets.
    func harden(_ map: inout FileMap, memory: String, processors: String) {
        if kind != .development {
            map.set("restart", "unless-stopped")
            map.set("deploy", ["resources": ["limits": ["cpus": .string(processors), "memory": .string(memory)]]])
        }
        map.set("security_opt", .texts(["no-new-privileges:true"]))
        map.set("logging", ["driver": "json-file", "options": ["max-size": "10m", "max-file": "3"]])
    }

    private var volumeNames: [String] {
        let data = resources.filter { $0.dataFolder != nil }.map { "\($0.resource.name)-data" }
        let files =
            layout.images.flatMap { layout.volumes(of: $0).map(\.name) }
            + (kind == .development ? [] : layout.doorFolders.map(\.volume))
        let caches = kind == .development ? layout.app.services.flatMap { modules(of: $0).map(\.volume) } : []
        return Set(data + files + caches).sorted()
    }

    /// The packages of the image, which the mounted source must not hide: those of the whole context, and those of
    /// the service's own folder in a workspace.
    func modules(of service: Service) -> [(volume: String, path: String)] {
        // Deno keeps its modules outside of the code.
        guard ["javascript", "typescript"].contains(service.language ?? ""), service.packageManager != "deno",
            let image = layout.image(of: service),
            ComposeEntry(stack: self, service: service, image: image).mountsSource
        else { return [] }
        let base = layout.handwritten(image)?.developmentDirectory ?? Layout.workingDirectory
        let folder = layout.isHandwritten(image) ? base : ImageInput(layout: layout, image: image, tree: tree).folder
        let whole = ("\(service.name)-node-modules", base + "/node_modules")
        guard folder != base else { return [whole] }
        return [whole, ("\(service.name)-own-node-modules", folder + "/node_modules")]
    }
}
