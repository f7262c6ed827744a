// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Modules in machine code ask for the library that they were installed beside.
    static let nativeModules = Rule(
        "DF060", .error, "node_modules with native code are copied between Debian and Alpine",
        why:
            "Packages with native code are installed for the C library of the stage that installs them: on the other one "
            + "they end with \"ERR_DLOPEN_FAILED\" when they are first used.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/node_modules ./node_modules\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"sharp\":\"0.33.0\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS server\nWORKDIR /src/server\nCOPY ./server/package.json ./\nRUN npm ci\nFROM node:22-alpine\nCOPY --from=server /src/server/ ./server/\nCMD [\"node\", \"a.js\"]\n",
                "server/package.json": "{\"dependencies\":{\"bcrypt\":\"^5.0.1\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/node_modules ./node_modules\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"sharp\":\"0.33.0\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/node_modules ./node_modules\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nRUN npm ci --omit=dev\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"sharp\":\"0.33.0\"}}",
            ],
        ]
    ) { file in
        guard let last = file.stages.last, let base = file.finalBase else { return [] }
        let final = ImageName(base)
        guard final.repository == "node" || final.repository == "alpine" else { return [] }
        let instructions = file.lineage(of: last)
        let isInstalledHere = instructions.contains { instruction in
            instruction.keyword == "RUN"
                && [" ci", " rebuild", "npm install", "npm i ", "pnpm install", "pnpm i ", "yarn install", "gcompat"]
                    .contains(
                        where: instruction.text.contains)
                && !instruction.text.contains(" -g ")
        }
        guard !isInstalledHere else { return [] }
        return instructions.compactMap { copy in
            guard copy.keyword == "COPY", let from = copy.flag("from")?.value, let source = copy.arguments.first,
                let stage = file.reading.file.stage(from, in: file.stages), stage.index != last.index
            else { return nil }
            let builder = ImageName(file.rootImage(of: stage))
            guard builder.repository == "node", builder.isAlpine != final.isAlpine else { return nil }
            let made = file.lineage(of: stage)
            let folders = installFolders(made)
            let path = GoPath.clean(source)
            guard folders.contains(where: { path == $0 || path == $0 + "/node_modules" || $0.hasPrefix(path + "/") }),
                let module = native(in: file, made)
            else { return nil }
            return Violation(
                line: copy.line,
                "\(module) was installed for \(builder.isAlpine ? "Alpine" : "Debian"); write the same image for both: FROM \(final.repository):\(builder.tag ?? "VERSION")"
            )
        }
    }

    /// Working folders in which a stage installs packages.
    private static func installFolders(_ instructions: [DockerfileInstruction]) -> [String] {
        var folder = "/"
        var found: [String] = []
        for instruction in instructions {
            if instruction.keyword == "WORKDIR", let next = instruction.arguments.first {
                folder = next.hasPrefix("/") ? GoPath.clean(next) : GoPath.clean(folder + "/" + next)
            } else if instruction.keyword == "RUN",
                ["npm ci", "npm install", "npm i", "yarn", "pnpm i"].contains(where: instruction.text.contains)
            {
                found.append(folder)
            }
        }
        return found
    }

    /// The first package that has native code without builds for both libraries, by its own documentation.
    private static func native(in file: CheckedDockerfile, _ made: [DockerfileInstruction]) -> String? {
        let tree = file.repository.tree
        let folder = SourceTree.Entry(path: file.location).directory
        var paths: [String] = []
        for copy in made where copy.keyword == "COPY" && copy.flag("from") == nil {
            for source in copy.arguments.dropLast() {
                let name = source.contains("package") ? SourceTree.Entry(path: source).directory : source
                paths += [folder + "/" + name, name].map { GoPath.clean($0 + "/package.json") }
            }
        }
        for path in paths {
            guard let text = tree.text(path), let root = JSONDocument(parsing: text).root else { continue }
            for module in ["sharp", "sqlite3", "better-sqlite3", "canvas", "node-sass", "re2", "libpq"]
            where root.at("dependencies", module) != nil {
                return module
            }
            // Version 6 brings builds for both.
            if let version = root.at("dependencies", "bcrypt")?.text?.drop(while: { !$0.isNumber }).prefix(
                while: \.isNumber),
                let major = Int(version), major < 6
            {
                return "bcrypt"
            }
            return nil
        }
        return nil
    }
}
