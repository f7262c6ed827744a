// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Node and Bun servers: built with all packages, run with those of production.
struct NodeImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { ["javascript", "typescript"].contains(service.language) }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        isDevelopment ? text : NodeScripts(packages: NodePackages(input)).plain(text)
    }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let packages = NodePackages(input)
        let runsBun = service.start?.hasPrefix("bun ") ?? false
        let system =
            service.systemPackages + (packages.usesPrisma ? ["openssl"] : [])
            + (packages.usesBrowser ? ["chromium"] : [])
        var dependencies = packages.dependencies()
        if !packages.isAlpine { dependencies.install(service.buildPackages + system) }
        packages.install(&dependencies, production: false)

        var development = DockerStage("dependencies", name: "development", comment: "Follows changes of the source.")
        development.copy(["."], to: Layout.workingDirectory)
        path(input, &development)
        input.develop(&development)
        var stages = [dependencies, development]

        let isTrimmed = isStandalone(service) && service.release == nil
        if let build = service.build {
            var stage = DockerStage("dependencies", name: "build")
            stage.copy(["."], to: Layout.workingDirectory)
            input.declareBuildVariables(in: &stage)
            if !input.placeholders.isEmpty {
                stage.comment("Values that let the code load; none of them stays in the image.")
            }
            if isStandalone(service) {
                stage.comment("The standalone server looks for its files beside itself (nextjs.org, output).")
            }
            stage.run(
                [input.withPlaceholders(build)] + (isStandalone(service) ? standaloneFiles(input) : [])
                    + (isTrimmed ? [] : packages.prune ?? []))
            stages.append(stage)
        } else if packages.prune != nil, service.install != nil {
            var stage = packages.dependencies(named: "build")
            packages.install(&stage, production: true)
            stage.copy(["."], to: Layout.workingDirectory)
            stages.append(stage)
        } else {
            var stage = DockerStage("dependencies", name: "build")
            stage.copy(["."], to: Layout.workingDirectory)
            stages.append(stage)
        }

        var runtime = DockerStage(
            runsBun ? packages.base : packages.runtimeBase, name: "runtime",
            comment: "What runs, without the tools that built it.")
        if !packages.isAlpine { runtime.install(system) }
        runtime.environment([("NODE_ENV", "production")])
        if packages.usesBrowser { runtime.environment([("PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium")]) }
        if service.framework == "nextjs" { runtime.environment([("HOSTNAME", "0.0.0.0")]) }
        path(input, &runtime)
        let standalone = input.folder + "/.next/standalone"
        if isTrimmed {
            runtime.workdir(Layout.workingDirectory)
            runtime.copy([standalone], to: Layout.workingDirectory, from: "build")
            runtime.workdir(input.folder)
        } else {
            runtime.workdir(input.folder)
            runtime.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "build")
        }
        // A command that only the manager understands: its own recursion, a filter.
        let commands = input.commands.map { command($0, isDevelopment: false, input) }
        if let tool = packages.managerPackage,
            commands.flatMap(CommandBeginning.words).contains(where: { $0[0] == packages.manager })
        {
            runtime.run(["npm install --global \(tool)"], mounts: ["type=cache,target=/root/.npm"])
        }
        finish(input, &runtime, tool: runsBun ? .bun : .node, isTrimmed: isTrimmed)
        return stages + [runtime]
    }

    private func finish(
        _ input: ImageInput, _ stage: inout DockerStage, tool: HealthProbe.Tool, isTrimmed: Bool
    ) {
        var service = input.service
        if isStandalone(service) {
            let inner = input.relative(input.service.directory)
            let folder = isTrimmed ? "" : ".next/standalone/" + (inner == "." ? "" : inner + "/")
            service.start = "node \(folder)server.js"
        } else {
            service.start = service.start.map { command($0, isDevelopment: false, input) }
        }
        let image = Layout.Image(
            name: input.image.name, owner: service, services: input.image.services, context: input.image.context,
            dockerfile: input.image.dockerfile)
        ImageInput(layout: input.layout, image: image, tree: input.tree).finish(&stage, tool: tool)
    }

    /// Programs of packages are found by name, so that none of them is started through npm, which passes no signal on.
    private func path(_ input: ImageInput, _ stage: inout DockerStage) {
        let own = input.folder + "/node_modules/.bin"
        let all = input.isWorkspace ? own + ":\(Layout.workingDirectory)/node_modules/.bin" : own
        stage.environment([("PATH", "\(all):$PATH")], expands: true)
    }

    private func isStandalone(_ service: Service) -> Bool {
        service.framework == "nextjs" && service.start?.contains(".next/standalone") == true
    }

    private func standaloneFiles(_ input: ImageInput) -> [String] {
        let inner = input.relative(input.service.directory)
        let target = ".next/standalone" + (inner == "." ? "" : "/" + inner)
        var commands = ["mkdir -p \(target)/.next", "cp -r .next/static \(target)/.next/static"]
        if input.tree.hasDirectory(input.path("public")) { commands.append("cp -r public \(target)/public") }
        return commands
    }
}
