// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// What wants to write there fails.
    static let homelessUser = Rule(
        "DF051", .error, "an account without a home installs into its home",
        why:
            "adduser --system gives the home /nonexistent, and useradd makes none unless told to: what npm, pip --user "
            + "and others keep there cannot be written, and the build stops.",
        catches: [
            "FROM debian:12\nRUN adduser --system app\nUSER app\nRUN pip install --user gunicorn==22.0.0\n",
            "FROM node:22-slim\nRUN useradd -r app\nWORKDIR /app\nUSER app\nRUN npm ci\n",
        ],
        passes: [
            "FROM debian:12\nRUN adduser --system --home /home/app app\nUSER app\nRUN pip install --user gunicorn==22.0.0\n",
            "FROM node:22-slim\nRUN useradd -r -m app\nUSER app\nRUN npm ci\n",
            "FROM node:22-slim\nRUN useradd -r app\nENV HOME=/app\nUSER app\nRUN npm ci\n",
            "FROM node:22-alpine\nRUN adduser -S app\nUSER app\nRUN npm ci\n",
            "FROM node:22-alpine AS base\nFROM base\nRUN adduser --system --uid 1001 app\nUSER app\nRUN npm ci\n",
            "FROM python:3.13-slim\nRUN adduser --system app\nRUN pip install gunicorn==22.0.0\nUSER app\nCMD [\"gunicorn\"]\n",
        ]
    ) { file in
        file.stages.compactMap { stage in
            guard isDebian(stage, of: file) else { return nil }
            var homeless: Set<String> = []
            var user = ""
            for step in file.reading.steps(of: stage) where !step.isTrigger {
                switch step.keyword {
                case "ENV" where step.instruction.pairs.contains { $0.name == "HOME" }: return nil
                case "USER": user = String((step.instruction.arguments.first ?? "").prefix { $0 != ":" })
                case "RUN":
                    let commands = step.program?.commands ?? []
                    if homeless.contains(user), let name = commands.lazy.compactMap(writerOfHome).first {
                        return Violation(
                            line: step.line,
                            "\(name) writes into the home of \(user), which does not exist; "
                                + "add to the account: --home /home/\(user), or before USER: ENV HOME=/tmp")
                    }
                    // A folder made by hand counts.
                    if step.instruction.text.contains("mkdir"), step.instruction.text.contains("home") { return nil }
                    homeless.formUnion(commands.compactMap(homelessAccount))
                default: break
                }
            }
            return nil
        }
    }

    /// Alpine's adduser makes a home also with --system.
    private static func isDebian(_ stage: DockerfileStage, of file: CheckedDockerfile) -> Bool {
        var first = stage
        while let parent = first.parent { first = file.stages[parent] }
        let scope = file.reading.file.globalScope()
        let image = ImageName(scope.expand(first.base, escape: file.reading.file.escape).text)
        let official = ["debian", "ubuntu", "python", "node", "ruby", "golang", "rust", "php"]
        return image.registry.isEmpty && official.contains(image.repository) && !image.isAlpine
    }

    private static func homelessAccount(_ command: ShellCommand) -> String? {
        let isMade = command.hasArgument("-m", "--create-home", "-d", "--home", "--home-dir", "-md")
        let hasHome = isMade || command.arguments.contains { $0.hasPrefix("--home") }
        switch command.name {
        // Alpine's takes -S and makes a home.
        case "adduser" where command.hasArgument("--system") && !hasHome: return command.arguments.last
        case "useradd" where command.hasArgument("-r", "--system") && !hasHome: return command.arguments.last
        default: return nil
        }
    }

    private static func writerOfHome(_ command: ShellCommand) -> String? {
        switch command.name {
        case "npm", "yarn", "pnpm", "bun":
            command.hasArgument("ci", "install", "add", "i") || command.arguments.isEmpty ? command.name : nil
        case "pip", "pip3": command.hasArgument("--user") ? "pip --user" : nil
        case "poetry", "pipx", "cargo", "dotnet", "go": command.name
        default: nil
        }
    }
}
