// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Installations that a change of the source repeats.
enum CacheOrder {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var whole: [Int: Int] = [:]
        var installed: Set<Int> = []
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage else { return nil }
            let sources = step.instruction.arguments.dropLast()
            if step.keyword == "COPY" || step.keyword == "ADD", step.instruction.flag("from") == nil,
                sources.contains(where: { [".", "./", "*"].contains($0) })
            {
                whole[stage] = whole[stage] ?? step.line
            }
            guard step.keyword == "RUN", let commands = step.program?.commands, commands.contains(where: installs)
            else {
                return nil
            }
            defer { installed.insert(stage) }
            guard let copy = whole[stage], !installed.contains(stage) else { return nil }
            return Violation(
                line: copy, "copy the lists of dependencies first, install, then copy the rest with this line")
        }
    }

    static func installs(_ command: ShellCommand) -> Bool {
        switch command.name {
        case "npm": return command.hasArgument("ci", "install", "i")
        case "yarn", "pnpm", "bun": return command.arguments.isEmpty || command.hasArgument("install", "i")
        case "poetry", "composer", "pipenv": return command.hasArgument("install")
        case "bundle": return command.arguments.isEmpty || command.hasArgument("install")
        case "uv": return command.hasArgument("sync")
        case "go": return command.contains(["mod", "download"])
        case "mix": return command.hasArgument("deps.get")
        default: return PackageCommands.isPipInstall(command) && command.hasFlag("r", "requirement")
        }
    }
}
