// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody sits at the terminal of a deployment.
    static let askedPush = Rule(
        "AP342", .error, "drizzle-kit push asks for a confirmation that nobody gives",
        why:
            "With strict: true drizzle-kit asks before every change of the database. A deployment has no terminal: it "
            + "hangs there, or goes on without the change.",
        catches: [
            [
                "drizzle.config.ts": "export default defineConfig({\n  schema: './s.ts',\n  strict: true,\n});\n",
                "package.json": "{\"scripts\":{\"db:push\":\"drizzle-kit push\"}}",
                "deploy.sh": "#!/bin/sh\nset -e\nnpm ci\nnpm run db:push\n",
            ],
            [
                "drizzle.config.ts": "export default defineConfig({\n  schema: './s.ts',\n  strict: true,\n});\n",
                "deploy.sh": "#!/bin/sh\nset -e\nnpx drizzle-kit push\n",
            ],
        ],
        passes: [
            [
                "drizzle.config.ts": "export default defineConfig({\n  schema: './s.ts',\n  strict: true,\n});\n",
                "package.json": "{\"scripts\":{\"db:migrate\":\"drizzle-kit migrate\"}}",
                "deploy.sh": "#!/bin/sh\nset -e\nnpm ci\nnpm run db:migrate\n",
            ],
            [
                "drizzle.config.ts": "export default defineConfig({\n  schema: './s.ts',\n});\n",
                "deploy.sh": "#!/bin/sh\nset -e\nnpx drizzle-kit push\n",
            ],
            [
                "drizzle.config.ts": "export default defineConfig({\n  schema: './s.ts',\n  strict: true,\n});\n",
                "package.json": "{\"scripts\":{\"db:push\":\"drizzle-kit push\"}}",
                "README.md": "```sh\nnpm run db:push\n```\n",
            ],
        ]
    ) { repository in
        let names = ["drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs"]
        let strict = names.flatMap(repository.tree.files(named:)).first { entry in
            repository.tree.text(entry.path).map {
                CodeText(path: entry.path, text: $0).line(with: "strict:true") != nil
            } == true
        }
        guard let strict else { return [] }
        let scripts = pushingScripts(in: repository.tree)
        return repository.toldCommands.compactMap { told in
            guard told.isOfDeployment,
                isPush(told.words) || called(by: told.words).map(scripts.contains) == true
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(strict.path) has strict: true, so it waits for an answer; write: drizzle-kit generate in development, "
                    + "and here: npx drizzle-kit migrate")
        }
    }

    private static func isPush(_ words: [String]) -> Bool {
        guard let tool = words.firstIndex(of: "drizzle-kit"), words.indices.contains(tool + 1) else { return false }
        return words[tool + 1].split(separator: ":").first == "push" && !words.contains("--force")
    }

    /// `npm run NAME`, `pnpm NAME`
    private static func called(by words: [String]) -> String? {
        guard words.count > 1, ["npm", "pnpm", "yarn", "bun"].contains(words[0]) else { return nil }
        return words.dropFirst().first { $0 != "run" && !$0.hasPrefix("-") }
    }

    private static func pushingScripts(in tree: SourceTree) -> Set<String> {
        let scripts = NodePins.all(in: tree).flatMap(\.scripts)
        return Set(scripts.filter { isPush($0.text.split(separator: " ").map(String.init)) }.map(\.key))
    }
}
