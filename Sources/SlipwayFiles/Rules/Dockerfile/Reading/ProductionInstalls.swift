// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What only developing needs, and what a build misses without it.
enum ProductionInstalls {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        guard let last = file.stages.last, !StageUse.isForDevelopment(file) else { return [] }
        let steps = file.reading.steps(of: last).filter { !$0.isTrigger }
        let start = steps.last { ["CMD", "ENTRYPOINT"].contains($0.keyword) }
        // Without a command the image is a tool or a base, and with a development server DF031 speaks.
        guard let start, !ServerCommands.isDevelopment(start.program) else { return [] }
        let isProduction = environment(of: last, file)
        let programs = steps.filter { $0.keyword == "RUN" }.compactMap { step in step.program.map { (step, $0) } }
        let isPruned = programs.contains { $0.1.commands.contains(where: prunes) }
        return programs.compactMap { step, program in
            for command in program.commands {
                if let name = developmentFile(command) {
                    return Violation(line: step.line, "\(name) is for developing; install it in a stage of its own")
                }
                guard installsAll(command), !isProduction, !isPruned,
                    !command.assignments.contains(where: { $0.text == "NODE_ENV=production" })
                else { continue }
                let advice = command.name == "npm" ? "npm ci --omit=dev" : "\(command.name) install --production"
                return Violation(
                    line: step.line,
                    "development dependencies stay in the image; write: \(advice), and build in a stage before")
            }
            return nil
        }
    }

    private static func environment(of stage: DockerfileStage, _ file: CheckedDockerfile) -> Bool {
        guard let before = file.scopes[stage.index].last else { return false }
        return before.environment["NODE_ENV"] == "production" || before.environment["NPM_CONFIG_PRODUCTION"] == "true"
    }

    private static func installsAll(_ command: ShellCommand) -> Bool {
        guard ["npm", "yarn", "pnpm"].contains(command.name), !command.hasFlag("g", "global") else { return false }
        let operands = command.operands(valuesOf: ["omit", "prefix", "loglevel", "registry", "network-timeout"])
        let isInstall =
            operands == ["ci"] || operands == ["install"] || operands == ["i"]
            || operands.isEmpty && command.name == "yarn"
                && !command.hasFlag("version", "v")
        return isInstall && !isWithoutDevelopment(command)
    }

    static func isWithoutDevelopment(_ command: ShellCommand) -> Bool {
        command.hasFlag("production", "omit", "only", "prod", "P")
            && !command.arguments.contains { $0.hasSuffix("production=false") }
    }

    private static func prunes(_ command: ShellCommand) -> Bool {
        command.hasArgument("prune") || command.name == "yarn" && isWithoutDevelopment(command)
            || ["npm", "pnpm"].contains(command.name) && isWithoutDevelopment(command)
            || command.name == "rm" && command.arguments.contains { $0.contains("node_modules") }
    }

    private static func developmentFile(_ command: ShellCommand) -> String? {
        guard PackageCommands.isPipInstall(command) else { return nil }
        return command.arguments.first { argument in
            let name = argument.lowercased()
            return (name.hasSuffix(".txt") && ["dev", "test", "lint"].contains { name.contains($0) })
        }
    }

    /// Builds whose tool is a development dependency that the stage has left out.
    static func missingTools(_ file: CheckedDockerfile) -> [Violation] {
        var isBare: Set<Int> = []
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage, step.keyword == "RUN", let program = step.program else { return nil }
            for command in program.commands {
                // --save-dev installs the development dependencies along with what it names.
                let adds =
                    ["npm", "pnpm", "yarn"].contains(command.name)
                    && command.hasArgument("--save-dev", "-D", "--dev", "--include=dev")
                if installsAll(command) || adds { isBare.remove(stage) }
                if ["npm", "pnpm", "yarn"].contains(command.name), command.hasArgument("ci", "install", "i"),
                    isWithoutDevelopment(command)
                {
                    isBare.insert(stage)
                }
                guard isBare.contains(stage), let script = script(of: command), let tool = tool(of: script, file) else {
                    continue
                }
                return Violation(
                    line: step.line,
                    "\(script) runs \(tool), a development dependency that is not installed here; install all, build, then prune"
                )
            }
            return nil
        }
    }

    private static func script(of command: ShellCommand) -> String? {
        guard ["npm", "pnpm", "yarn"].contains(command.name) else { return nil }
        let operands = command.operands()
        if operands.first == "run" { return operands.dropFirst().first }
        return command.name != "npm" && operands.first == "build" ? "build" : nil
    }

    private static func tool(of script: String, _ file: CheckedDockerfile) -> String? {
        let folder = SourceTree.Entry(path: file.location).directory
        let path = folder == "." ? "package.json" : folder + "/package.json"
        guard let text = file.repository.tree.text(path) ?? file.repository.tree.text("package.json"),
            let root = JSONDocument(parsing: text).root, let command = root.at("scripts", script)?.text
        else { return nil }
        let program = ShellProgram(parsing: command)
        return program.commands.map(\.name).first { name in
            let packages = [name, ["tsc": "typescript", "ng": "@angular/cli", "nest": "@nestjs/cli"][name] ?? name]
            return packages.contains { root["devDependencies"]?[$0] != nil && root["dependencies"]?[$0] == nil }
        }
    }
}
