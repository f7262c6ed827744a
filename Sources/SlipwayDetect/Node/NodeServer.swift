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
        ("@strapi/strapi", "strapi"),
        ("@redwoodjs/api", "redwood"), ("sails", "sails"), ("@loopback/core", "loopback"),
        ("@keystone-6/core", "keystone"), ("directus", "directus"), ("fastify", "fastify"), ("@hapi/hapi", "hapi"),
        ("koa", "koa"), ("hono", "hono"),
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

    /// Whether some file of the package listens.
    static func serves(_ project: NodeProject, _ tree: SourceTree) -> Bool {
        frameworks.contains { project.manifest.production($0.0) != nil } || NodeListening(project, tree).isListening
    }

    init?(_ project: NodeProject, _ tree: SourceTree) {
        let manifest = project.manifest
        let listening = NodeListening(project, tree)
        let framework = Self.frameworks.first { manifest.production($0.0) != nil }
        guard
            listening.isListening
                || framework.map({
                    ["nestjs", "adonisjs", "strapi", "sails", "loopback", "keystone", "directus"].contains($0.1)
                }) == true
        else {
            return nil
        }
        self.listening = listening
        self.framework = framework?.1 ?? "node"
        routes = NodeRoutes(project, tree)
        isTypeScript =
            project.scripts.contains { $0.hasSuffix(".ts") }
            && (manifest.dependency("typescript") != nil || project.has("tsconfig.json", tree))
        file = listening.file ?? manifest.path
        line = listening.file == nil ? framework.flatMap { manifest.production($0.0)?.line } : listening.line
        why = listening.file == nil ? "depends on \(framework?.0 ?? "node")" : "listens here"
        confidence = Confidence.code
        let variable = listening.portVariable
        func command(_ text: String) -> StartCommand {
            StartCommand(text, port: listening.port, portVariable: variable, hostVariable: listening.hostVariable)
        }
        build = manifest.script("build").map { _ in project.run("build") }
        for name in ["start:prod", "start:production", "serve:prod", "start", "serve", "production", "prod"] {
            guard let script = manifest.script(name), !Self.isDevelopment(script.text),
                !Self.callsDevelopment(script.text, project, tree),
                !script.text.contains("nest start") || name != "start"
            else { continue }
            start = command(Self.isPlain(script.text) ? script.text : project.run(name))
            startFile = manifest.path
            startLine = script.line
            startWhy = "\(name): \(script.text)"
            startConfidence = Confidence.code
            return
        }
        startFile = manifest.path
        startLine = nil
        if framework?.1 == "nestjs" {
            start = command("node dist/main")
            startWhy = "NestJS puts its program there"
            startConfidence = 0.7
            return
        }
        if framework?.1 == "adonisjs" {
            start = command("node build/bin/server.js")
            startWhy = "AdonisJS puts its program there"
            startConfidence = 0.7
            return
        }
        let main = manifest.root["main"]?.string.flatMap { PathText.normalized($0) }
        let found = Self.entries.flatMap { stem in ["js", "mjs", "cjs", "ts"].map { "\(stem).\($0)" } }.first {
            project.has($0, tree)
        }
        let listeningFile = listening.file?.relative(to: project.directory)
        guard
            let entry = [main, listeningFile, found].compactMap(\.self).first(where: {
                project.has($0, tree) || $0.hasPrefix("dist") || $0.hasPrefix("build")
            })
        else { return nil }
        start = command(entry.hasSuffix(".ts") ? "npx tsx \(ShellWord.quote(entry))" : "node \(ShellWord.quote(entry))")
        startWhy = main == entry ? "main of package.json" : "program that listens"
        startConfidence = 0.7
    }

    /// Runs the sources as they change, which a server should not.
    static func isDevelopment(_ script: String) -> Bool {
        [
            "nodemon", "docker-compose", "docker compose", "ts-node-dev", "--watch", "tsx watch", "concurrently",
            "vite", "react-scripts", "webpack serve",
            "ng serve", "next dev", "nest start --watch", "parcel", "expo start", "http-server", "live-server",
        ].contains { script.contains($0) }
    }

    /// A script of the repository that does the same.
    private static func callsDevelopment(_ script: String, _ project: NodeProject, _ tree: SourceTree) -> Bool {
        let words = ServerCommand.split(script).map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
        return words.contains { word in
            (word.hasSuffix(".sh") || words.count == 1)
                && tree.text(project.path(word)).map { isDevelopment($0) } == true
        }
    }

    /// One simple command that needs no `node_modules/.bin`, so that signals reach the program itself.
    private static func isPlain(_ script: String) -> Bool {
        let words = ServerCommand.split(script)
        return words.first == "node" && !script.contains("&&") && !script.contains("||") && !script.contains(";")
            && !script.contains("|")
    }
}
