// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Installs the packages of a Node service, or of the workspace that it is part of, from the lock file.
struct NodePackages {
    /// Active long-term support in 2026, and what current tools ask for at least (nodejs.org/en/about/previous-releases).
    private static let defaultVersion = "22"

    let input: ImageInput
    let manager: String
    private let manifest: DataNode?

    init(_ input: ImageInput) {
        self.input = input
        manager = input.service.packageManager ?? "npm"
        manifest = input.text("package.json").flatMap { JSONDocument(parsing: $0, dialect: .tolerant).root }
    }

    /// Debian where Debian's packages are asked for, or native code that is built for it.
    var isAlpine: Bool {
        input.service.systemPackages.isEmpty && input.service.buildPackages.isEmpty && !usesPrisma
            && !Self.forDebian.contains(where: isProduction)
            || input.service.role.isServedFromFiles
    }
    /// Packages whose compiled parts are made for glibc alone.
    private static let forDebian = [
        "puppeteer", "playwright", "onnxruntime-node", "@huggingface/transformers", "@xenova/transformers",
        "@tensorflow/tfjs-node", "@livekit/rtc-node",
    ]
    /// The browser that puppeteer starts; the one that it would fetch lacks its libraries.
    var usesBrowser: Bool { isProduction("puppeteer") && !input.service.role.isServedFromFiles }
    var usesPrisma: Bool { has(dependency: "prisma") || has(dependency: "@prisma/client") }
    var base: String {
        if manager == "bun" { return isAlpine ? "oven/bun:1-alpine" : "oven/bun:1-slim" }
        return runtimeBase
    }
    var runtimeBase: String {
        "node:\(version)-\(isAlpine ? "alpine" : "slim")"
    }

    /// Releases before this one get no fixes any more.
    private static let oldestSupported = 20
    /// Where a project binds itself to a version; a workflow or an old image only used one.
    private static let bindingFiles: Set<String> = [
        "package.json", ".nvmrc", ".node-version", ".tool-versions", "mise.toml", "slipway.yml",
    ]

    /// What the project says, unless that is out of support and nothing binds it, or its own tools refuse it.
    var version: String {
        let stated = input.version(1, default: Self.defaultVersion)
        guard let number = Int(stated) else { return Self.defaultVersion }
        if let least = manifest.flatMap(NodeRequirement.init)?.node, number < least { return Self.defaultVersion }
        if let least = leastOfManager, number < least { return Self.defaultVersion }
        guard number < Self.oldestSupported else { return stated }
        let origin = input.layout.app.origins["services.\(input.service.name).languageVersion"]
        let file = origin?.file?.split(separator: "/").last.map(String.init)
        // "At least 4" asks for no 4.
        let engines = manifest?["engines"]?["node"]?.string ?? ""
        let isOpen = file == "package.json" && engines.contains(">") && !engines.contains("<")
        return !isOpen && file.map(Self.bindingFiles.contains) ?? false ? stated : Self.defaultVersion
    }

    /// What the manager itself starts on: pnpm's "engines" ask for 22 from its eleventh version on.
    private var leastOfManager: Int? {
        guard let tool = managerPackage, tool.hasPrefix("pnpm@"),
            let major = Int(tool.dropFirst(5).prefix { $0.isNumber })
        else { return nil }
        return major >= 11 ? 22 : major >= 9 ? 18 : nil
    }

    func script(_ name: String) -> String? { manifest?["scripts"]?[name]?.string }
    func has(dependency name: String) -> Bool {
        isProduction(name) || manifest?["devDependencies"]?[name] != nil
    }
    func isProduction(_ name: String) -> Bool { manifest?["dependencies"]?[name] != nil }

    /// The stage with all packages and the manager itself.
    func dependencies(named name: String = "dependencies") -> DockerStage {
        let isFirst = name == "dependencies"
        var stage = DockerStage(base, name: name, comment: isFirst ? "What the code needs, from the lock file." : nil)
        var variables = [("CI", "1"), ("NEXT_TELEMETRY_DISABLED", "1"), ("HUSKY", "0")]
        if manager == "pnpm" { variables.append(("PNPM_HOME", "/pnpm")) }
        if usesBrowser { variables.append(("PUPPETEER_SKIP_DOWNLOAD", "true")) }
        stage.environment(variables)
        if let tool = managerPackage {
            stage.run(["npm install --global \(tool)"], mounts: ["type=cache,target=/root/.npm"])
        }
        stage.workdir(input.folder)
        return stage
    }

    /// The manager in the version that wrote the lock file; npm and bun are in their images.
    var managerPackage: String? {
        let root = input.tree.text(input.contextPath("package.json")).flatMap {
            JSONDocument(parsing: $0, dialect: .tolerant).root
        }
        let stated = root?["packageManager"]?.string ?? manifest?["packageManager"]?.string
        if let stated, stated.hasPrefix(manager + "@") {
            let version = stated.dropFirst(manager.count + 1).prefix { $0 != "+" }
            if manager == "pnpm" { return "pnpm@\(version)" }
            if manager == "yarn", !version.hasPrefix("1.") { return "corepack@0.34" }
        }
        switch manager {
        case "pnpm":
            let lock = lockText("pnpm-lock.yaml").prefix(200)
            return lock.contains("'5.") || lock.contains(": 5.")
                ? "pnpm@7" : lock.contains("'6.") ? "pnpm@8" : "pnpm@10"
        case "yarn": return isModernYarn ? "corepack@0.34" : nil
        default: return nil
        }
    }

    /// From its second version on, yarn has another lock file and keeps what it fetched elsewhere.
    private var isModernYarn: Bool { lockText("yarn.lock").contains("__metadata:") }

    private func lockText(_ name: String) -> String {
        input.text(name) ?? input.tree.text(input.contextPath(name)) ?? ""
    }

    /// - Parameter production: Without the packages that only building and testing need.
    func install(_ stage: inout DockerStage, production: Bool) {
        guard let command = input.service.install else { return }
        if managerPackage?.hasPrefix("corepack") == true { stage.run(["corepack enable"]) }
        if installNeedsSource {
            stage.copy(["."], to: Layout.workingDirectory)
        } else {
            copyManifests(into: &stage)
        }
        var commands = [command]
        if production {
            if let prepare = script("prepare"),
                ["husky", "lefthook", "simple-git-hooks"].contains(where: prepare.contains)
            {
                commands.insert("npm pkg delete scripts.prepare", at: 0)
            }
            commands[commands.count - 1] = command + productionFlag
        }
        stage.run(commands, mounts: [cache])
    }

    private var productionFlag: String {
        switch manager {
        case "npm": " --omit=dev"
        case "pnpm": " --prod"
        default: " --production"
        }
    }

    /// Takes away what only the build needed; `nil` where the manager cannot.
    var prune: [String]? {
        guard !input.isWorkspace, !runsDevelopmentTool, !bundleImportsTool else { return nil }
        switch manager {
        case "npm":
            // What the installation is told about peers counts for what is left of it too.
            let flag = input.service.install?.split(separator: " ").last {
                $0 == "--legacy-peer-deps" || $0 == "--force"
            }
            return ["npm prune --omit=dev" + (flag.map { " " + $0 } ?? "")]
        case "pnpm": return ["pnpm prune --prod --ignore-scripts"]
        case "yarn" where !isModernYarn:
            return ["yarn install --frozen-lockfile --production --ignore-scripts --prefer-offline"]
        default: return nil
        }
    }

    /// A server's bundle keeps what its development mode imports: esbuild puts `import "vite"` of a file that is loaded on
    /// demand at the top (esbuild.github.io/api, Packages).
    private var bundleImportsTool: Bool {
        guard let build = script("build"), build.contains("--packages=external"), build.contains("--bundle"),
            !isProduction("vite")
        else { return false }
        return ["vite.ts", "vite.js"].flatMap { input.tree.files(named: $0) }.contains { entry in
            input.tree.text(entry.path)?.contains("from \"vite\"") == true
                || input.tree.text(entry.path)?.contains("from 'vite'") == true
        }
    }

    /// Whether starting or releasing needs a package that counts as a tool of development.
    var runsDevelopmentTool: Bool {
        let texts =
            [input.service.start, input.service.release].compactMap { $0 } + input.image.services.compactMap(\.start)
        return texts.contains { text in
            text.components(of: "&&").contains { command in
                var words = command.split(separator: " ").map(String.init)
                let runners: Set<String> = ["npm", "pnpm", "yarn", "bun", "run"]
                let isRun = words.first.map(runners.contains) ?? false
                words = Array(words.drop { runners.contains($0) || $0 == "npx" || $0 == "exec" || $0.contains("=") })
                guard let first = words.first else { return false }
                let script = isRun ? script(first) : nil
                let tool = script.flatMap { $0.split(separator: " ").first.map(String.init) } ?? first
                let names = [tool, "@\(tool)/cli"]
                return names.contains { manifest?["devDependencies"]?[$0] != nil }
                    && !names.contains(where: isProduction)
            }
        }
    }

    var cache: String {
        switch manager {
        case "pnpm": "type=cache,id=pnpm,target=/pnpm/store"
        case "yarn" where isModernYarn: "type=cache,target=/root/.yarn/berry/cache"
        case "yarn": "type=cache,target=/usr/local/share/.cache/yarn"
        case "bun": "type=cache,target=/root/.bun/install/cache"
        default: "type=cache,target=/root/.npm"
        }
    }

    /// Whether a script of the installation runs a file of the repository: of the package, or of any that is installed
    /// with it.
    private var installNeedsSource: Bool {
        if input.has("package.json"), runsFile(ofPackageIn: input.service.directory) { return true }
        guard input.isWorkspace else { return false }
        return runsFile(ofPackageIn: input.image.context) || members.contains { runsFile(ofPackageIn: $0.parent) }
    }

    private func runsFile(ofPackageIn folder: String) -> Bool {
        guard let text = input.tree.text(Layout.join(folder, "package.json")),
            let scripts = JSONDocument(parsing: text, dialect: .tolerant).root?["scripts"]
        else { return false }
        if InstallHooks(scripts: scripts).build { return true }
        return ["preinstall", "install", "postinstall", "prepare"].compactMap { scripts[$0]?.string }.contains { text in
            text.split { $0 == " " || $0 == "=" }.contains { word in
                let path = word.hasPrefix("./") ? word.dropFirst(2) : word
                // Schemas of Prisma are copied beside the manifests.
                return path.contains(".") && !path.hasSuffix(".prisma")
                    && input.tree.contains(Layout.join(folder, String(path)))
            }
        }
    }

    /// Manifests of the workspace's packages, seen from the root, with the folder of each.
    private var members: [(path: String, parent: String)] {
        guard input.isWorkspace else { return [] }
        return input.tree.files(named: "package.json").compactMap { entry in
            let path = input.relative(entry.path)
            guard path != "package.json", path != entry.path || input.image.context == "." else { return nil }
            return (entry.path, String(entry.path.dropLast("/package.json".count)))
        }
    }

    private static let names = [
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
        "pnpm-workspace.yaml", "bun.lock", "bun.lockb", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs",
        "bunfig.toml",
    ]
    private static let folders = [".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches", "prisma"]

    /// Every manifest of the workspace where there is one: a lock file is installed as a whole.
    private func copyManifests(into stage: inout DockerStage) {
        let own = Self.names.map(input.contextPath).filter(input.tree.contains).map(input.relative)
        if !own.isEmpty { stage.copy(own, to: Layout.workingDirectory + "/") }
        for member in members {
            let path = input.relative(member.path)
            stage.copy([path], to: Layout.workingDirectory + "/" + path)
        }
        for folder in Self.folders where input.tree.hasDirectory(input.contextPath(folder)) {
            stage.copy([folder], to: Layout.workingDirectory + "/" + folder)
        }
        // The packages' own scripts make the client from it.
        for member in members where input.tree.hasDirectory(member.parent + "/prisma") {
            let schema = input.relative(member.parent + "/prisma")
            stage.copy([schema], to: Layout.workingDirectory + "/" + schema)
        }
    }
}
