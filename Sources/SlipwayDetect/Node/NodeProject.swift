// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A folder with a `package.json`, how it is installed and what its source says.
struct NodeProject: Sendable {
    let directory: String
    let manifest: NodeManifest
    /// Where the lock file stands: the folder itself, or the root of its workspace.
    let workspaceRoot: String
    let manager: (name: String, file: String?, line: Int?, confidence: Double)
    /// Files of the folder, those of inner packages, tests and examples left out.
    let files: [String]
    /// Those of them that hold JavaScript or TypeScript, tests and configuration left out.
    private(set) var scripts: [String]
    let isWorkspaceRoot: Bool
    /// Whether Turborepo knows which package is built before which.
    let runsTurbo: Bool
    /// What Nx builds of the folder, where the workspace's package stands for all of them.
    let nx: NxProject?
    /// Whether its dependencies are those of applications in folders below it.
    let holdsApplications: Bool

    /// The same package without the scripts of these folders, each with a slash at its end.
    func without(_ folders: [String]) -> NodeProject {
        var project = self
        project.scripts.removeAll { script in folders.contains(where: script.hasPrefix) }
        return project
    }

    static func all(in tree: SourceTree) -> [NodeProject] {
        let manifests = tree.files(named: "package.json").compactMap { NodeManifest($0.path, in: tree) }
        let places = Dictionary(manifests.map { ($0.path.parentDirectory, $0) }) { first, _ in first }
        let applications = manifests.isEmpty ? [] : NxProject.all(in: tree)
        let built = Set(applications.map { $0.path.parentDirectory })
        let folders = Set(manifests.map { $0.path.parentDirectory } + applications.map { $0.path.parentDirectory })
            .sorted { $0.precedesByBytes($1) }
        let inside = applications.compactMap { nx -> NodeProject? in
            let root = NxProject.root(of: nx.path.parentDirectory, tree)
            return root.flatMap { places[$0] }.map { NodeProject($0, nx, folders, places, tree) }
        }
        let own = manifests.filter { !built.contains($0.path.parentDirectory) }
        return (own.map { NodeProject($0, nil, folders, places, tree) } + inside)
            .sorted { $0.directory < $1.directory }
    }

    private init(
        _ manifest: NodeManifest, _ nx: NxProject?, _ folders: [String], _ all: [String: NodeManifest],
        _ tree: SourceTree
    ) {
        let directory = nx?.path.parentDirectory ?? manifest.path.parentDirectory
        self.directory = directory
        self.nx = nx
        holdsApplications =
            nx == nil && tree.contains(directory.appending(path: "nx.json"))
            && Self.below(directory, folders).contains { !tree.contains($0.appending(path: "package.json")) }
        self.manifest = manifest
        isWorkspaceRoot =
            nx == nil && manifest.workspaces != nil
            || tree.contains(directory.appending(path: "pnpm-workspace.yaml"))
        let above = PathText.ancestors(of: directory).dropFirst()
        let roots = above.filter { folder in
            tree.contains(folder.appending(path: "pnpm-workspace.yaml"))
                || all[folder]?.workspaces != nil
        }
        let ownLock =
            Self.locks.contains { tree.contains(directory.appending(path: $0.file)) }
            && (roots.isEmpty || !StaleLock.isIn(directory, of: tree))
        workspaceRoot = ownLock ? directory : nx == nil ? roots.first ?? directory : manifest.path.parentDirectory
        runsTurbo = workspaceRoot != directory && tree.contains(workspaceRoot.appending(path: "turbo.json"))
        manager = Self.manager(manifest, roots.first.flatMap { all[$0] }, workspaceRoot, tree)
        let inner = Self.below(directory, folders)
        files = tree.ownFiles(of: directory, without: inner, asideToo: Candidate.isAside(directory)).map(\.path)
        scripts = Self.scripts(among: files)
    }

    /// Those of the folders, sorted by their bytes, that lie below one; side by side, because they begin alike.
    private static func below(_ directory: String, _ folders: [String]) -> [String] {
        guard directory != "." else { return folders.filter { $0 != "." } }
        let prefix = directory + "/"
        var (low, high) = (0, folders.count)
        while low < high {
            let middle = (low + high) / 2
            if folders[middle].precedesByBytes(prefix) { low = middle + 1 } else { high = middle }
        }
        return Array(folders[low...].prefix { $0.utf8.starts(with: prefix.utf8) })
    }

    /// Lock files with the manager that wrote them; the first found wins when several lie about.
    static let locks = [
        (file: "pnpm-lock.yaml", manager: "pnpm"), (file: "yarn.lock", manager: "yarn"),
        (file: "bun.lock", manager: "bun"), (file: "package-lock.json", manager: "npm"),
        (file: "npm-shrinkwrap.json", manager: "npm"),
        // Generators leave it in projects that are installed with npm ever since.
        (file: "bun.lockb", manager: "bun"),
    ]

    private static func manager(
        _ manifest: NodeManifest, _ outer: NodeManifest?, _ root: String, _ tree: SourceTree
    ) -> (name: String, file: String?, line: Int?, confidence: Double) {
        for source in [manifest, outer].compactMap(\.self) {
            if let node = source.root["packageManager"], let text = node.string,
                let name = text.split(separator: "@").first
            {
                return (String(name), source.path, node.line, Confidence.stated)
            }
        }
        for lock in locks where tree.contains(root.appending(path: lock.file)) {
            return (lock.manager, root.appending(path: lock.file), nil, Confidence.code)
        }
        return ("npm", nil, nil, Confidence.convention)
    }

    /// The command that installs exactly what the lock file says.
    func install(_ tree: SourceTree) -> String {
        let locked = Self.locks.contains {
            $0.manager == manager.name && tree.contains(workspaceRoot.appending(path: $0.file))
        }
        switch manager.name {
        case "pnpm": return locked ? "pnpm install --frozen-lockfile" : "pnpm install"
        case "yarn":
            let isBerry = tree.contains(workspaceRoot.appending(path: ".yarnrc.yml"))
            return locked ? (isBerry ? "yarn install --immutable" : "yarn install --frozen-lockfile") : "yarn install"
        case "bun": return locked ? "bun install --frozen-lockfile" : "bun install"
        default:
            let flag = NodeInstallFlags.find(self, tree).map { " " + $0 } ?? ""
            return (locked ? "npm ci" : "npm install") + flag
        }
    }

    /// What runs TypeScript without compiling it: what the package brings, or what needs no settings.
    var typedRunner: String {
        manifest.dependency("tsx") == nil && manifest.dependency("ts-node") != nil ? "ts-node" : "tsx"
    }

    /// The command that runs a script of the package.
    func run(_ script: String) -> String {
        switch manager.name {
        case "yarn", "pnpm": "\(manager.name) run \(script)"
        case "bun": "bun run \(script)"
        default: "npm run \(script)"
        }
    }

    /// A package that others install instead of running it.
    var isPublished: Bool {
        let root = manifest.root
        return root["private"]?.bool != true && (root["files"] != nil || root["publishConfig"] != nil)
    }

    /// An editor's or a browser's extension, a desktop or a command line program: nothing to deploy.
    var isTool: Bool {
        let scripts = manifest.root["scripts"]?.mapping?.entries.compactMap(\.value.string) ?? []
        return manifest.root.at("engines", "vscode") != nil
            || manifest.depends(onAny: ["@crxjs/vite-plugin", "wxt", "plasmo"]) != nil
            || manifest.dependency("electron") != nil && scripts.contains { $0.contains("electron") }
            || directory.lastPathComponent == "remix.init"
    }

    /// The root of a workspace whose scripts only start those of its packages.
    var isDelegating: Bool { isWorkspaceRoot && NodeServer.framework(of: self) == nil }

    func path(_ name: String) -> String { directory.appending(path: name) }
    func has(_ name: String, _ tree: SourceTree) -> Bool { tree.contains(path(name)) }
    /// The first file of the folder with one of these stems and a script's extension.
    func configuration(_ stem: String, _ tree: SourceTree) -> String? {
        ["ts", "js", "mjs", "mts", "cjs", "cts"].map { path("\(stem).\($0)") }.first(where: tree.contains)
    }

    private static func isAsset(_ path: String) -> Bool {
        path.utf8.contains("public/") || path.utf8.contains("wwwroot/") || path.utf8.contains("vendor/")
            || path.utf8.contains("bower_components/") || path.utf8.contains("priv/static/")
            || path.hasSuffix(".min.js")
    }

    private static let tools = [
        "playwright", "vite", "vitest", "jest", "cypress", "webpack", "rollup", "babel", "tailwind", "postcss",
        "eslint",
        "wdio", "karma", "protractor",
    ]

    private static let endings = [".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"]

    private static func scripts(among files: [String]) -> [String] {
        files.filter { path in
            // Where Express' generator puts the program.
            if path == "bin/www" || path.hasSuffix("/bin/www") { return !Self.isAsset(path) }
            // Told by the last byte first, because most files are something else; then what browsers load, and what
            // others wrote.
            guard path.utf8.last == UInt8(ascii: "s"), endings.contains(where: { path.hasSuffix($0) }),
                !Self.isAsset(path)
            else { return false }
            let name = path.lastPathComponent
            return !name.hasSuffix(".d.ts") && !name.contains(".test.") && !name.contains(".spec.")
                // `vite.config.ts` is a tool's; NestJS keeps the program's own settings in `config/app.config.ts`.
                && (!name.contains(".config.") || path.contains("config/") && !tools.contains(where: name.hasPrefix))
        }
    }
}
