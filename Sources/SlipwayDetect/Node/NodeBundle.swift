// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A page that Webpack builds with a configuration of the repository's own.
enum NodeBundle {
    static func webpack(in project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard let script = project.manifest.script("build"), !project.isWorkspaceRoot, !project.isPublished,
            let dependency = project.manifest.depends(onAny: ["webpack", "@rspack/core"])
        else { return nil }
        let configurations = project.files.filter { path in
            let name = path.lastPathComponent.lowercased()
            return (name.hasPrefix("webpack") || name.hasPrefix("rspack") || path.contains("webpack/"))
                && [".js", ".ts", ".cjs", ".mjs"].contains(where: name.hasSuffix)
        }
        guard !configurations.isEmpty, calls(script.text, project, depth: 0) else { return nil }
        let texts = configurations.compactMap { tree.text($0) }
        // Without a page the bundle belongs to a server's templates, a library, or a server itself.
        guard texts.contains(where: { $0.contains("HtmlWebpackPlugin") || $0.contains("html-webpack-plugin") }),
            !texts.contains(where: { $0.contains("target: 'node'") || $0.contains("target: \"node\"") })
        else { return nil }
        return NodeFrontEnd(
            framework: dependency == "webpack" ? "webpack" : "rspack", role: .spa,
            output: output(configurations, project, tree) ?? "dist", file: project.manifest.path, line: script.line,
            why: "a page that \(dependency) builds", confidence: 0.8)
    }

    /// Whether a script runs Webpack, itself or through others.
    private static func calls(_ text: String, _ project: NodeProject, depth: Int) -> Bool {
        if text.contains("webpack") || text.contains("rspack") { return true }
        guard depth < 3 else { return false }
        return ServerCommand.split(text).contains { word in
            project.manifest.script(word).map { calls($0.text, project, depth: depth + 1) } ?? false
        }
    }

    /// `output: { path: path.resolve(__dirname, "../static") }`, production's configuration before others.
    private static func output(_ configurations: [String], _ project: NodeProject, _ tree: SourceTree) -> String? {
        let ordered = configurations.sorted {
            ($0.contains("prod") ? 0 : 1, $0) < ($1.contains("prod") ? 0 : 1, $1)
        }
        for path in ordered {
            guard let text = tree.text(path), let start = text.utf8.firstRange(of: "output".utf8) else { continue }
            let rest = text[start.upperBound...]
            for line in rest.split(separator: "\n").prefix(6) {
                guard let place = line.range(ofText: "path:") else { continue }
                let value = line[place.upperBound...]
                let literals = CodeLine(file: path, number: 1, indentation: 0, text: value).literals
                let joined = literals.filter { $0 != "path" }.joined(separator: "/")
                guard !joined.isEmpty else { continue }
                let folder = value.contains("__dirname") ? path.parentDirectory : project.directory
                let trimmed = joined.hasPrefix("/") ? String(joined.dropFirst()) : joined
                if let found = PathText.normalized(folder.appending(path: trimmed))?.relative(to: project.directory) {
                    return found
                }
            }
        }
        return nil
    }
}
