// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// An app spec for people: every value with where it comes from, how sure it is, and what came second.
public enum Explanation {
    /// Several lines without a trailing newline; the same for the same spec.
    public static func text(of spec: AppSpec, tree: SourceTree) -> String {
        guard !spec.services.isEmpty else { return nothing(in: tree, spec) }
        var lines = [spec.name]
        lines += origin(spec.origins["name"], indentation: 2)
        for service in spec.services { lines += [""] + describe(service, spec.origins) }
        for resource in spec.resources { lines += [""] + describe(resource, spec.origins) }
        if !spec.variables.isEmpty { lines += ["", "variables"] + spec.variables.map(describe) }
        if !spec.diagnostics.isEmpty { lines += ["", "remarks"] + spec.diagnostics.map(describe) }
        lines += tree.remarks.isEmpty ? [] : ["", "left out"] + tree.remarks.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func describe(_ service: Service, _ origins: [String: Origin]) -> [String] {
        let place = service.directory == "." ? "in the root" : "in \(service.directory)"
        var lines = ["\(service.name): \(service.role.rawValue) \(place)"]
        for (field, value) in fields(of: service) {
            lines.append("  \(field): \(value)")
            let path = "services.\(service.name).\(field)"
            lines += origin(origins[path], indentation: 4)
            for (key, inner) in origins.sorted(by: { $0.key < $1.key }) where key.hasPrefix(path + ".") {
                lines += origin(inner, indentation: 4, of: String(key.dropFirst(path.count + 1)))
            }
        }
        return lines
    }

    private static func fields(of service: Service) -> [(String, String)] {
        func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: ", ") }
        let all: [(String, String?)] = [
            ("role", service.role.rawValue), ("language", service.language),
            ("languageVersion", service.languageVersion), ("framework", service.framework),
            ("packageManager", service.packageManager), ("install", service.install), ("build", service.build),
            ("start", service.start), ("release", service.release), ("seed", service.seed),
            ("port", service.port.map { String($0) }), ("portVariable", service.portVariable),
            ("hostVariable", service.hostVariable), ("healthPath", service.healthPath),
            ("outputDirectory", service.outputDirectory), ("systemPackages", list(service.systemPackages)),
            ("buildPackages", list(service.buildPackages)), ("writableDirectories", list(service.writableDirectories)),
            ("writableFiles", list(service.writableFiles ?? [])),
            ("publicFolders", list((service.publicFolders ?? []).map(\.text))),
            ("uses", list(service.uses)), ("routes", list(service.routes)),
            ("strippedRoutes", list(service.strippedRoutes ?? [])), ("singleInstance", service.singleInstance),
        ]
        return all.compactMap { field, value in value.map { (field, $0) } }
    }

    private static func describe(_ resource: Resource, _ origins: [String: Origin]) -> [String] {
        var lines = ["\(resource.name): \(resource.kind.rawValue)"]
        lines += origin(origins["resources.\(resource.name).kind"], indentation: 4)
        for (field, value) in [("version", resource.version), ("variable", resource.variable)] {
            guard let value else { continue }
            lines.append("  \(field): \(value)")
            lines += origin(origins["resources.\(resource.name).\(field)"], indentation: 4)
        }
        return lines
    }

    private static func describe(_ variable: Variable) -> String {
        var facts = [variable.required ? "required" : "optional"]
        if variable.secret { facts.append("secret") }
        if variable.phase != .run { facts.append("\(variable.phase.rawValue) time") }
        if let value = variable.default { facts.append("default \(value)") }
        facts.append("read by \(variable.services.joined(separator: ", "))")
        if let first = variable.origins.first { facts.append("at \(first)") }
        return "  \(variable.name): \(facts.joined(separator: ", "))"
    }

    private static func describe(_ diagnostic: Diagnostic) -> String {
        let line = diagnostic.line.map { ":\($0)" } ?? ""
        let place = diagnostic.file.map { " \($0)\(line)" } ?? ""
        return "  \(diagnostic.severity.rawValue) \(diagnostic.code)\(place): \(diagnostic.message)"
    }

    private static func origin(_ origin: Origin?, indentation: Int, of element: String? = nil) -> [String] {
        guard let origin else { return [] }
        let space = String(repeating: " ", count: indentation)
        let subject = element.map { "\($0) " } ?? ""
        let place = origin.file == nil ? origin.why : "\(origin.location), \(origin.why)"
        let sure = "\(Int((origin.confidence * 100).rounded())) %"
        return ["\(space)\(subject)from \(place) (\(sure) sure)"]
            + (origin.runnerUp.map { ["\(space)rather than \($0)"] } ?? [])
    }

    /// What was looked at, and the few lines that state a service.
    private static func nothing(in tree: SourceTree, _ spec: AppSpec) -> String {
        let manifests = [
            "package.json", "requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "manage.py", "go.mod",
            "Cargo.toml", "Package.swift", "Gemfile", "composer.json", "pom.xml", "build.gradle", "mix.exs", "Procfile",
            "Dockerfile", "docker-compose.yml", "compose.yaml", "index.html",
        ]
        let found = manifests.compactMap { name -> String? in
            let places = tree.files(named: name)
            return places.first.map { "  \($0.path)\(places.count > 1 ? " and \(places.count - 1) more" : "")" }
        }
        let looked = found.isEmpty ? ["  none of: \(manifests.joined(separator: ", "))"] : found
        return
            (["no service was found among \(tree.entries.count) files", "looked at:"] + looked
            + spec.diagnostics.map(describe)
            + [
                "to state one, write slipway.yml:", "  services:", "    web:", "      directory: .",
                "      start: ./server --port ${PORT:-8000}", "      port: 8000",
            ]).joined(separator: "\n")
    }
}
