// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// node: .env: not found.
    static let unmadeEnvironmentFile = Rule(
        "AP241", .warning, "a package script reads a file of variables that no step makes",
        why: "node --env-file and env-cmd end when the file is missing, and git does not keep it: whoever follows the "
            + "guide starts nothing.",
        catches: [
            [
                "README.md": "```sh\nnpm ci\nnpm run dev\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"tsx watch --env-file=.env src/a.ts\"}}",
            ],
            [
                "README.md": "```sh\nyarn\nyarn start\n```\n",
                "api/package.json": "{\"scripts\":{\"start\":\"env-cmd -f .env.local node a.js\"}}",
            ],
        ],
        passes: [
            [
                "README.md": "```sh\ncp .env.example .env\nnpm run dev\n```\n",
                "package.json": "{\"scripts\":{\"dev\":\"tsx watch --env-file=.env src/a.ts\"}}",
            ],
            [
                "README.md": "Create a file `.env` with the key.\n",
                "package.json": "{\"scripts\":{\"dev\":\"node --env-file=.env a.js\"}}",
            ],
            ["README.md": "", "package.json": "{\"scripts\":{\"dev\":\"node --env-file-if-exists=.env a.js\"}}"],
            [
                ".env": "A=1\n", "README.md": "",
                "package.json": "{\"scripts\":{\"dev\":\"node --env-file=.env a.js\"}}",
            ],
        ]
    ) { repository in
        let documents = repository.documents
        guard repository.isWhole, !documents.isEmpty else { return [] }
        var found: [Violation] = []
        for told in repository.toldCommands where told.teller == .package {
            guard let path = environmentFile(of: told.words), ToldCommand.isPlain(path), let folder = told.folder else {
                continue
            }
            let place = GoPath.clean(folder + "/" + path)
            let name = SourceTree.Entry(path: path).name
            guard !repository.tree.contains(place), repository.tracked?.contains(place) != true,
                !found.contains(where: { $0.file == told.file && $0.message.contains(place) }),
                !documents.contains(where: { names(name, in: repository.tree.text($0.path) ?? "") }),
                !repository.toldCommands.contains(where: { makes(name, $0) })
            else { continue }
            let template = [".example", ".sample", ".template", ".dist"].map { place + $0 }.first(
                where: repository.tree.contains)
            found.append(
                Violation(
                    file: told.file, line: told.line,
                    "\(place) is made by no step; write into README.md: "
                        + (template.map { "cp \($0) \(place)" } ?? "create \(place) with the variables of the code")))
        }
        return found
    }

    private static func environmentFile(of words: [String]) -> String? {
        if let joined = words.first(where: { $0.hasPrefix("--env-file=") }) { return String(joined.dropFirst(11)) }
        let runners: Set<String> = ["node", "tsx", "ts-node", "bun", "nodemon", "vitest"]
        if let place = words.firstIndex(of: "--env-file"), runners.contains(words[0]), words.indices.contains(place + 1)
        {
            return words[place + 1]
        }
        guard words.first == "env-cmd", let place = words.firstIndex(of: "-f"), words.indices.contains(place + 1) else {
            return nil
        }
        return words[place + 1]
    }

    /// Whether a text speaks of the file itself, and not only of its template.
    private static func names(_ name: String, in text: String) -> Bool {
        var rest = text[...]
        while let range = TextSearch.range(of: name, in: rest) {
            let next = rest[range.upperBound...].first
            if next.map({ !$0.isLetter && $0 != "." && $0 != "-" }) ?? true { return true }
            if next == ".", rest[range.upperBound...].dropFirst().first.map({ !$0.isLetter }) ?? true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    private static func makes(_ name: String, _ told: ToldCommand) -> Bool {
        ["cp", "touch", "mv", "vercel"].contains(told.words.first ?? "") && told.words.last?.hasSuffix(name) == true
            || told.command.redirections.contains { $0.hasPrefix(">") && $0.hasSuffix(name) }
    }
}
