// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One application of an integrated Nx workspace: a `project.json` in a folder without a `package.json` of its own.
struct NxProject: Sendable {
    enum Kind: Sendable { case site, next, server }

    let name: String
    let path: String
    let line: Int
    let kind: Kind
    /// Seen from the workspace's root.
    let output: String

    /// Folders of applications, with what each is; libraries and tests of the browser left out.
    static func all(in tree: SourceTree) -> [NxProject] {
        tree.files(named: "project.json").compactMap { entry in
            guard isWithoutScripts(entry.directory, tree), root(of: entry.directory, tree) != nil,
                let root = tree.text(entry.path).flatMap({ JSONText.root(of: $0) })
            else { return nil }
            return NxProject(entry, root, tree)
        }
    }

    /// A `package.json` that only names the folder for the workspace leaves its building to Nx.
    private static func isWithoutScripts(_ directory: String, _ tree: SourceTree) -> Bool {
        let path = directory.appending(path: "package.json")
        guard tree.contains(path) else { return true }
        guard directory != ".", let manifest = NodeManifest(path, in: tree) else { return false }
        return manifest.root["scripts"]?.mapping == nil && manifest.root["main"] == nil
            && manifest.root["exports"] == nil && manifest.root["nx"] == nil
    }

    /// The nearest folder above with an `nx.json`.
    static func root(of directory: String, _ tree: SourceTree) -> String? {
        PathText.ancestors(of: directory).first { tree.contains($0.appending(path: "nx.json")) }
    }

    private init?(_ entry: SourceTree.Entry, _ root: DataNode, _ tree: SourceTree) {
        let folder = entry.directory
        name = root["name"]?.string ?? folder.lastPathComponent
        guard root["projectType"]?.string != "library", !name.hasSuffix("-e2e"), root["e2e"] == nil else { return nil }
        path = entry.path
        let build = root.at("targets", "build") ?? root.at("architect", "build")
        line = build?.line ?? 1
        let executor = build?["executor"]?.string ?? build?["builder"]?.string ?? ""
        let stated = build?.at("options", "outputPath")
        let listed = build?["outputs"]?.texts?.first.flatMap { text in
            text.hasPrefix("{workspaceRoot}/") && !text.dropFirst(16).contains("{") ? String(text.dropFirst(16)) : nil
        }
        let place = stated?.string ?? stated?["base"]?.string ?? listed ?? "dist/\(folder)"
        func has(_ stem: String) -> Bool {
            ["ts", "js", "mjs", "mts", "cjs"].contains { tree.contains(folder.appending(path: "\(stem).\($0)")) }
        }
        let serve = root.at("targets", "serve", "executor")?.string ?? ""
        let isNode =
            serve.hasSuffix(":node") || build?.at("options", "target")?.string == "node"
            || tree.contains(folder.appending(path: "src/main.ts"))
                && !tree.contains(folder.appending(path: "index.html"))
                && !tree.contains(folder.appending(path: "src/index.html"))
        if executor.contains("/next:") || has("next.config") {
            (kind, output) = (.next, place)
        } else if executor.contains("angular") {
            let inner = stated?["browser"]?.string ?? (executor.hasSuffix(":application") ? "browser" : "")
            (kind, output) = (.site, inner.isEmpty ? place : "\(place)/\(inner)")
        } else if executor.contains("/vite:") || has("vite.config"), !isNode {
            (kind, output) = (.site, place)
        } else if has("rsbuild.config") || has("rspack.config"), tree.contains(folder.appending(path: "src/index.html"))
        {
            (kind, output) = (.site, place)
        } else if isNode {
            (kind, output) = (.server, place)
        } else if tree.contains(folder.appending(path: "src/index.html")) {
            (kind, output) = (.site, place)
        } else {
            return nil
        }
    }

    /// The command that builds it; Nx looks for its workspace in the folders above.
    var build: (command: String, line: Int, why: String) { ("npx nx build \(name)", line, "Nx target build") }

    /// What the application is for browsers.
    func front(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let up = PathText.way(from: project.directory, to: project.workspaceRoot)
        switch kind {
        case .server: return nil
        case .next:
            let start = "cd \(up)/\(output) && npx next start -H ${HOST:-0.0.0.0} -p ${PORT:-3000}"
            return NodeFrontEnd(
                framework: "nextjs", role: .ssr,
                start: StartCommand(start, portVariable: "PORT", hostVariable: "HOST"), port: 3000,
                file: path, line: line, why: "Nx application", confidence: Confidence.code)
        case .site:
            let isAngular = project.manifest.dependency("@angular/core") != nil
            let framework =
                project.configuration("vite.config", tree) != nil ? "vite" : isAngular ? "angular" : "webpack"
            return NodeFrontEnd(
                framework: framework, role: .spa, output: "\(up)/\(output)", file: path, line: line,
                why: "Nx application", confidence: Confidence.code)
        }
    }
}
