// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Cannot find module dist/index.js.
    static let unbuiltStart = Rule(
        "AP240", .warning, "the guide starts what none of its steps builds",
        why:
            "The start script runs a compiled file, which git does not keep: without the build it ends with \"Cannot find "
            + "module\".",
        catches: [
            [
                "README.md": "```sh\nnpm ci\nnpm run start\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\",\"start\":\"node dist/server.js\"}}",
            ],
            [
                "README.md": "`cd client && npm ci && npm run build:ui`, then in `server` `npm start`\n",
                "server/package.json":
                    "{\"scripts\":{\"tsc\":\"tsc\",\"build:ui\":\"cd ../client && vite build\",\"start\":\"node build/index.js\"}}",
            ],
            [
                "README.md": "```sh\nnpm install\nnpm start\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"next build\",\"start\":\"next start\"}}",
            ],
        ],
        passes: [
            [
                "README.md": "```sh\nnpm ci\nnpm run build\nnpm run start\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\",\"start\":\"node dist/server.js\"}}",
            ],
            [
                "README.md": "```sh\nnpm start\n```\n",
                "package.json": "{\"scripts\":{\"prestart\":\"tsc\",\"start\":\"node dist/server.js\"}}",
            ],
            ["README.md": "```sh\nnpm start\n```\n", "package.json": "{\"scripts\":{\"start\":\"node server.js\"}}"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = PackageManifest.all(in: repository)
        let compiled = manifests.filter { isCompiled($0, in: repository) }
        let starters = manifests.filter { $0.scripts["start"] != nil }
        guard !compiled.isEmpty else { return [] }
        let byFile = Dictionary(grouping: repository.toldCommands.filter { $0.teller == .document }, by: \.file)
        return byFile.keys.sorted().compactMap { file -> Violation? in
            let told = byFile[file] ?? []
            guard let start = told.first(where: { startsPackage($0.words) }) else { return nil }
            let folder = SourceTree.Entry(path: file).directory
            let here = starters.first { $0.folder == folder }
            // Of several that could be meant none is.
            let line = text(of: file, at: start.line, in: repository)
            let near = starters.filter { $0.folder != "." && line.contains(SourceTree.Entry(path: $0.folder).name) }
            guard let own = here ?? (near.count == 1 ? near[0] : starters.count == 1 ? starters[0] : nil),
                compiled.contains(where: { $0.folder == own.folder })
            else { return nil }
            let builders = own.scripts.filter { isBuild($0.value, of: own) }.map(\.key)
            // Scripts that run others.
            let names = own.scripts.filter { script in
                builders.contains {
                    $0 == script.key
                        || !script.value.contains("cd ../")
                            && script.value.split(separator: " ").contains($0[...])
                }
            }.map(\.key)
            let text = repository.tree.text(file) ?? ""
            guard !names.contains(where: { isNamed($0, in: told, text) }),
                !["npx tsc", "nest build", "next build"].contains(where: text.contains)
            else { return nil }
            let name = names.contains("build") ? "build" : names.sorted().first ?? "build"
            return Violation(
                file: file, line: start.line,
                "\(GoPath.clean(own.folder + "/package.json")) starts \(own.scripts["start"] ?? ""), which no step makes; "
                    + "write before it: npm run \(name)")
        }
    }

    private static func text(of file: String, at line: Int, in repository: CheckedRepository) -> String {
        let lines = (repository.tree.text(file) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
    }

    private static func startsPackage(_ words: [String]) -> Bool {
        guard let first = words.first, ["npm", "pnpm", "yarn"].contains(first) else { return false }
        return words.dropFirst().elementsEqual(["start"]) || words.dropFirst().elementsEqual(["run", "start"])
    }

    /// Whether a step runs the script, or the text tells to in words.
    private static func isNamed(_ name: String, in told: [ToldCommand], _ text: String) -> Bool {
        told.contains { command in
            let words = command.words.filter { !$0.hasPrefix("-") }
            return words.dropFirst().first == name || words.dropFirst().starts(with: ["run", name])
                || words.last == name && ["npm", "pnpm", "yarn", "bun"].contains(words.first ?? "")
        }
    }

    /// Whether the start script needs what a build leaves, and brings it not itself.
    private static func isCompiled(_ manifest: PackageManifest, in repository: CheckedRepository) -> Bool {
        guard let start = manifest.scripts["start"], manifest.scripts["prestart"] == nil,
            !["run build", "tsc", "&&", "nest start"].contains(where: start.contains),
            // A package that builds when it is installed needs no step.
            manifest.scripts["postinstall"]?.contains("build") != true,
            manifest.scripts["prepare"]?.contains("build") != true
        else { return false }
        if start.hasPrefix("next start") || start.contains(" next start") { return true }
        let words = start.split(separator: " ").map(String.init)
        guard let node = words.firstIndex(of: "node"),
            let path = words[(node + 1)...].first(where: { !$0.hasPrefix("-") })
        else { return false }
        let first = GoPath.clean(path).split(separator: "/").first.map(String.init) ?? ""
        return ["dist", "build", "out", "lib"].contains(first)
            && !repository.tree.hasDirectory(GoPath.clean(manifest.folder + "/" + first))
    }

    /// Whether a script makes what the package itself starts.
    private static func isBuild(_ script: String, of manifest: PackageManifest) -> Bool {
        guard !script.contains("cd ../"), !script.contains("--noEmit") else { return false }
        let tools = [
            "tsc", "nest build", "swc", "esbuild", "tsup", "babel", "rollup", "webpack", "next build", "vite build",
            "ncc", "unbuild", "bun build", "tsdown", "tspc", "ttsc", "remix", "nuxt build", "react-router build",
        ]
        return tools.contains(where: script.contains)
    }
}
