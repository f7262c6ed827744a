// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// npm runs prepare and postinstall at the end of every install.
    static let installScriptFails = Rule(
        "AP286", .error, "an image's install runs a script that cannot work there",
        why:
            "npm runs preinstall, postinstall and prepare with every install. A tool for development that is left out, or a "
            + "file that a later COPY brings, ends the install with: not found.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\n",
                "package.json": "{\"scripts\":{\"prepare\":\"husky\"},\"devDependencies\":{\"husky\":\"^9.0.0\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nENV NODE_ENV=production\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
                "package.json":
                    "{\"scripts\":{\"postinstall\":\"tsc\"},\"devDependencies\":{\"typescript\":\"^5.0.0\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n",
                "package.json": "{\"scripts\":{\"postinstall\":\"node scripts/setup.js\"}}", "scripts/setup.js": "",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev --ignore-scripts\nCOPY . .\n",
                "package.json": "{\"scripts\":{\"prepare\":\"husky\"},\"devDependencies\":{\"husky\":\"^9.0.0\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\n",
                "package.json":
                    "{\"scripts\":{\"prepare\":\"husky || true\"},\"devDependencies\":{\"husky\":\"^9.0.0\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n",
                "package.json": "{\"scripts\":{\"prepare\":\"husky\"},\"devDependencies\":{\"husky\":\"^9.0.0\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nCOPY scripts ./scripts\nRUN npm ci\nCOPY . .\n",
                "package.json": "{\"scripts\":{\"postinstall\":\"node scripts/setup.js\"}}", "scripts/setup.js": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let packages = NodePins.all(in: repository.tree)
        return repository.images.flatMap { unit -> [Violation] in
            let folders = BuildContexts.of(unit)
            guard !unit.isForDevelopment, let context = folders.first else { return [] }
            return unit.dockerfile.stages.compactMap { stage in
                InstallStep.first(in: unit.dockerfile.lineage(of: stage), context: context, packages).flatMap { step in
                    step.problem(repository.tree).map {
                        Violation(file: unit.dockerfile.location, line: step.instruction.line, $0)
                    }
                }
            }.prefix(1).map { $0 }
        }
    }
}

/// A RUN that installs, with what stands there before.
private struct InstallStep {
    let instruction: DockerfileInstruction
    let pins: NodePins
    let context: String
    /// Sources of every COPY before it.
    let sources: [String]
    let isWithoutDevelopment: Bool

    static func first(
        in instructions: [DockerfileInstruction], context: String, _ packages: [NodePins]
    ) -> InstallStep? {
        var sources: [String] = []
        var isProduction = false
        for instruction in instructions {
            switch instruction.keyword {
            case "COPY", "ADD":
                guard instruction.flag("from") == nil else { return nil }
                sources += instruction.arguments.dropLast().map { GoPath.clean($0) }
            case "ENV":
                for pair in instruction.pairs where pair.name == "NODE_ENV" {
                    isProduction = pair.value == "production"
                }
            case "RUN":
                let text = instruction.text
                guard
                    ["npm ci", "npm install", "yarn install", "pnpm install", "pnpm i "].contains(where: text.contains),
                    !text.contains(" -g"), !text.contains("--global")
                else { continue }
                guard !text.contains("ignore-scripts"), !text.contains("pkg "), !text.contains("--include=dev"),
                    let manifest = sources.first(where: {
                        $0.hasSuffix("package*.json") || $0.hasSuffix("package.json")
                    })
                        ?? (sources.contains(".") ? "package.json" : nil),
                    let pins = packages.first(where: {
                        $0.folder == SourceTree.Entry(path: GoPath.clean(context + "/" + manifest)).directory
                    })
                else { return nil }
                let isLean = [
                    "--omit=dev", "--omit dev", "--production", "--only=production", "--only=prod", "--prod",
                ].contains(where: text.contains)
                return InstallStep(
                    instruction: instruction, pins: pins, context: context, sources: sources,
                    isWithoutDevelopment: isLean || isProduction && !text.contains("--production=false"))
            default: continue
            }
        }
        return nil
    }

    func problem(_ tree: SourceTree) -> String? {
        let hooks = ["preinstall", "install", "postinstall", "prepare"]
        for script in pins.scripts where hooks.contains(script.key) && !script.text.contains("||") {
            let words = script.text.split(separator: " ").map(String.init)
            guard let program = words.first else { continue }
            let package = program == "tsc" ? "typescript" : program == "ng" ? "@angular/cli" : program
            if isWithoutDevelopment, pins.developmentNames.contains(package) {
                return
                    "\(script.key) runs \(program), which this install leaves out; add --ignore-scripts, or write in "
                    + "\(pins.place): \"\(script.key)\": \"\(script.text) || true\""
            }
            if ["node", "sh", "bash"].contains(program), words.count > 1, let file = missingFile(words[1], tree) {
                return
                    "\(script.key) runs \(file), which no COPY has brought yet; copy it before, or add --ignore-scripts"
            }
        }
        return nil
    }

    private func missingFile(_ name: String, _ tree: SourceTree) -> String? {
        guard !name.hasPrefix("-"), name.contains("."), !sources.contains(".") else { return nil }
        let path = GoPath.clean(pins.folder + "/" + name)
        let prefix = context == "." ? "" : context + "/"
        guard tree.contains(path), path.hasPrefix(prefix) else { return nil }
        let inside = String(path.dropFirst(prefix.utf8.count))
        let isCopied = sources.contains { source in
            inside == source || inside.hasPrefix(source + "/")
                || source.contains("*") && inside.hasPrefix(source.prefix { $0 != "*" })
        }
        return isCopied ? nil : name
    }
}
