// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// No projects matched the filters
    static let unmatchedFilter = Rule(
        "AP669", .error, "an image's build names a workspace package that does not exist",
        why:
            "pnpm says \"No projects matched the filters\" and goes on: nothing is installed or built, and the next step does not find "
            + "it. npm and yarn end with an error.",
        catches: [
            [
                "apps/api/Dockerfile":
                    "FROM node:22\nCOPY . .\nRUN corepack enable && pnpm install --filter @shop/api...\nRUN pnpm --filter=@shop/api build\n",
                "apps/api/package.json": "{\"name\":\"@store/api\"}", "pnpm-workspace.yaml": "packages: ['apps/*']\n",
                "package.json": "{\"name\":\"store\"}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && npm run build -w web\n",
                "packages/site/package.json": "{\"name\":\"site\"}",
                "package.json": "{\"name\":\"store\",\"workspaces\":[\"packages/*\"]}",
            ],
        ],
        passes: [
            [
                "apps/api/Dockerfile":
                    "FROM node:22\nCOPY . .\nRUN pnpm install --filter @shop/api...\nRUN pnpm --filter ./apps/api build && pnpm --filter api build\n",
                "apps/api/package.json": "{\"name\":\"@shop/api\"}", "pnpm-workspace.yaml": "packages: ['apps/*']\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && npm run build -w packages/web\n",
                "packages/web/package.json": "{\"name\":\"site\"}",
                "package.json": "{\"name\":\"store\",\"workspaces\":[\"packages/*\"]}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN pnpm --filter '@shop/*' build && pnpm -F \"!web\" build\n",
                "packages/web/package.json": "{\"name\":\"site\"}",
                "package.json": "{\"name\":\"store\",\"workspaces\":[\"packages/*\"]}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = repository.tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }
        let isWorkspace =
            repository.tree.entries.contains { $0.name == "pnpm-workspace.yaml" }
            || manifests.contains { repository.tree.text($0.path)?.contains("\"workspaces\"") == true }
        guard isWorkspace else { return [] }
        let names = Set(
            manifests.compactMap { entry in
                repository.tree.text(entry.path).flatMap { JSONDocument(parsing: $0).root?["name"]?.text }
            })
        let folders = Set(manifests.map { SourceTree.Entry(path: $0.directory).name })
        return repository.dockerfiles.flatMap { file -> [Violation] in
            guard !DevelopmentPath.isLikely(file.location) else { return [] }
            return file.reading.steps.compactMap { step in
                guard step.keyword == "RUN", !step.isTrigger else { return nil }
                for command in step.program?.commands ?? [] {
                    guard let target = target(of: command), !names.contains(target), !folders.contains(target),
                        // pnpm takes a name without its scope too.
                        !names.contains(where: { $0.hasSuffix("/" + target) })
                    else { continue }
                    let near =
                        NearestWord.of(target, among: names)
                        ?? names.sorted().first { $0.split(separator: "/").last == target.split(separator: "/").last }
                    return Violation(
                        file: file.location, line: step.line,
                        "no package.json is called \(target); "
                            + (near.map { "write: \($0)" }
                                ?? "write one of: \(names.sorted().prefix(4).joined(separator: ", "))"))
                }
                return nil
            }
        }
    }

    /// The package that `--filter`, `-F`, `-w` or `workspace` names, without the dots for what it depends on.
    private static func target(of command: ShellCommand) -> String? {
        let words = command.words.map(\.text)
        let options: [String]
        switch command.name {
        case "pnpm": options = ["--filter", "-F"]
        case "npm": options = ["-w", "--workspace"]
        case "turbo": options = ["--filter"]
        case "yarn":
            guard let place = words.firstIndex(of: "workspace"), words.indices.contains(place + 1) else { return nil }
            return plain(words[place + 1])
        default: return nil
        }
        for (index, word) in words.enumerated() {
            for option in options {
                if word.hasPrefix(option + "=") { return plain(String(word.dropFirst(option.utf8.count + 1))) }
                if word == option, words.indices.contains(index + 1) { return plain(words[index + 1]) }
            }
        }
        return nil
    }

    private static func plain(_ word: String) -> String? {
        var name = word[...]
        if name.hasPrefix("...") { name = name.dropFirst(3) }
        if name.hasSuffix("...") { name = name.dropLast(3) }
        if name.hasPrefix("^") { name = name.dropFirst() }
        if name.hasSuffix("^") { name = name.dropLast() }
        let allowed = name.allSatisfy { $0.isLetter || $0.isNumber || "@/-_.".contains($0) }
        // A path names a folder, and a word of git a range of commits.
        guard allowed, !name.isEmpty, !name.hasPrefix("."), !name.hasPrefix("/"),
            name.hasPrefix("@") || !name.contains("/")
        else { return nil }
        return String(name)
    }
}
