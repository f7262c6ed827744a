// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One process of the application as a service of a Compose file, with what runs once before it.
struct ComposeEntry {
    let stack: ComposeStack
    let service: Service
    let image: Layout.Image

    private var layout: Layout { stack.layout }
    private var isDevelopment: Bool { stack.kind == .development }
    /// With commands as they are typed in its image.
    private var contained: Service { layout.contained(service, isDevelopment: isDevelopment && hasDevelopmentStage) }
    private func name(_ wish: String) -> String {
        stack.taken.contains(wish) || stack.hasSeveralReleases
            ? "\(service.name)-\(wish)" : wish
    }

    /// Migrations and, in development, example data: they run to their end before the processes start.
    var oneShots: [(String, FileMap)] {
        var found: [(String, FileMap)] = []
        let service = contained
        if let release = service.release { found.append((name("migrate"), oneShot(release, after: nil))) }
        if isDevelopment, let seed = service.seed {
            found.append((name("seed"), oneShot(seed, after: service.release == nil ? nil : name("migrate"))))
        }
        if !isDevelopment, let words = layout.handingOver(by: service) {
            found.append((Self.handOver(service), handOver(words)))
        }
        return found
    }

    /// Named after its service, which may be one of several.
    static func handOver(_ service: Service) -> String { "\(service.name)-public" }

    /// Copies files from one folder to another and needs nothing else.
    private func handOver(_ words: [String]) -> FileMap {
        var map: FileMap = ["image": .string(imageName), "build": .map(build)]
        map.set("command", .words(words.map(Self.escaped)))
        let shared = layout.doorFolders.filter { $0.service.name == service.name && !$0.isWritten }
        map.set("volumes", .texts(Set(shared.map { "\($0.volume):\($0.root)" }).sorted()))
        if stack.kind == .production {
            map.set("read_only", true)
            map.set("cap_drop", .texts(["ALL"]))
        }
        map.set("network_mode", "none")
        map.set("healthcheck", ["disable": true])
        stack.harden(&map, memory: "128M", processors: "0.25")
        map.set("restart", "no")
        return map
    }

    private var oneShotNames: [String] {
        (service.release == nil ? [] : [name("migrate")]) + (isDevelopment && service.seed != nil ? [name("seed")] : [])
    }

    private func oneShot(_ text: String, after other: String?) -> FileMap {
        var map = common
        map.set("command", .words(ContainerCommand.words(text).map(Self.escaped)))
        var conditions = resourceConditions
        if let other { conditions.set(other, ["condition": "service_completed_successfully"]) }
        if !conditions.isEmpty { map.set("depends_on", .map(conditions)) }
        map.set("healthcheck", ["disable": true])
        stack.harden(&map, memory: memory, processors: processors)
        map.set("restart", "no")
        return map
    }

    var map: FileMap {
        var map = common
        if isDevelopment, DevelopmentCommand.text(of: service, in: stack.tree) != nil, service.name != image.owner.name
        {
            map.set("command", command(DevelopmentCommand.text(of: service, in: stack.tree)))
        } else if service.name != image.owner.name {
            map.set("command", command(contained.start))
        }
        let conditions = allConditions
        if !conditions.isEmpty { map.set("depends_on", .map(conditions)) }
        map.set("ports", ports)
        map.set("healthcheck", healthcheck)
        stack.harden(&map, memory: memory, processors: processors)
        return map
    }

    private func command(_ text: String?) -> FileValue? {
        text.map { .words(ContainerCommand.words($0).map(Self.escaped)) }
    }

    /// What the process and what runs before it have in common.
    private var common: FileMap {
        var map = FileMap()
        map.set("image", .string(imageName))
        map.set("build", .map(build))
        map.set("init", true)
        let environment = self.environment
        if !environment.isEmpty { map.set("environment", .map(environment)) }
        let mounts = self.mounts
        if !mounts.isEmpty { map.set("volumes", .texts(mounts)) }
        if stack.kind == .production {
            if layout.canBeReadOnly(service) { map.set("read_only", true) }
            map.set("tmpfs", .texts(["/tmp"]))
            // An image that starts as root may need some of them to stop being it.
            if isOurImage { map.set("cap_drop", .texts(["ALL"])) }
        }
        map.set("networks", .texts(usesData ? ["application", "data"] : ["application"]))
        return map
    }

    private var imageName: String {
        switch stack.kind {
        case .development: "\(image.name):dev"
        case .stack: "\(image.name):latest"
        case .production: "${REGISTRY:-}\(image.name):${TAG:-latest}"
        }
    }

    private var build: FileMap {
        let context = image.context == "." ? "." : "./" + image.context
        var map: FileMap = ["context": .string(Self.escaped(context))]
        let prefix = image.context == "." ? "" : image.context + "/"
        let dockerfile =
            image.dockerfile.hasPrefix(prefix) ? String(image.dockerfile.dropFirst(prefix.count)) : image.dockerfile
        if dockerfile != "Dockerfile" { map.set("dockerfile", .string(Self.escaped(dockerfile))) }
        if isDevelopment, hasDevelopmentStage {
            map.set("target", "development")
        } else if let target = layout.handwritten(image)?.target {
            map.set("target", .string(target))
        }
        let variables = layout.buildArguments(of: image)
        if !variables.isEmpty {
            // Without a value: taken from the environment where it is set, else the Dockerfile's own default stays.
            let arguments = variables.map { variable in
                FileMap.Entry(
                    variable.name,
                    layout.address(in: variable, of: image.owner).map { .string($0) } ?? baked(variable))
            }
            map.set("args", .map(FileMap(arguments)))
        }
        return map
    }

    private func baked(_ variable: Variable) -> FileValue {
        let own = layout.apart(variable).flatMap { stack.hosts[$0.name] }
        guard !isDevelopment, isOurImage, let door = own ?? stack.door,
            let here = layout.publicAddress(variable, at: "http://localhost:${\(door.variable):-\(door.port)}")
        else { return .null }
        guard stack.kind == .production else { return .string("${\(variable.name):-\(here)}") }
        let there = layout.publicAddress(variable, at: "https://example.com") ?? here
        return .string("${\(variable.name):?set \(variable.name) to the address of visitors like \(there)}")
    }

    /// A Dockerfile that somebody wrote by hand has its own stages.
    private var hasDevelopmentStage: Bool {
        if let theirs = layout.handwritten(image) { return theirs.hasDevelopmentStage }
        return image.owner.language != nil && (!image.owner.role.isServedFromFiles || image.owner.build != nil)
    }

    private var isOurImage: Bool { !layout.isHandwritten(image) }

    // MARK: Environment

    private var environment: FileMap {
        var map = FileMap()
        for (variable, source) in layout.runVariables(of: service)
        where !service.role.isServedFromFiles || isDevelopment {
            // What a front end reads while it runs, its development server reads; PORT is where that listens.
            let isOwnPort = variable.name == "PORT" && service.role.isServedFromFiles
            let port = isOwnPort ? stack.developmentPorts[service.name] : nil
            map.set(variable.name, port.map { .string(String($0)) } ?? value(of: variable, source))
        }
        let hasServer = isDevelopment && hasDevelopmentStage
        if service.role.isServedFromFiles, hasServer || RuntimeConfigScript(service, in: layout) != nil {
            for variable in layout.buildVariables(of: service) { map.set(variable.name, .null) }
        }
        if stack.kind != .development, isPreforking {
            let count = WorkerCount.count(processors: 0.5, memoryInMB: 512)
            map.set("WEB_CONCURRENCY", "${WEB_CONCURRENCY:-\(count)}")
        }
        return map
    }

    private var isPreforking: Bool {
        guard service.language == "python", let start = service.start, service.singleInstance == nil else {
            return false
        }
        return start.contains("gunicorn") || start.contains("uvicorn")
    }

    private func value(of variable: Variable, _ source: VariableSource) -> FileValue {
        switch source {
        case .part(let resource, let part): return .string(ComposeResource(resource, in: layout).text(of: part))
        case .resource(let resource):
            let server = ComposeResource(resource, in: layout)
            return .string(server.address(for: variable, language: service.language))
        case .port(let port):
            let development = stack.developmentPorts[service.name]
            return .string(String(isDevelopment ? development ?? port : port))
        case .host: return "0.0.0.0"
        case .invented, .given, .optional:
            if let file = layout.databaseFile(variable, of: service) { return .string(file) }
            if let address = serviceAddress(variable) { return .string(address) }
            if case .optional = source, !isDevelopment, forVisitors(variable) != .null { return forVisitors(variable) }
            if variable.mustListVisitors, let origin = origin(of: variable) { return .string(origin) }
            var isOptional = !variable.required || isDevelopment && variable.isForProductionOnly
            if case .optional = source { isOptional = true }
            if stack.kind != .development, layout.asks(for: variable, source) { isOptional = false }
            if variable.isHostList {
                return .string(layout.hostList(variable, asking: "set", isDevelopment: isDevelopment))
            }
            guard isOptional else {
                return .string("${\(variable.name):?set \(variable.name) in the environment file}")
            }
            return layout.passedOn(variable.name, to: service, isDevelopment: isDevelopment && hasDevelopmentStage)
        }
    }

    /// The environment's value; without one the code's own default, unless that is made for a developer's machine.
    private func forVisitors(_ variable: Variable) -> FileValue {
        ProductionValue.of(variable).map { .string("${\(variable.name):-\($0)}") } ?? .null
    }

    /// Where pages come from that the code is to answer; `nil` on a developer's machine, which the code knows.
    private func origin(of variable: Variable) -> String? {
        guard !isDevelopment, let door = stack.door else { return nil }
        guard stack.kind == .production else {
            return "${\(variable.name):-http://localhost:${\(door.variable):-\(door.port)}}"
        }
        return "${\(variable.name):?set \(variable.name) to the address of visitors like https://example.com}"
    }

    private func serviceAddress(_ variable: Variable) -> String? {
        guard !service.role.isServedFromFiles || isDevelopment else { return nil }
        return layout.address(in: variable, of: service)
    }

    // MARK: Where it stands

    private var usesData: Bool { stack.resources.contains { service.uses.contains($0.resource.name) } }

    /// Whether the source is mounted over the copy in the image.
    var mountsSource: Bool { isDevelopment && hasDevelopmentStage && service.language != nil }

    private var mounts: [String] {
        var found = layout.volumes(of: image).map { "\($0.name):\($0.path)" }
        if mountsSource {
            let source = image.context == "." ? "." : "./" + image.context
            let place = layout.handwritten(image)?.developmentDirectory ?? Layout.workingDirectory
            found = ["\(Self.escaped(source)):\(place)"] + found
            found += stack.modules(of: service).map { "\($0.volume):\($0.path)" }
        }
        if service.role.isServedFromFiles, layout.front?.name == service.name { found += stack.sharedMounts }
        return found
    }

    private var ports: FileValue? {
        guard let place = stack.hosts[service.name] else { return nil }
        let inner =
            isDevelopment && hasDevelopmentStage
            ? stack.developmentPorts[service.name] : layout.port(of: service)
        guard let inner = inner ?? layout.port(of: service) else { return nil }
        let isDoor = stack.doorName == service.name
        if isDevelopment {
            return .texts(["127.0.0.1:${\(place.variable):-\(developmentPort(inner, place))}:\(inner)"])
        }
        guard place.isPublished else { return nil }
        return .texts([(isDoor ? "" : "127.0.0.1:") + "${\(place.variable):-\(place.port)}:\(inner)"])
    }

    /// The port that people know from running it by hand, unless another service has it already.
    private func developmentPort(_ inner: UInt16, _ place: PublishedPorts.Place) -> Int {
        let isFirst = stack.firstOnPort[inner] == service.name
        let isReserved = stack.reservedPorts.contains(Int(inner))
        return isFirst && !isReserved ? Int(inner) : place.port
    }

    private var resourceConditions: FileMap {
        FileMap(
            stack.resources.filter { service.uses.contains($0.resource.name) }.map {
                .init($0.resource.name, ["condition": "service_healthy"])
            })
    }

    /// Who brings the tables that the process finds: processes of one image share its database, and a worker with an
    /// image of its own shares that of the server.
    private var preparing: [Service] {
        let databases = Set(
            layout.resources(of: [service]).filter { [.postgres, .mysql, .mariadb, .mongodb].contains($0.kind) }.map(
                \.name))
        return stack.preparers.filter { other in
            image.services.contains { $0.name == other.name } || !databases.isDisjoint(with: other.uses)
        }.sorted { $0.name < $1.name }
    }

    private var allConditions: FileMap {
        var map = resourceConditions
        for sibling in preparing {
            guard let image = layout.image(of: sibling) else { continue }
            for name in ComposeEntry(stack: stack, service: sibling, image: image).oneShotNames {
                map.set(name, ["condition": "service_completed_successfully"])
            }
        }
        let isDoor = service.role.isServedFromFiles && layout.front?.name == service.name
        if isDoor { for (name, value) in stack.handOvers { map.set(name, value) } }
        let wanted = Set(service.uses).union(isDoor ? stack.behindDoor : [])
        let others = layout.services(named: wanted).filter { other in
            other.name != service.name && !other.uses.contains(service.name)
        }
        for other in others where layout.port(of: other) != nil {
            map.set(other.name, ["condition": .string(stack.condition(for: other))])
        }
        return map
    }

    private var healthcheck: FileValue? {
        guard let port = layout.port(of: service) else { return ["disable": true] }
        if isDevelopment, service.role.isServedFromFiles { return ["disable": true] }
        // A hand-written image has its own check, and perhaps not the program that ours asks with.
        guard isOurImage, let tool = HealthProbe.tool(for: service) else { return nil }
        let probe = HealthProbe(
            tool: tool, port: port, variable: service.portVariable, path: layout.healthPath(of: service),
            isForwarded: service.framework == "django")
        return [
            "test": .words(["CMD"] + probe.words.map(Self.escaped)), "interval": "10s", "timeout": "5s", "retries": 5,
            "start_period": "30s",
        ]
    }

    private var memory: String {
        service.role.isServedFromFiles ? "128M" : ["java", "kotlin"].contains(service.language ?? "") ? "1G" : "512M"
    }
    private var processors: String { service.role.isServedFromFiles ? "0.25" : "0.50" }

    /// Compose reads `$` everywhere as a reference.
    static func escaped(_ text: String) -> String { text.swapping("$", with: "$$") }
}

/// Ports of this machine under which services are reached, none twice.
struct PublishedPorts {
    struct Place {
        let port: Int
        let variable: String
        /// Whether nobody else leads to it.
        let isPublished: Bool
    }

    private(set) var hosts: [String: Place] = [:]

    /// Under which the whole application is reached.
    private(set) var door: Place?

    /// - Parameter gateway: The nginx that stands before all of them; each keeps an address of this machine alone.
    init(_ layout: Layout, gateway: Gateway?) {
        let behind =
            layout.front.map { front in
                front.role.isServedFromFiles ? layout.upstreams(behind: front).map(\.service.name) : []
            } ?? []
        var next = 8080
        if gateway != nil {
            door = Place(port: next, variable: "HTTP_PORT", isPublished: true)
            next += 1
        }
        let ordered = layout.listeners.sorted { left, _ in left.name == layout.front?.name }
        for service in ordered {
            let isDoor = gateway == nil && service.name == layout.front?.name
            let stem = Layout.label(service.name).uppercased().swapping("-", with: "_")
            hosts[service.name] = Place(
                port: next, variable: isDoor ? "HTTP_PORT" : "\(stem)_HOST_PORT",
                isPublished: !behind.contains(service.name))
            if isDoor { door = hosts[service.name] }
            next += 1
        }
    }
}
