// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// npm error Missing script
    static let missingWorkspaceScript = Rule(
        "AP501", .error, "a command runs a script that the workspace's package does not have",
        why: "npm, pnpm and yarn end with: missing script. Whatever came after it does not run.",
        catches: [
            [
                "package.json":
                    "{\"workspaces\":[\"packages/*\"],\"scripts\":{\"db:migrate\":\"npm run db:migrate -w @a/db\"}}",
                "packages/db/package.json": "{\"name\":\"@a/db\",\"scripts\":{\"migrate\":\"drizzle-kit migrate\"}}",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\nnpm --prefix api run build\n",
                "api/package.json": "{\"name\":\"api\",\"scripts\":{\"start\":\"node a.js\"}}",
            ],
            [
                "package.json": "{\"scripts\":{\"migrate\":\"turbo run db:migrate --filter=@a/db\"}}",
                "packages/db/package.json": "{\"name\":\"@a/db\",\"scripts\":{\"migrate\":\"drizzle-kit migrate\"}}",
            ],
            [
                "README.md": "```bash\npnpm --filter api build\n```\n",
                "api/package.json": "{\"name\":\"api\",\"scripts\":{\"start\":\"node a.js\"}}",
            ],
        ],
        passes: [
            [
                "package.json":
                    "{\"workspaces\":[\"packages/*\"],\"scripts\":{\"db:migrate\":\"npm run migrate -w @a/db\"}}",
                "packages/db/package.json": "{\"name\":\"@a/db\",\"scripts\":{\"migrate\":\"drizzle-kit migrate\"}}",
            ],
            [
                "README.md": "```bash\npnpm --filter api add zod\npnpm --filter './packages/*' build\n```\n",
                "api/package.json": "{\"name\":\"api\",\"scripts\":{\"start\":\"node a.js\"}}",
            ],
            [
                "README.md": "```bash\npnpm --filter api prisma migrate deploy\n```\n",
                "api/package.json": "{\"name\":\"api\",\"scripts\":{\"start\":\"node a.js\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let packages = WorkspacePackage.all(in: repository.tree)
        guard !packages.isEmpty else { return [] }
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard let call = WorkspaceCall(told.words), !WorkspaceCall.ofDevelopers.contains(call.script),
                let package = packages.first(where: { $0.isNamed(call.target, from: told.places) }),
                !package.scripts.contains(call.script),
                told.teller != .document || seen.insert("\(package.path) \(call.script)").inserted
            else { return nil }
            let near = NearestWord.of(call.script, among: package.scripts)
            return Violation(
                file: told.file, line: told.line,
                "\(package.path) has no script \(call.script); "
                    + (near.map { "write: \($0)" } ?? "add it, or write one that it has"),
                severity: told.severity)
        }
    }
}

private struct WorkspacePackage {
    let path: String
    let name: String
    let scripts: Set<String>

    static func all(in tree: SourceTree) -> [WorkspacePackage] {
        tree.files(named: "package.json").compactMap { entry in
            guard !entry.path.contains("node_modules/"), let text = tree.text(entry.path),
                let root = JSONDocument(parsing: text).root
            else { return nil }
            return WorkspacePackage(
                path: entry.path, name: root["name"]?.text ?? "", scripts: Set(root["scripts"]?.mapping?.keys ?? []))
        }
    }

    /// By its package's name, or by its folder as seen from one of the places.
    func isNamed(_ target: String, from places: [String]) -> Bool {
        if !name.isEmpty, name == target { return true }
        let folder = SourceTree.Entry(path: path).directory
        return places.contains { GoPath.clean($0 + "/" + target) == folder }
    }
}

/// `npm run X -w Y`, `npm --prefix Y run X`, `pnpm --filter Y X`, `yarn workspace Y X`
private struct WorkspaceCall {
    /// Nothing of a deployment waits for them.
    static let ofDevelopers: Set<String> = [
        "lint", "test", "format", "typecheck", "type-check", "check", "storybook", "e2e", "test:e2e", "test:unit",
    ]

    let target: String
    let script: String

    init?(_ words: [String]) {
        guard let program = words.first, ["npm", "pnpm", "yarn", "turbo"].contains(program) else {
            return nil
        }
        var rest = Array(words.dropFirst().prefix { $0 != "--" })
        guard !rest.contains("--if-present"), !rest.contains("-r"), !rest.contains("--recursive") else { return nil }
        var target: String?
        if program == "yarn" {
            guard rest.first == "workspace", rest.count > 2 else { return nil }
            target = rest[1]
            rest.removeFirst(2)
        }
        let options = program == "npm" ? ["-w", "--workspace", "--prefix", "-C"] : ["--filter", "-F", "-C", "--dir"]
        while let place = rest.firstIndex(where: { word in options.contains { word == $0 || word.hasPrefix($0 + "=") } }
        ) {
            guard target == nil else { return nil }
            if let equals = rest[place].firstIndex(of: "=") {
                target = String(rest[place][rest[place].index(after: equals)...])
                rest.remove(at: place)
            } else {
                guard place + 1 < rest.count else { return nil }
                target = rest[place + 1]
                rest.removeSubrange(place...(place + 1))
            }
        }
        let verbs = rest.filter { !$0.hasPrefix("-") }
        guard let target, ToldCommand.isPlain(target.filter { $0 != "@" }), !target.contains("..."),
            let name = Self.script(verbs, program), ToldCommand.isPlain(name.filter { $0 != ":" })
        else { return nil }
        self.target = target
        script = name
    }

    /// turbo does nothing and says nothing when no package has the script. Without `run` pnpm and yarn also start programs; a word that is no program of anybody is a script.
    private static func script(_ verbs: [String], _ program: String) -> String? {
        guard let first = verbs.first else { return nil }
        if first == "run" || first == "run-script" { return verbs.dropFirst().first }
        guard program != "npm", verbs.count == 1,
            ["build", "dev", "start", "lint"].contains(first) || first.contains(":")
        else { return nil }
        return first
    }
}
