// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The environment contract as templates: for the whole repository, for each service, and for Compose.
package struct EnvironmentTemplateEmitter: Emitter {
    package let name = "environment"
    package let target = FileTarget.common

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        EnvironmentTemplates(input).files
    }
}

/// The templates of one application, and what all of them look up.
private struct EnvironmentTemplates {
    private typealias Line = (variable: Variable, source: VariableSource)

    private let input: EmitterInput
    private let layout: Layout
    private let readers: VariableReaders
    private let byName: [String: [Variable]]

    init(_ input: EmitterInput) {
        self.input = input
        layout = input.layout
        readers = VariableReaders(input.app.variables)
        byName = Dictionary(grouping: input.app.variables, by: \.name)
    }

    var files: [GeneratedFile] {
        let everyLine = variables(of: input.app.services)
        var files = [
            GeneratedFile(path: ".env.docker.example", contents: compose(everyLine, production: false)),
            GeneratedFile(path: ".env.production.example", contents: compose(everyLine, production: true)),
        ]
        let read = input.app.variables.filter { !$0.services.isEmpty }
        guard !read.isEmpty else { return files }
        files.append(GeneratedFile(path: ".env.example", contents: whole))
        let folders = Dictionary(grouping: input.app.services) { $0.directory }.filter { $0.key != "." }
        for (folder, services) in folders.sorted(by: { $0.key < $1.key }) {
            let own = variables(of: services)
            guard !own.isEmpty else { continue }
            for production in [false, true] {
                files.append(
                    GeneratedFile(
                        path: folder + (production ? "/.env.production.example" : "/.env.example"),
                        contents: text(of: own, services, in: folder, production: production)))
            }
        }
        return files
    }

    private func variables(of services: [Service]) -> [Line] {
        var seen: Set<String> = []
        return services.flatMap { service in
            layout.runVariables(of: service) + layout.buildVariables(of: service).map { ($0, .optional($0.default)) }
        }.filter { seen.insert($0.variable.name).inserted }.sorted { $0.variable.name < $1.variable.name }
    }

    private func text(of lines: [Line], _ services: [Service], in folder: String, production: Bool) -> String {
        let names = services.map(\.name).joined(separator: ", ")
        var template = EnvironmentTemplate(
            "What \(names) reads from its environment\(production ? " in production" : "").\n"
                + "Copy it to .env\(production ? ".production" : ""), which stays out of git, and fill in what is required.\n"
                + "A line behind a # shows what the code does without it.", readers: readers, folder: folder)
        for line in lines {
            let variable = production ? line.variable : own(line.variable)
            template.variable(variable, source: line.source, layout: layout, isDeployed: production)
        }
        return template.text
    }

    /// As the code has it, where no server of ours stands before it.
    private func own(_ variable: Variable) -> Variable {
        byName[variable.name]?.first { $0.services == variable.services } ?? variable
    }

    private var whole: String {
        var template = EnvironmentTemplate(
            "What \(input.app.name) reads from its environment, for running it without containers.\n"
                + "Copy it to .env, which stays out of git, and fill in what is required.\n"
                + "A line behind a # shows what the code does without it.", readers: readers)
        var seen: Set<String> = []
        for service in input.app.services {
            let fresh = variables(of: [service]).filter { seen.insert($0.variable.name).inserted }
            guard !fresh.isEmpty else { continue }
            template.section(service.name)
            for line in fresh {
                template.variable(own(line.variable), source: line.source, layout: layout, isDeployed: false)
            }
        }
        return template.text
    }

    /// What the Compose files ask for; addresses of databases are theirs to say.
    private func compose(_ everyLine: [Line], production: Bool) -> String {
        let file = production ? ComposeFileName.productionValues : ".env"
        let stack = input.stack(production ? .production : .stack)
        var template = EnvironmentTemplate(
            "Values for \(production ? ComposeFileName.production : "docker-compose.yml and \(ComposeFileName.development)").\n"
                + "Copy it to \(file), which stays out of git, and fill in what is required.\n"
                + "A line behind a # shows what counts without it.", readers: readers)
        if production {
            template.section("Images")
            template.line("TAG", example: "latest", isSet: false, notes: ["Which version runs: the tag of all images."])
            template.line(
                "REGISTRY", example: "registry.example.com/", isSet: false,
                notes: ["Where images are pulled from, with a slash at the end; built here when empty."])
        }
        if let place = stack.door {
            template.line(
                place.variable, example: String(place.port), isSet: false,
                notes: ["Port of this machine under which the application is reached."])
        }
        let passwords = Set(stack.resources.compactMap(\.passwordVariable)).sorted()
        if !passwords.isEmpty { template.section("Databases") }
        for name in passwords {
            template.line(
                name, example: "", isSet: true,
                notes: [
                    "required, secret; letters and digits only, because it becomes part of an address.",
                    "Make one with: openssl rand -hex 24",
                ])
        }
        let others = production ? [] : [input.stack(.development)]
        let asked = ([stack] + others).reduce(into: Set<String>()) { $0.formUnion(AskedNames.of($1.map)) }
        let lines = everyLine.filter { line in
            asked.contains(line.variable.name) && !passwords.contains(line.variable.name)
        }
        if !lines.isEmpty { template.section("Application") }
        for line in lines {
            let variable = line.variable
            // The Compose file on this machine knows where visitors come.
            if !production, !variable.required, layout.wantsPublicAddress(variable) || variable.mustListVisitors {
                let note = "Without a value the address of this machine."
                template.line(variable.name, example: "", isSet: false, notes: [note])
                continue
            }
            template.variable(variable, source: line.source, layout: layout, isDeployed: true)
        }
        return template.text
    }
}
