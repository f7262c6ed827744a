// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Pages in plain HTML beside a back end that does not serve them: `frontend/index.html` below `manage.py`.
enum PlainFrontEnd {
    private static let names: Set<String> = [
        "frontend", "front-end", "front_end", "front", "client", "public", "web", "www", "site", "website", "webapp",
        "ui",
    ]
    private static let code = [".py", ".js", ".mjs", ".cjs", ".ts", ".mts"]
    private static let largestInBytes = 500_000

    /// - Parameter folder: One with an `index.html`.
    static func stands(in folder: String, _ repository: Repository) -> Bool {
        let outer = folder.parentDirectory
        let name = folder.lastPathComponent
        guard names.contains(name.lowercased()), hasServer(in: outer, repository) else { return false }
        let inside = repository.tree.files(under: folder)
        // Something builds or completes these pages.
        guard !inside.contains(where: { $0.name == "package.json" || $0.path.hasSuffix(".py") }),
            inside.contains(where: { $0.path.hasSuffix(".js") || $0.path.hasSuffix(".css") })
        else { return false }
        return !isServed(name, folder, by: outer, repository.tree)
    }

    private static func hasServer(in folder: String, _ repository: Repository) -> Bool {
        if repository.hasPythonService(in: folder) { return true }
        let here = repository.nodeApplications.filter { $0.project.directory == folder }
        return here.contains { $0.server != nil } && !here.contains { $0.front != nil }
    }

    /// Whether the server's code says the folder's name as a path or a part of one: `express.static("public")`,
    /// `BASE_DIR / "frontend"`. Also where it serves everything.
    private static func isServed(_ name: String, _ folder: String, by outer: String, _ tree: SourceTree) -> Bool {
        let paths = ["\"\(name)", "'\(name)", "`\(name)", "/\(name)", "\(name)/"]
        let everything = [
            "static(__dirname)", "static(\".\")", "static('.')", "static(\"./\")", "static('./')",
            "directory=\".\"", "directory='.'", "static_folder=\".\"", "static_folder='.'", "SimpleHTTPRequestHandler",
        ]
        return tree.files(ending: code, holding: [name, "static", "directory", "Handler"], smallerThan: largestInBytes)
            .contains { entry in
                guard entry.path.relative(to: outer) != nil, entry.path.relative(to: folder) == nil,
                    let text = tree.text(entry.path)
                else { return false }
                return (paths + everything).contains { text.utf8.contains($0) }
            }
    }
}
