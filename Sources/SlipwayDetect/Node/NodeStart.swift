// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The script by which a package's server runs in production.
enum NodeStart {
    /// What people name it, the most certain first; `start` is a development command in every fifth repository.
    static let names = [
        "start:prod", "start:production", "start-prod", "start:prd", "prod:start", "serve:prod", "prod", "production",
        "start", "start:server", "start:api", "server:start", "server", "serve", "api", "serve:api", "run",
    ]

    static func script(of project: NodeProject, _ tree: SourceTree) -> NodeScript? {
        names.lazy.compactMap { NodeScript($0, of: project, tree) }.first { $0.isProduction }
    }

    /// Where Nx puts the program of a repository that is one application (`project.json` beside `package.json`).
    static func builtByNx(_ source: String, of project: NodeProject, _ tree: SourceTree) -> String? {
        guard project.manifest.script("build")?.text.hasPrefix("nx ") == true,
            let root = tree.text(project.path("project.json")).flatMap({ JSONText.root(of: $0) }),
            let options = root.at("targets", "build", "options"), let output = options["outputPath"]?.string,
            options["main"]?.string.flatMap({ PathText.normalized($0) }) == source
        else { return nil }
        let stem = source.lastPathComponent.split(separator: ".").first.map(String.init) ?? "main"
        return PathText.normalized("\(output)/\(stem).js")
    }

    /// Where the compiler puts a source file: `src/index.ts` → `dist/index.js`; `nil` when nothing compiles it.
    static func compiled(_ source: String, of project: NodeProject, _ tree: SourceTree) -> String? {
        guard source.hasSuffix(".ts"), let build = project.manifest.script("build")?.text,
            let stem = source.split(separator: ".").first.map(String.init)
        else { return nil }
        let inside = stem.hasPrefix("src/") ? String(stem.dropFirst(4)) : stem
        if build.contains("tsup") || build.contains("unbuild") { return "dist/\(inside.lastPathComponent).js" }
        guard build.contains("tsc") || build.contains("swc") else { return nil }
        let file = ["tsconfig.build.json", "tsconfig.json"].map { project.path($0) }.first(where: tree.contains)
        let options = file.flatMap { tree.text($0) }.flatMap { JSONText.root(of: $0) }?["compilerOptions"]
        guard let output = options?["outDir"]?.string.flatMap({ PathText.normalized($0) }), output != "." else {
            return build.contains("swc") ? "dist/\(inside).js" : nil
        }
        let root = options?["rootDir"]?.string.flatMap { PathText.normalized($0) }
        // Without rootDir the compiler takes the folder that all its sources share.
        let sharesFolder = project.scripts.allSatisfy {
            !$0.hasSuffix(".ts") || ($0.relative(to: project.directory) ?? "").hasPrefix("src/")
        }
        let keeps = root == "." || root == nil && !sharesFolder
        return "\(output)/\(keeps ? stem : inside).js"
    }
}
