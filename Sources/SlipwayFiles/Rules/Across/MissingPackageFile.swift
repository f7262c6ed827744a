// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A pattern may match nothing, and npm then has nothing to install.
    static let packageFileMissing = Rule(
        "AP207", .error, "an image installs packages and no package.json is in git",
        why:
            "COPY of a pattern succeeds when nothing matches; the install or the build after it ends with: could not read "
            + "package.json.",
        catches: [
            [
                ".gitignore": "*.json\n", "web/Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm install\n",
                "web/src/main.js": "render()\n",
            ]
        ],
        passes: [
            [
                "web/Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm install\n", "web/package.json": "{}",
            ],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY web/package*.json ./\nRUN npm install\n",
                "web/package.json": "{}",
            ],
            ["Dockerfile": "FROM node:22\nRUN npm install -g serve\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit -> Violation? in
            guard let context = BuildContexts.of(unit).first,
                let copy = unit.dockerfile.reading.file.instructions.first(where: { instruction in
                    instruction.keyword == "COPY" && instruction.flag("from") == nil
                        && instruction.arguments.dropLast().contains {
                            $0.hasSuffix("package*.json") && !$0.contains("$")
                        }
                }),
                unit.dockerfile.reading.file.instructions.contains(where: isInstall)
            else { return nil }
            let pattern = copy.arguments.first { $0.hasSuffix("package*.json") } ?? ""
            let folders = BuildContexts.of(unit).map {
                GoPath.clean($0 + "/" + pattern.dropLast("package*.json".count))
            }
            guard folders.allSatisfy({ !repository.tree.contains(GoPath.clean($0 + "/package.json")) }) else {
                return nil
            }
            let place = ignoringLine(of: context, in: repository.tree)
            return Violation(
                file: unit.dockerfile.location, line: copy.line,
                "git has no package.json in \(context); "
                    + (place.map { "delete or narrow \($0), and commit the file" } ?? "commit the file"))
        }
    }

    private static func isInstall(_ instruction: DockerfileInstruction) -> Bool {
        guard instruction.keyword == "RUN", !instruction.text.contains("npm init") else { return false }
        let text = instruction.arguments.joined(separator: " ")
        return ["npm ci", "npm install", "npm i", "yarn", "yarn install", "pnpm install"].contains { command in
            text == command || text.hasPrefix(command + " -") && !text.contains(" -g") && !text.contains("--global")
        }
    }

    /// Where git is told not to keep it.
    private static func ignoringLine(of folder: String, in tree: SourceTree) -> String? {
        for path in [GoPath.clean(folder + "/.gitignore"), ".gitignore"] {
            let lines = tree.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            if let index = lines.firstIndex(where: { ["*.json", "package.json", "package*.json"].contains($0.trimmed) })
            {
                return "\(path):\(index + 1)"
            }
        }
        return nil
    }
}
