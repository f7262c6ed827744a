// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A Procfile beside each code base, and app.json and heroku.yml for Heroku, which builds the same images.
package struct HerokuEmitter: Emitter {
    package let name = "heroku"
    package let target = FileTarget.heroku

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        var files = Dictionary(grouping: layout.images, by: \.context).sorted { $0.key < $1.key }
            .compactMap { context, images in procfile(images, context: context, layout: layout) }
        let processes = layout.images.filter { !$0.owner.role.isServedFromFiles || layout.images.count == 1 }
        guard !processes.isEmpty else { return files }
        files.append(
            GeneratedFile(path: "app.json", contents: JSONText.print(description(of: processes, layout: layout))))
        files.append(
            GeneratedFile(
                path: "heroku.yml",
                contents: YAMLText.print(
                    containers(processes, input),
                    comment:
                        "The images of \(layout.name) on Heroku: heroku stack:set container, then git push heroku main."
                )))
        return files
    }

    /// Process types (devcenter.heroku.com/articles/procfile); read by Railway, Render's import and local runners too.
    private func procfile(_ images: [Layout.Image], context: String, layout: Layout) -> GeneratedFile? {
        var lines: [String] = []
        var names: Set<String> = []
        let owners = images.filter { image in image.services.contains { $0.start != nil } }
        for image in owners {
            if let release = image.services.compactMap(\.release).first, names.insert("release").inserted {
                lines.append("release: \(inside(image, context, release))")
            }
            for service in image.services {
                guard let command = command(of: service, layout) else { continue }
                let name = owners.count == 1 ? layout.processName(of: service, in: image) : processName(service, layout)
                guard names.insert(name).inserted else { continue }
                lines.append("\(name): \(inside(image, context, command))")
            }
        }
        guard !lines.isEmpty, lines.allSatisfy({ !$0.contains("\n") }) else { return nil }
        return GeneratedFile(
            path: Layout.join(context, "Procfile"), contents: lines.map { $0 + "\n" }.joined())
    }

    /// Process types start in the Procfile's folder.
    private func inside(_ image: Layout.Image, _ context: String, _ command: String) -> String {
        let folder = image.owner.directory
        guard folder != context, folder != "." else { return command }
        let inner = context == "." ? folder : String(folder.dropFirst(context.utf8.count + 1))
        return "cd \(ShellWord.quote(inner)) && \(command)"
    }

    /// The one that visitors reach is `web`, which Heroku routes to; the others keep their names.
    private func processName(_ service: Service, _ layout: Layout) -> String {
        if service.name == door(layout)?.name { return "web" }
        return service.name == "web" ? "web-process" : service.name
    }

    /// The door, or what stands nearest to it where files are the door.
    private func door(_ layout: Layout) -> Service? {
        let running = layout.listeners.filter { $0.start != nil && !$0.role.isServedFromFiles }
        return running.first { $0.name == layout.front?.name } ?? running.first
    }

    /// Heroku's PHP has a server of its own (devcenter.heroku.com/articles/custom-php-settings).
    private func command(of service: Service, _ layout: Layout) -> String? {
        guard service.language == "php", service.role.listens else { return layout.portableCommand(of: service) }
        return "heroku-php-apache2 public/"
    }

    private func name(
        _ service: Service, _ image: Layout.Image, _ images: [Layout.Image], _ layout: Layout
    ) -> String {
        images.count == 1 ? layout.processName(of: service, in: image) : processName(service, layout)
    }

    /// What runs in an image whose program was built: it lies elsewhere there than beside the source.
    private func builtCommand(_ image: Layout.Image, _ input: EmitterInput) -> String? {
        let interpreted: Set<String> = ["python", "javascript", "typescript", "ruby", "php"]
        guard !input.layout.isHandwritten(image), !interpreted.contains(image.owner.language ?? ""),
            let file = input.dockerfiles.first(where: { $0.path == image.dockerfile }),
            let command = Dockerfile(parsing: file.contents).finalStage.last(where: { $0.keyword == "CMD" })
        else { return nil }
        return command.arguments.map(ShellWord.quote).joined(separator: " ")
    }

    private func containers(_ images: [Layout.Image], _ input: EmitterInput) -> FileMap {
        let layout = input.layout
        var docker = FileMap()
        var run = FileMap()
        var release: FileValue?
        for image in images {
            for service in image.services {
                let name = self.name(service, image, images, layout)
                if service.name == image.owner.name {
                    docker.set(name, .string(image.dockerfile))
                    if let command = image.services.compactMap(\.release).first, release == nil {
                        release = ["image": .string(name), "command": .list([.string(command)])]
                    }
                    if let command = builtCommand(image, input) ?? layout.portableCommand(of: service) {
                        run.set(name, .string(command))
                    }
                } else if let command = service.start {
                    let owner = self.name(image.owner, image, images, layout)
                    run.set(name, ["image": .string(owner), "command": .list([.string(command)])])
                }
            }
        }
        var map: FileMap = ["build": ["docker": .map(docker)]]
        map.set("release", release)
        if !run.isEmpty { map.set("run", .map(run)) }
        return map
    }

    /// devcenter.heroku.com/articles/app-json-schema
    private func description(of images: [Layout.Image], layout: Layout) -> FileMap {
        var map: FileMap = ["name": .string(layout.name), "stack": "container"]
        var environment = FileMap()
        for image in images {
            for (variable, source) in layout.runVariables(of: image) {
                if let entry = entry(variable, source) { environment.set(variable.name, .map(entry)) }
            }
        }
        if !environment.isEmpty { map.set("env", .map(environment)) }
        let addons = layout.resources(of: images.flatMap(\.services)).compactMap { resource -> FileValue? in
            switch resource.kind {
            case .postgres:
                ["plan": "heroku-postgresql:essential-0", "as": .string(Self.attachment(resource, "DATABASE"))]
            case .redis, .valkey: ["plan": "heroku-redis:mini", "as": .string(Self.attachment(resource, "REDIS"))]
            default: nil
            }
        }
        if !addons.isEmpty { map.set("addons", .list(addons)) }
        var formation = FileMap()
        for image in images {
            for service in image.services where service.start != nil {
                let name = self.name(service, image, images, layout)
                formation.set(name, ["quantity": 1, "size": "basic"])
            }
        }
        if !formation.isEmpty { map.set("formation", .map(formation)) }
        return map
    }

    /// Heroku names the variable after the attachment: `DATABASE` gives `DATABASE_URL`.
    private static func attachment(_ resource: Resource, _ conventional: String) -> String {
        guard let variable = resource.variable, variable.hasSuffix("_URL") else { return conventional }
        return String(variable.dropLast(4))
    }

    private func entry(_ variable: Variable, _ source: VariableSource) -> FileMap? {
        var entry = FileMap()
        if let purpose = variable.purpose { entry.set("description", .string(purpose)) }
        switch source {
        // The platform sets these itself.
        case .port, .host: return nil
        case .resource(let resource)
        where [.postgres, .redis, .valkey].contains(resource.kind) && variable.furtherDatabase == nil:
            return nil
        case .resource, .part, .given: entry.set("required", .boolean(variable.required))
        case .invented: entry.set("generator", "secret")
        case .optional(let value):
            entry.set("required", false)
            if let value, !value.isEmpty { entry.set("value", .string(value)) }
        }
        return entry
    }
}
