// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// render.yaml (render.com/docs/blueprint-spec): services, databases, groups of shared variables, commands before a
/// deploy. Processes run from the same images as everywhere; files are served by Render's own network.
package struct RenderEmitter: Emitter {
    package let name = "render"
    package let target = FileTarget.render
    /// Everything stands in one region, because private addresses work inside one only.
    private static let region = "oregon"

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.app.services.isEmpty else { return [] }
        var map = FileMap()
        let shared = sharedVariables(layout)
        let services = layout.images.map { layout.contained($0) }.flatMap { image in
            image.services.map { FileValue.map(service($0, image: image, shared: shared, layout: layout)) }
        }
        let used = layout.resources(of: layout.app.services)
        let stores = used.filter { $0.kind == .redis || $0.kind == .valkey }.map { resource -> FileValue in
            [
                "type": "keyvalue", "name": .string(name(resource, layout)), "plan": "starter",
                "region": .string(Self.region), "maxmemoryPolicy": "noeviction", "ipAllowList": [],
            ]
        }
        map.set("services", .list(services + stores))
        let databases = used.filter { $0.kind == .postgres }.map { FileValue.map(database($0, layout)) }
        if !databases.isEmpty { map.set("databases", .list(databases)) }
        if !shared.isEmpty {
            map.set(
                "envVarGroups",
                .list([["name": .string("\(layout.name)-shared"), "envVars": .list(shared.map(\.entry))]]))
        }
        let comment =
            "\(layout.name) on Render: New > Blueprint in the dashboard, or render blueprint launch.\n"
            + "Values marked sync: false are asked for when the blueprint is created."
        return [GeneratedFile(path: "render.yaml", contents: YAMLText.print(map, comment: comment))]
    }

    private func name(_ resource: Resource, _ layout: Layout) -> String {
        Layout.label("\(layout.name)-\(resource.name)")
    }

    private func database(_ resource: Resource, _ layout: Layout) -> FileMap {
        var map: FileMap = [
            "name": .string(name(resource, layout)), "plan": "basic-256mb", "region": .string(Self.region),
        ]
        // Render makes no database of a version that PostgreSQL itself has given up (render.com/docs/postgresql-upgrading).
        if let version = resource.version.flatMap({ Int($0.prefix { $0 != "." }) }), version >= 13 {
            map.set("postgresMajorVersion", .string("\(version)"))
        }
        map.set("ipAllowList", [], comment: "Reached from inside only.")
        return map
    }

    // MARK: Services

    private func service(_ service: Service, image: Layout.Image, shared: [Shared], layout: Layout) -> FileMap {
        if service.role.isServedFromFiles { return site(service, layout) }
        let isWeb = layout.port(of: service) != nil
        let name = service.name == image.owner.name ? image.name : Layout.label("\(layout.name)-\(service.name)")
        var map: FileMap = [
            "type": .string(service.role == .cron ? "cron" : isWeb ? "web" : "worker"), "name": .string(name),
            "runtime": "docker", "region": .string(Self.region), "plan": "starter",
            "dockerfilePath": .string("./\(image.dockerfile)"),
            "dockerContext": .string(image.context == "." ? "." : "./\(image.context)"),
        ]
        if service.name != image.owner.name, let start = service.start {
            map.set("dockerCommand", .string(shell(start)))
        }
        if service.role == .cron { map.set("schedule", "0 * * * *", comment: "Every hour; say when it should run.") }
        if service.name == image.owner.name, let both = layout.startAfterMigration(of: image) {
            map.set("dockerCommand", .string(both.map(ShellWord.quote).joined(separator: " ")))
        } else if service.name == image.owner.name, let release = image.services.compactMap(\.release).first {
            map.set("preDeployCommand", .string(shell(release)))
        }
        if isWeb, let path = layout.healthPath(of: service) { map.set("healthCheckPath", .string(path)) }
        if service.role != .cron { map.set("maxShutdownDelaySeconds", 30) }
        map.set("numInstances", service.role == .cron ? nil : 1)
        if let first = layout.keptFolders(of: service).first {
            map.set(
                "disk",
                [
                    "name": "data", "sizeGB": 1,
                    "mountPath": .string(layout.path(ofWritable: first, of: service)),
                ], comment: diskComment(service, layout))
        }
        let variables = environment(of: service, shared: shared, layout)
        if !variables.isEmpty { map.set("envVars", .list(variables)) }
        return map
    }

    private func diskComment(_ service: Service, _ layout: Layout) -> String? {
        let lost = layout.keptFolders(of: service).dropFirst()
        return lost.isEmpty
            ? nil : "A service has one disk, so \(lost.joined(separator: ", ")) does not survive a deploy."
    }

    /// Render starts it without a shell.
    private func shell(_ command: String) -> String {
        ShellWord.split(command) == nil ? "/bin/sh -c \(ShellWord.quote(command))" : command
    }

    private func site(_ service: Service, _ layout: Layout) -> FileMap {
        let commands = [service.install, service.build].compactMap(\.self)
        var map: FileMap = [
            "type": "web", "name": .string(layout.image(of: service)?.name ?? service.name), "runtime": "static",
            "rootDir": .string(service.directory),
        ]
        map.set("buildCommand", .string(commands.isEmpty ? "true" : commands.joined(separator: " && ")))
        map.set("staticPublishPath", .string("./\(service.outputDirectory ?? "")"))
        var routes: [FileValue] = []
        if layout.front?.name == service.name {
            for (upstream, prefixes) in layout.upstreams(behind: service) {
                let host = "https://\(layout.image(of: upstream)?.name ?? upstream.name).onrender.com"
                for prefix in prefixes {
                    let kept = upstream.strippedRoutes?.contains(prefix) == true ? "" : prefix
                    routes.append(
                        [
                            "type": "rewrite", "source": .string(prefix),
                            "destination": .string(host + (kept.isEmpty ? "/" : kept)),
                        ])
                    routes.append(
                        [
                            "type": "rewrite", "source": .string("\(prefix)/*"),
                            "destination": .string("\(host)\(kept)/*"),
                        ])
                }
            }
        }
        if service.role == .spa { routes.append(["type": "rewrite", "source": "/*", "destination": "/index.html"]) }
        if !routes.isEmpty { map.set("routes", .list(routes)) }
        map.set("headers", .list(headers(service)))
        let variables = layout.buildVariables(of: service).map { variable -> FileValue in
            layout.wantsPublicAddress(variable)
                ? ["key": .string(variable.name), "sync": false]
                : ["key": .string(variable.name), "value": .string(variable.default ?? "")]
        }
        if !variables.isEmpty { map.set("envVars", .list(variables)) }
        return map
    }

    private func headers(_ service: Service) -> [FileValue] {
        var headers = NginxSite.headers.map { header -> FileValue in
            ["path": "/*", "name": .string(header.name), "value": .string(header.value)]
        }
        if service.framework == "vite" {
            headers.append(
                ["path": "/assets/*", "name": "Cache-Control", "value": "public, max-age=31536000, immutable"])
        }
        return headers
    }

    // MARK: Variables

    /// A variable that several services read with one value.
    private struct Shared {
        let name: String
        let entry: FileValue
    }

    private func sharedVariables(_ layout: Layout) -> [Shared] {
        let running = layout.app.services.filter { !$0.role.isServedFromFiles }
        guard running.count > 1 else { return [] }
        let read = running.flatMap { layout.runVariables(of: $0) }
        let byName = Dictionary(grouping: read) { $0.variable.name }.filter { $0.value.count > 1 }
        return byName.sorted { $0.key < $1.key }.compactMap { name, reads in
            // One value for all: what is a part of an address, or a service's own port, is each service's to say.
            guard let source = reads.first?.source, reads.allSatisfy({ $0.source == source }) else { return nil }
            switch source {
            case .invented: return Shared(name: name, entry: ["key": .string(name), "generateValue": true])
            case .optional(let value?) where !value.isEmpty:
                return Shared(name: name, entry: ["key": .string(name), "value": .string(value)])
            default: return nil
            }
        }
    }

    /// Parts of an address that Render knows (render.com/docs/blueprint-spec#referencing-values-from-other-services).
    private func entry(
        _ variable: Variable, _ part: ResourcePart, of resource: Resource, _ layout: Layout
    ) -> FileValue {
        let key = FileValue.string(variable.name)
        let name = FileValue.string(name(resource, layout))
        switch (resource.kind, part) {
        case (_, .driver), (_, .adapter), (_, .engine):
            return ["key": key, "value": .string(ResourceImage.text(of: part, resource, host: ""))]
        case (.postgres, _):
            return ["key": key, "fromDatabase": ["name": name, "property": .string(part.rawValue)]]
        case (.redis, .host), (.redis, .port), (.valkey, .host), (.valkey, .port):
            return ["key": key, "fromService": ["type": "keyvalue", "name": name, "property": .string(part.rawValue)]]
        default: return ["key": key, "sync": false]
        }
    }

    private func environment(of service: Service, shared: [Shared], _ layout: Layout) -> [FileValue] {
        var entries: [FileValue] = []
        let names = Set(shared.map(\.name))
        let variables = layout.runVariables(of: service)
        if variables.contains(where: { names.contains($0.variable.name) }) {
            entries.append(["fromGroup": .string("\(layout.name)-shared")])
        }
        for (variable, source) in variables where !names.contains(variable.name) {
            switch source {
            case .resource(let resource)
            where variable.furtherDatabase != nil
                || !AddressForm(resource.kind, like: variable.addressExample, language: service.language)
                    .isConnectionString:
                // Render's is a URL, which this code does not read, and that of the first database.
                entries.append(["key": .string(variable.name), "sync": false])
            case .resource(let resource):
                let name = FileValue.string(name(resource, layout))
                switch resource.kind {
                case .postgres:
                    entries.append(
                        [
                            "key": .string(variable.name),
                            "fromDatabase": ["name": name, "property": "connectionString"],
                        ])
                case .redis, .valkey:
                    entries.append(
                        [
                            "key": .string(variable.name),
                            "fromService": ["type": "keyvalue", "name": name, "property": "connectionString"],
                        ])
                default: entries.append(["key": .string(variable.name), "sync": false])
                }
            case .part(let resource, let part): entries.append(entry(variable, part, of: resource, layout))
            case .port(let port): entries.append(["key": .string(variable.name), "value": .string("\(port)")])
            case .host: entries.append(["key": .string(variable.name), "value": "0.0.0.0"])
            case .invented: entries.append(["key": .string(variable.name), "generateValue": true])
            case .given: entries.append(["key": .string(variable.name), "sync": false])
            case .optional(let value):
                guard let value, !value.isEmpty else { continue }
                entries.append(["key": .string(variable.name), "value": .string(value)])
            }
        }
        return entries
    }
}
