// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// `docker-stack.yml` for Docker Swarm: images from a registry, updates that start the new task first and roll back by
/// themselves (docs.docker.com/reference/compose-file/deploy).
package struct SwarmEmitter: Emitter {
    package let name = "swarm"
    package let target = FileTarget.swarm

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        var services = FileMap()
        for image in layout.images.map({ layout.contained($0) }) {
            for service in image.services where service.start != nil || service.role.isServedFromFiles {
                services.set(service.name, .map(self.service(service, image: image, layout: layout)))
            }
            if let release = image.services.compactMap(\.release).first {
                services.set(
                    Layout.label("\(image.owner.name)-migrate"), .map(migration(release, image: image, layout: layout)))
            }
        }
        let resources = layout.resources(of: layout.app.services)
        for resource in resources {
            guard let image = ResourceImage(resource) else { continue }
            services.set(resource.name, .map(self.resource(resource, image)))
        }
        var volumes = FileMap()
        for resource in resources where ResourceImage(resource)?.data != nil {
            volumes.set("\(resource.name)-data", .map([:]))
        }
        for image in layout.images {
            for volume in layout.volumes(of: image) { volumes.set(volume.name, .map([:])) }
        }
        var map: FileMap = ["services": .map(services)]
        if !volumes.isEmpty { map.set("volumes", .map(volumes)) }
        var networks: FileMap = ["front": ["driver": "overlay"]]
        if !resources.isEmpty {
            networks.set("data", ["driver": "overlay", "internal": true, "driver_opts": ["encrypted": "true"]])
        }
        map.set("networks", .map(networks))
        let comment =
            "\(layout.name) on Docker Swarm. REGISTRY and TAG say which images run:\n"
            + "set -a && . ./.env.production && set +a && REGISTRY=ghcr.io/me TAG=1.0 docker stack deploy --with-registry-auth"
            + " --detach=false -c docker-stack.yml \(layout.name)"
        return [GeneratedFile(path: "docker-stack.yml", contents: YAMLText.print(map, comment: comment))]
    }

    private func service(_ service: Service, image: Layout.Image, layout: Layout) -> FileMap {
        var map: FileMap = ["image": .string("${REGISTRY:?say REGISTRY}/\(image.name):${TAG:?say TAG}")]
        if service.name != image.owner.name, let start = service.start {
            map.set("command", .words(ContainerCommand.words(start).map(Self.escaped)))
        }
        map.set("init", true)
        map.set("read_only", .boolean(service.role.isServedFromFiles))
        map.set("tmpfs", .texts(["/tmp"]))
        map.set("cap_drop", .texts(["ALL"]))
        map.set("stop_grace_period", "30s")
        if !service.role.isServedFromFiles {
            let environment = Self.environment(of: service, layout)
            if !environment.isEmpty { map.set("environment", .map(environment)) }
        } else if let script = RuntimeConfigScript(service, in: layout), !script.variables.isEmpty {
            map.set("environment", .pairs(script.variables.map { ($0.name, "${\($0.name):-}") }))
        }
        let networks = ["front"] + (layout.resources(of: [service]).isEmpty ? [] : ["data"])
        map.set("networks", .texts(networks))
        if layout.front?.name == service.name, let port = layout.port(of: service) {
            map.set(
                "ports",
                .list([["target": .integer(Int(port)), "published": 8080, "protocol": "tcp", "mode": "ingress"]]))
        }
        let volumes = service.role.isServedFromFiles ? [] : layout.volumes(of: image)
        if !volumes.isEmpty { map.set("volumes", .texts(volumes.map { "\($0.name):\($0.path)" })) }
        map.set("deploy", .map(deploy(service, layout)))
        map.set("logging", Self.logging)
        return map
    }

    /// Runs at each deploy until it succeeds; a swarm has no order, so what needs the new tables waits or fails until then.
    private func migration(_ command: String, image: Layout.Image, layout: Layout) -> FileMap {
        var map = service(image.owner, image: image, layout: layout).removing("ports")
        map.set("command", .words(ContainerCommand.words(command).map(Self.escaped)))
        map.set(
            "deploy",
            [
                "replicas": 1, "restart_policy": ["condition": "on-failure", "delay": "5s", "max_attempts": 20],
                "resources": ["limits": ["cpus": "0.50", "memory": "512M"]],
            ])
        return map
    }

    static let logging: FileValue = ["driver": "json-file", "options": ["max-size": "10m", "max-file": "5"]]

    /// Compose expands `$`; a command's own variables are the container's business.
    private static func escaped(_ text: String) -> String { text.swapping("$", with: "$$") }

    static func environment(of service: Service, _ layout: Layout) -> FileMap {
        var map = FileMap()
        for (variable, source) in layout.runVariables(of: service) {
            if let file = layout.databaseFile(variable, of: service) {
                map.set(variable.name, .string(file))
                continue
            }
            switch source {
            case .port(let port): map.set(variable.name, .string("\(port)"))
            case .host: map.set(variable.name, "0.0.0.0")
            case .resource(let resource):
                let password = "${\(passwordName(resource)):?say \(passwordName(resource))}"
                map.set(
                    variable.name,
                    .string(
                        ResourceImage.address(
                            of: resource, host: resource.name, password: password, for: variable,
                            language: service.language)))
            case .part(let resource, let part):
                let password = "${\(passwordName(resource)):?say \(passwordName(resource))}"
                map.set(
                    variable.name,
                    .string(ResourceImage.text(of: part, resource, host: resource.name, password: password)))
            case .given where variable.isHostList, .optional where variable.isHostList:
                map.set(variable.name, .string(layout.hostList(variable, asking: "say")))
            case .invented, .given:
                map.set(
                    variable.name,
                    layout.asks(for: variable, source)
                        ? .string("${\(variable.name):?say \(variable.name)}")
                        : layout.passedOn(variable.name, to: service, isDevelopment: false))
            // Passed on where it is set; code that asks for it sees no empty text where it is not.
            case .optional(nil), .optional(""):
                map.set(variable.name, layout.passedOn(variable.name, to: service, isDevelopment: false))
            // Swarm's own reader ends a reference at the first brace (github.com/docker/cli, cli/compose/template); the
            // code has this value by itself.
            case .optional(let value?) where value.contains("}"):
                map.set(variable.name, layout.passedOn(variable.name, to: service, isDevelopment: false))
            case .optional(let value?): map.set(variable.name, .string("${\(variable.name):-\(escaped(value))}"))
            }
        }
        return map
    }

    /// The name under which Compose reads it too.
    static func passwordName(_ resource: Resource) -> String {
        ComposeResource(resource, in: Layout(AppSpec(name: "app"))).passwordVariable
            ?? resource.name.uppercased().replacing("-", with: "_") + "_PASSWORD"
    }

    private func deploy(_ service: Service, _ layout: Layout) -> FileMap {
        let isSingle = service.singleInstance != nil || !layout.keptFolders(of: service).isEmpty
        let isFiles = service.role.isServedFromFiles
        let order: FileValue = isSingle ? "stop-first" : "start-first"
        return [
            "replicas": .integer(isSingle ? 1 : service.replicas ?? (service.role.listens || isFiles ? 2 : 1)),
            "update_config": [
                "parallelism": 1, "delay": "5s", "order": order, "failure_action": "rollback", "monitor": "30s",
                "max_failure_ratio": 0,
            ],
            "rollback_config": ["parallelism": 1, "order": order, "failure_action": "pause", "monitor": "30s"],
            "restart_policy": ["condition": "any", "delay": "5s", "max_attempts": 10, "window": "120s"],
            "resources": [
                "limits": ["cpus": .string(isFiles ? "0.25" : "0.50"), "memory": .string(isFiles ? "128M" : "512M")],
                "reservations": [
                    "cpus": .string(isFiles ? "0.05" : "0.10"), "memory": .string(isFiles ? "32M" : "128M"),
                ],
            ],
        ]
    }

    private func resource(_ resource: Resource, _ image: ResourceImage) -> FileMap {
        var map: FileMap = ["image": .string(image.name)]
        let password = "${\(Self.passwordName(resource)):?say \(Self.passwordName(resource))}"
        let settings = ResourceImage.settings(of: resource, password: password)
        if !settings.isEmpty { map.set("environment", .pairs(settings)) }
        map.set("networks", .texts(["data"]))
        if let data = image.data { map.set("volumes", .texts(["\(resource.name)-data:\(data)"])) }
        map.set(
            "healthcheck",
            [
                "test": .words(["CMD-SHELL", image.check]), "interval": "10s", "timeout": "5s", "retries": 5,
                "start_period": "30s",
            ])
        map.set("stop_grace_period", "60s")
        map.set(
            "deploy",
            [
                "replicas": 1, "update_config": ["order": "stop-first", "failure_action": "rollback"],
                "placement": .map(
                    FileMap([
                        .init(
                            "constraints", .texts(["node.labels.\(resource.name) == true"]),
                            comment:
                                "Its volume is on one node: docker node update --label-add \(resource.name)=true NODE.")
                    ])),
                "resources": ["limits": ["cpus": "1.00", "memory": "512M"]],
            ])
        map.set("logging", Self.logging)
        return map
    }
}
