// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A script of a `package.json`, followed through scripts that only call another one.
struct NodeScript {
    let name: String
    let line: Int
    /// What runs in the end; for a shell script of the repository its commands.
    let text: String
    /// Whether the text comes from a file that the script calls.
    let isFile: Bool
    /// What runs TypeScript as it is.
    private let typedRunner: String

    init?(_ name: String, of project: NodeProject, _ tree: SourceTree) {
        guard var script = project.manifest.script(name) else { return nil }
        self.name = name
        typedRunner = project.typedRunner
        line = script.line
        var seen: Set<String> = [name]
        while let next = Self.called(by: script.text), seen.insert(next).inserted,
            let inner = project.manifest.script(next)
        {
            script = inner
        }
        let words = ServerCommand.split(script.text).drop { ["sh", "bash", "exec"].contains($0) }
        if let file = words.first, file.hasSuffix(".sh"), let path = PathText.normalized(project.path(file)),
            let commands = tree.text(path)
        {
            text = commands
            isFile = true
        } else {
            text = script.text
            isFile = false
        }
    }

    /// The other script that `npm run x`, `yarn x` and the like only start.
    private static func called(by text: String) -> String? {
        let words = ServerCommand.split(text)
        guard let manager = words.first, ["npm", "pnpm", "yarn", "bun"].contains(manager),
            words.allSatisfy({ !$0.hasPrefix("-") && $0 != "&&" && $0 != "&" && $0 != ";" && $0 != "|" && $0 != "||" })
        else { return nil }
        if words.count == 3, words[1] == "run" { return words[2] }
        return words.count == 2 && manager != "bun" ? words[1] : nil
    }

    private static let developmentMarks = [
        "nodemon", "ts-node-dev", "--watch", "tsx watch", "tsx --watch", "concurrently", "react-scripts start",
        "webpack serve", "webpack-dev-server", "ng serve", "next dev", "nuxt dev", "nuxi dev", "astro dev", "vite dev",
        "remix dev", "react-router dev", "gatsby develop", "nest start --watch", "--dev", "expo start",
        "vue-cli-service serve", "docker-compose", "docker compose", "wrangler dev", "craco start", "rsbuild dev",
        "react-app-rewired start", "storybook", "node-dev", "browser-sync", "NODE_ENV=development", "vinxi dev",
        "--hot", "medusa develop", "strapi develop", "docusaurus start", "eleventy --serve", "netlify dev",
        "vercel dev", "electron", "npm-watch", "tsc -w",
    ]
    private static let fileServers = [
        "serve -s", "serve build", "serve dist", "serve out", "http-server", "live-server", "vite preview",
        "gatsby serve", "docusaurus serve", "serve --single",
    ]
    private static let delegations = [
        "turbo ", "lerna ", "nx run-many", "nx serve", "npm-run-all", "run-p ", "run-s ", "pnpm -r", "pnpm --filter",
        "pnpm -F", "yarn workspace", "--workspace", "npm --prefix", "--prefix ", "yarn --cwd", "npm -w", "cd ",
        "wsrun", "ultra ", "bun --filter", "pm2 start", "make ", "preconstruct",
    ]

    /// Runs the sources as they change, which a server should not.
    var isDevelopment: Bool {
        let words = ServerCommand.split(text)
        return Self.developmentMarks.contains { text.contains($0) }
            || ["vite", "parcel", "nest", "encore", "vinxi"].contains(words.first ?? "")
                && !(words.count > 1 && ["build", "preview", "start"].contains(words[1]))
            || words.first == "nest" || words.first == "parcel"
    }
    /// Serves a folder of files, which the edge does better.
    var servesFiles: Bool { Self.fileServers.contains { text.contains($0) } }
    /// Starts scripts of other packages.
    var delegates: Bool { !isFile && Self.delegations.contains { text.contains($0) } }
    /// Starts one process and nothing else: it could be what runs in production.
    var isProduction: Bool { !isDevelopment && !servesFiles && !delegates && !text.isEmpty && !text.hasPrefix("echo ") }

    /// The command to run: the program itself where that is possible, so that signals reach it, and without the
    /// migrations and the build in front of it, which have their own place.
    func command(_ project: NodeProject) -> String {
        guard !isFile else { return project.run(name) }
        let words = ServerCommand.split(text)
        if words.contains("&&"), !words.contains(where: { ["||", "|", ";", "&"].contains($0) || $0.hasSuffix(";") }) {
            let parts = ServerCommand.commands(in: text)
            let rest = Array(parts.drop { Migrations.isMigration($0) || Self.builds($0) || Self.isSeed($0) })
            if rest.count == 1, parts.count > 1 { return Self.withRunner(rest[0]) }
            return project.run(name)
        }
        let isPlain = words.first == "node" && !text.contains("|") && !text.contains(";")
        return isPlain ? text : project.run(name)
    }

    /// What fills a database with example data in front of the program, as developers want it; a server that does it at
    /// every start gives its visitors accounts that everybody knows.
    var seed: String? {
        guard !isFile, ServerCommand.split(text).contains("&&") else { return nil }
        return ServerCommand.commands(in: text).dropLast().first(where: Self.isSeed).map(Self.withRunner)
    }

    private static func isSeed(_ command: String) -> Bool {
        if ["prisma db seed", "knex seed:run", "sequelize db:seed", "sequelize-cli db:seed"].contains(
            where: command.contains)
        {
            return true
        }
        let words = ServerCommand.split(command)
        guard let first = words.first, let last = words.last else { return false }
        if ["npm", "pnpm", "yarn", "bun"].contains(first) {
            return ["seed", "db:seed", "prisma:seed", "seed:run"].contains(last)
        }
        let stem = last.lastPathComponent.split(separator: ".").first ?? ""
        return ["node", "tsx", "ts-node", "npx"].contains(first) && ["seed", "seeds", "seeder"].contains(stem)
    }

    private static func builds(_ command: String) -> Bool {
        let words = ServerCommand.split(command)
        return words.last == "build" || words.contains("generate") || words.first == "tsc"
    }

    /// Programs of `node_modules/.bin` are found by npx; assignments stay in front.
    private static func withRunner(_ command: String) -> String {
        var words = ServerCommand.split(command)
        let first = words.firstIndex { !($0.contains("=") && !$0.hasPrefix("-")) } ?? 0
        guard words.indices.contains(first),
            !["node", "npm", "npx", "yarn", "pnpm", "bun", "exec", "sh"].contains(words[first]),
            !words[first].contains("/")
        else { return command }
        words.insert("npx", at: first)
        return words.joined(separator: " ")
    }

    /// The port that the script itself states: `PORT=4000 node a.js`, `next start -p 4000`.
    var port: (number: UInt16, isFixed: Bool)? {
        guard !isFile, let last = ServerCommand.commands(in: text).last else { return nil }
        for word in ServerCommand.split(last) where word.hasPrefix("PORT=") {
            if let number = UInt16(word.dropFirst(5)) { return (number, true) }
        }
        guard let command = ServerCommand(last), let number = command.port else { return nil }
        return (number, command.portVariable == nil)
    }

    /// The same program without what watches files: `tsx watch a.ts` → `npx tsx a.ts`.
    var withoutWatching: String? {
        var words = ServerCommand.split(text).filter {
            !["cross-env", "watch", "--watch", "--respawn", "--transpile-only", "--inspect", "--clear-screen=false"]
                .contains($0) && !$0.hasPrefix("NODE_ENV=")
        }
        guard let first = words.first, !words.contains("&&"), !words.contains("--exec"), !words.contains("-x") else {
            return nil
        }
        let isTyped = words.dropFirst().contains { $0.hasSuffix(".ts") || $0.hasSuffix(".mts") }
        switch first {
        case "tsx", "ts-node": words[0] = "npx \(first)"
        case "ts-node-dev", "tsnd": words[0] = "npx ts-node"
        case "nodemon": words[0] = isTyped ? "npx \(typedRunner)" : "node"
        case "node", "bun": break
        default: return nil
        }
        return words.dropFirst().contains { !$0.hasPrefix("-") } ? words.joined(separator: " ") : nil
    }
}
