// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A Node package that answers HTTP itself.
struct NodeServer: Sendable {
    var framework: String?
    var start: StartCommand
    var startFile: String
    var startLine: Int?
    var startWhy: String
    var startConfidence: Double
    var build: String?
    var file: String
    var line: Int?
    var why: String
    var confidence: Double
    var isTypeScript: Bool
    let listening: NodeListening
    let routes: NodeRoutes

    static let frameworks = [
        ("@nestjs/core", "nestjs"), ("@adonisjs/core", "adonisjs"), ("@feathersjs/feathers", "feathers"),
        ("@strapi/strapi", "strapi"), ("sails", "sails"), ("@medusajs/medusa", "medusa"),
        ("@keystone-6/core", "keystone"),
        ("directus", "directus"), ("@loopback/core", "loopback"), ("moleculer-web", "moleculer"),
        ("nitropack", "nitro"),
        ("@redwoodjs/api", "redwood"), ("fastify", "fastify"), ("@hapi/hapi", "hapi"), ("koa", "koa"), ("hono", "hono"),
        ("elysia", "elysia"),
        ("express", "express"), ("restify", "restify"), ("polka", "polka"), ("@apollo/server", "apollo"),
        ("apollo-server", "apollo"),
        ("graphql-yoga", "graphql-yoga"), ("h3", "h3"), ("@trpc/server", "trpc"), ("socket.io", "socket.io"),
        ("ws", "ws"),
    ]
    private static let entries = [
        "server", "index", "app", "main", "src/server", "src/index", "src/main", "src/app", "bin/www", "api/index",
        "server/index", "src/api/server",
    ]
    /// Where each listens when its code does not say.
    private static let usualPorts: [String: UInt16] = [
        "adonisjs": 3333, "strapi": 1337, "sails": 1337, "feathers": 3030, "medusa": 9000, "apollo": 4000,
        "graphql-yoga": 4000, "directus": 8055, "redwood": 8911,
    ]
    /// They listen inside the framework, so that no call is seen.
    private static let hidden: Set<String> = [
        "nestjs", "adonisjs", "strapi", "sails", "medusa", "keystone", "moleculer", "directus", "nitro", "payload",
        "loopback",
    ]

    /// The framework among the production dependencies.
    static func framework(of project: NodeProject) -> (dependency: String, name: String)? {
        frameworks.first { project.manifest.production($0.0) != nil }.map { ($0.0, $0.1) }
    }

    private static func exportsApplication(_ project: NodeProject, _ tree: SourceTree) -> Bool {
        let search = ByteSearch(["export default app"])
        return project.scripts.contains { search.isFound(in: tree.bytes($0) ?? []) }
    }

    var usualPort: UInt16 { framework.flatMap { Self.usualPorts[$0] } ?? 3000 }

    /// An application of an Nx workspace; the framework is the one that its own files import.
    init?(_ nx: NxProject, _ project: NodeProject, _ tree: SourceTree) {
        let listening = NodeListening(project, tree)
        let imported = Self.frameworks.first { row in
            guard project.manifest.dependency(row.0) != nil else { return false }
            let search = ByteSearch(["'\(row.0)'", "\"\(row.0)\""])
            return project.scripts.contains { search.isFound(in: tree.bytes($0) ?? []) }
        }
        guard listening.isListening || imported != nil else { return nil }
        self.listening = listening
        framework = imported?.1 ?? "node"
        routes = NodeRoutes(project, tree)
        isTypeScript = true
        file = listening.file ?? nx.path
        line = listening.file == nil ? nx.line : listening.line
        why = "Nx application"
        confidence = Confidence.code
        build = nx.build.command
        let up = PathText.way(from: project.directory, to: project.workspaceRoot)
        start = StartCommand(
            "node \(up)/\(nx.output)/main.js", port: listening.port, portVariable: listening.portVariable,
            hostVariable: listening.hostVariable)
        startFile = nx.path
        startLine = nx.line
        startWhy = "where Nx puts the program"
        startConfidence = Confidence.dependency
    }

    init?(_ project: NodeProject, _ tree: SourceTree) {
        let manifest = project.manifest
        let listening = NodeListening(project, tree)
        let framework = Self.framework(of: project)
        let script = NodeStart.script(of: project, tree)?.text ?? ""
        // Bun serves what the file exports: https://bun.sh/docs/api/http#export-default-syntax
        let isExported =
            ["hono", "elysia"].contains(framework?.name)
            && ServerCommand.split(script).first == "bun" && Self.exportsApplication(project, tree)
        let isRunByTool = script.contains("fastify start") || isExported
        guard listening.isListening || isRunByTool || framework.map({ Self.hidden.contains($0.name) }) == true else {
            return nil
        }
        guard !project.isWorkspaceRoot || framework != nil || NodeStart.script(of: project, tree) != nil else {
            return nil
        }
        self.listening = listening
        self.framework = framework?.name ?? "node"
        routes = NodeRoutes(project, tree)
        isTypeScript =
            project.scripts.contains { $0.hasSuffix(".ts") }
            && (manifest.dependency("typescript") != nil || project.has("tsconfig.json", tree))
        file = listening.file ?? manifest.path
        line = listening.file == nil ? framework.flatMap { manifest.production($0.dependency)?.line } : listening.line
        why = listening.file == nil ? "depends on \(framework?.dependency ?? "node")" : "listens here"
        confidence = Confidence.code
        // fastify-cli reads PORT: https://github.com/fastify/fastify-cli#options
        let variable = listening.portVariable ?? (isRunByTool ? "PORT" : nil)
        func command(_ text: String) -> StartCommand {
            StartCommand(text, port: listening.port, portVariable: variable, hostVariable: listening.hostVariable)
        }
        build = manifest.script("build").map { _ in project.run("build") }
        if let text = NestPrograms.defaultCommand(of: project, tree) {
            start = command(text)
            (startFile, startLine) = (project.path("nest-cli.json"), nil)
            startWhy = "the default project of nest-cli.json"
            startConfidence = Confidence.code
            return
        }
        if let script = NodeStart.script(of: project, tree), framework?.name != "adonisjs" {
            start = command(script.command(project))
            if let port = script.port {
                start.port = port.number
                if port.isFixed { start.portVariable = nil }
            }
            startFile = manifest.path
            startLine = script.line
            startWhy = "\(script.name): \(script.text)"
            startConfidence = Confidence.code
            return
        }
        startFile = manifest.path
        startLine = nil
        if framework?.name == "nestjs" {
            start = command("node dist/main")
            startWhy = "NestJS puts its program there"
            startConfidence = 0.7
            return
        }
        if framework?.name == "adonisjs" {
            start = command("node build/bin/server.js")
            startWhy = "AdonisJS puts its program there"
            startConfidence = 0.7
            return
        }
        let main = manifest.root["main"]?.string.flatMap { PathText.normalized($0) }
        let found = Self.entries.flatMap { stem in ["js", "mjs", "cjs", "ts"].map { "\(stem).\($0)" } }.first {
            project.has($0, tree)
        }
        let watched = ["start", "dev", "start:dev"].lazy.compactMap { NodeScript($0, of: project, tree) }
            .compactMap(\.withoutWatching).first
        let watchedFile = watched.flatMap { ServerCommand.split($0).last }.flatMap { PathText.normalized($0) }
        let listeningFile = listening.file?.relative(to: project.directory)
        guard
            let entry = [watchedFile, main, listeningFile, found].compactMap(\.self).first(where: {
                project.has($0, tree) || $0.hasPrefix("dist") || $0.hasPrefix("build")
            })
        else {
            guard let watched else { return nil }
            start = command(watched)
            startWhy = "the development command without its watcher"
            startConfidence = 0.6
            return
        }
        if let output = NodeStart.compiled(entry, of: project, tree) ?? NodeStart.builtByNx(entry, of: project, tree) {
            start = command("node \(ShellWord.quote(output))")
        } else {
            let isBun = project.manager.name == "bun"
            let quoted = ShellWord.quote(entry)
            start = command(
                isBun
                    ? "bun run \(quoted)"
                    : entry.hasSuffix(".ts")
                        ? "npx \(project.typedRunner) \(quoted)" : "node \(quoted)")
        }
        startWhy = main == entry ? "main of package.json" : "program that listens"
        startConfidence = Confidence.dependency
    }
}
