// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever follows the guide stops here.
    static let documentedScript = Rule(
        "AP213", .warning, "the guide runs a package script that does not exist",
        why: "npm, pnpm and yarn end with: missing script. Whoever follows the guide stops at this step.",
        catches: [
            [
                "README.md": "## Setup\n\n```bash\npnpm install\npnpm db:push\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}",
                "server/package.json": "{\"scripts\":{\"db:push\":\"drizzle-kit push\"}}",
            ],
            ["README.md": "```sh\nnpm run prod\n```\n", "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}"],
        ],
        passes: [
            [
                "README.md": "## Setup\n\n```bash\ncd server\npnpm db:push\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}",
                "server/package.json": "{\"scripts\":{\"db:push\":\"drizzle-kit push\"}}",
            ],
            [
                "README.md": "## Setup\n\nIn `server`:\n\n```bash\nnpm run db:push\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}",
                "server/package.json": "{\"scripts\":{\"db:push\":\"drizzle-kit push\"}}",
            ],
            ["README.md": "Write npm run prod here\n", "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}"],
            [
                "README.md": "```sh\nnpm run dev\nnpm run <name>\nyarn add a:b\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"node a.js\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = repository.tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }
        let scripts = manifests.map { entry in
            (
                folder: entry.directory,
                names: Set(
                    repository.tree.text(entry.path).flatMap {
                        JSONDocument(parsing: $0).root?["scripts"]?.mapping?.keys
                    }
                        ?? [])
            )
        }
        return scripts.flatMap { own -> [Violation] in
            // A package without scripts is no place where people type their names.
            guard !own.names.isEmpty else { return [] }
            let path = GoPath.clean(own.folder + "/README.md")
            guard let text = repository.tree.text(path), text.utf8.count < 200_000 else { return [] }
            return Guide.commands(in: text).compactMap { command in
                guard !own.names.contains(command.script) else { return nil }
                let others = scripts.filter { $0.names.contains(command.script) }.map(\.folder)
                if !others.isEmpty {
                    let folders = others.compactMap { $0.split(separator: "/").last.map(String.init) }
                    guard own.folder == ".", !command.isElsewhere, !folders.contains(where: command.section.contains)
                    else {
                        return nil
                    }
                }
                let place = others.first.map { "; \($0)/package.json has it: write cd \($0) before it" }
                return Violation(
                    file: path, line: command.line,
                    "no script \(command.script) is in \(GoPath.clean(own.folder + "/package.json"))"
                        + (place ?? "; write one that is there"))
            }
        }
    }
}

/// The commands of a document's code blocks.
private enum Guide {
    struct Command {
        let script: String
        let line: Int
        /// Whether a line of the same section goes to another folder.
        let isElsewhere: Bool
        /// The section up to the command.
        let section: String
    }

    static func commands(in text: String) -> [Command] {
        var found: [Command] = []
        var isCode = false
        var section = ""
        var isElsewhere = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let bare = line.trimmed
            if bare.hasPrefix("```") {
                isCode.toggle()
                continue
            }
            if !isCode, bare.hasPrefix("#") {
                section = ""
                isElsewhere = false
            }
            if bare.hasPrefix("cd ") || bare.contains(" cd ") { isElsewhere = true }
            section += bare + "\n"
            guard isCode, let script = script(in: bare) else { continue }
            found.append(Command(script: script, line: index + 1, isElsewhere: isElsewhere, section: section))
        }
        return found
    }

    private static func script(in line: String) -> String? {
        let words = (line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line).split(separator: " ").map(String.init)
        guard words.count > 1, ["npm", "pnpm", "yarn", "bun"].contains(words[0]),
            !words.contains(where: { word in
                ["-w", "-C", "-F", "-r", "--filter", "--prefix", "--workspace", "--cwd"].contains(where: word.hasPrefix)
            })
        else { return nil }
        let name = words[1] == "run" ? (words.count > 2 ? words[2] : "") : words[1].contains(":") ? words[1] : ""
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "-_:".contains($0) }
        guard !name.isEmpty, !name.hasPrefix("-"), isPlain, words[0] != "npm" || words[1] == "run" else { return nil }
        return name
    }
}
