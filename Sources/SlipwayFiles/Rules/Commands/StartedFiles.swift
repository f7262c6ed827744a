// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Cannot find module.
    static let scriptWithoutFile = Rule(
        "AP355", .warning, "a package script starts a file that does not exist",
        why: "npm run ends with \"Cannot find module\": the step of the guide or of the deployment does nothing.",
        catches: [
            ["package.json": "{\"scripts\":{\"setup\":\"bun run scripts/setup-minio.ts\"}}", "src/a.ts": "\n"],
            ["package.json": "{\"scripts\":{\"seed\":\"tsx prisma/seed.ts\"}}", "src/a.ts": "\n"],
            ["api/package.json": "{\"scripts\":{\"start\":\"node server.js\"}}", "api/app.js": "\n"],
            ["package.json": "{\"scripts\":{\"prod\":\"pm2 start ecosystem.config.js\"}}", "src/a.ts": "\n"],
            [
                "package.json": "{\"scripts\":{\"up\":\"docker-compose -f docker-compose.dev.yml up\"}}",
                "docker-compose.yml": "services:\n",
            ],
        ],
        passes: [
            ["package.json": "{\"scripts\":{\"start\":\"node dist/main.js\"}}", "src/main.ts": "\n"],
            ["package.json": "{\"scripts\":{\"start\":\"node dist-server/main.js\"}}", "server/main.ts": "\n"],
            ["package.json": "{\"scripts\":{\"a\":\"pm2 restart api\"}}", "src/main.ts": "\n"],
            ["package.json": "{\"scripts\":{\"seed\":\"tsx prisma/seed.ts\"}}", "prisma/seed.ts": "\n"],
            ["package.json": "{\"scripts\":{\"start\":\"node server\"}}", "server/index.js": "\n"],
            ["package.json": "{\"scripts\":{\"a\":\"cd api && node server.js\"}}", "api/server.js": "\n"],
            ["package.json": "{\"scripts\":{\"start\":\"node server.js\",\"build\":\"tsc\"}}", "server.ts": "\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.toldCommands.compactMap { told in
            guard told.teller == .package, let folder = told.folder, CodeText.mayRun(told.file),
                !told.command.isCondition, !told.command.isFollowedByOr, let file = StartedFile.path(in: told.words),
                !StartedFile.isThere(file, from: folder, repository)
            else { return nil }
            let name = SourceTree.Entry(path: file).name
            let others = repository.tree.files(named: name).map(\.path).filter {
                $0.hasPrefix(folder == "." ? "" : folder + "/")
            }
            let advice =
                others.first.map { "write: \(folder == "." ? $0 : String($0.dropFirst(folder.utf8.count + 1)))" }
                ?? "add it, or delete the script"
            return Violation(
                file: told.file, line: told.line,
                "\(GoPath.clean(folder + "/" + file)) is not in the repository; \(advice)")
        }
    }
}

enum StartedFile {
    private static let runners: Set<String> = [
        "node", "tsx", "ts-node", "ts-node-dev", "bun", "nodemon", "babel-node", "esno", "jiti", "pm2", "pm2-runtime",
    ]
    /// The program of a runtime, or the file of a tool, when it is named by a plain path with an ending.
    static func path(in words: [String]) -> String? {
        var words = words[...]
        if let call = ComposeCall(Array(words)), let file = call.files.first {
            return ToldCommand.isPlain(file) && !file.hasPrefix("/") && !file.contains("..") ? file : nil
        }
        while let first = words.first,
            ["npx", "cross-env", "bunx", "dotenv", "--", "pnpm", "exec"].contains(first) || first.contains("=")
        {
            words = words.dropFirst()
        }
        guard let program = words.first, runners.contains(program) else { return nil }
        var rest = words.dropFirst()
        if program == "pm2" {
            guard let verb = rest.first, ["start", "restart", "reload", "startOrReload"].contains(verb) else {
                return nil
            }
            rest = rest.dropFirst()
        }
        if program == "bun" || program == "tsx" {
            if rest.first == "run" || rest.first == "watch" { rest = rest.dropFirst() }
        }
        // The value of an option is not told from the program.
        guard let file = rest.first, ToldCommand.isPlain(file), !file.hasPrefix("-"), !file.hasPrefix("/"),
            [".js", ".ts", ".mjs", ".cjs", ".mts", ".tsx"].contains(where: file.hasSuffix),
            !MadeFolders.hold(SourceTree.Entry(path: file).directory)
        else { return nil }
        return file
    }

    static func isThere(_ file: String, from folder: String, _ repository: CheckedRepository) -> Bool {
        let path = GoPath.clean(folder + "/" + file)
        let tree = repository.tree
        // Next.js writes it into the folder that runs alone.
        if file == "server.js",
            tree.text(GoPath.clean(folder + "/package.json"))?.contains("\"next\"") == true
        {
            return true
        }
        if tree.contains(path) || repository.tracked?.contains(path) == true { return true }
        // A compiler may write it beside its source.
        let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? path
        return [".ts", ".tsx", ".mts", ".js", ".coffee"].contains { tree.contains(dot + $0) }
            || ScriptPaths.isIgnored(path, in: tree) || repository.sizes.contains { $0.path == path }
    }
}
