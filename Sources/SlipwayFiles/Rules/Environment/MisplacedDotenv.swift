// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Programs of Node that load the .env of the folder in which they start, and guides that write another one.
enum MisplacedDotenv {
    /// - Parameter besides: Documents that have a finding of this kind already.
    static func violations(in repository: CheckedRepository, besides: Set<String>) -> [Violation] {
        let settings = repository.toldSettings.filter {
            $0.target == ".env" && $0.file.hasSuffix(".md") && !besides.contains($0.file)
        }
        guard !settings.isEmpty else { return [] }
        let packages = repository.tree.files(named: "package.json").filter { entry in
            entry.directory != "." && !entry.path.contains("node_modules/") && !DevelopmentPath.isLikely(entry.path)
        }
        return settings.compactMap { told -> Violation? in
            guard let text = repository.tree.text(told.file), !loads.contains(where: text.contains),
                // With Compose the root's file is the project's own.
                !repository.composeFiles.contains(where: { $0.folder == "." })
            else { return nil }
            let steps = WalkedCommand.all(in: told.file, repository)
            for step in steps where step.line > told.line && isStart(step.command.words.map(\.text)) {
                guard packages.contains(where: { $0.directory == step.folder }),
                    let name = name(of: told, readIn: step.folder, repository),
                    !isWritten(step.folder, by: told.file, text, steps, repository)
                else { continue }
                return Violation(
                    file: told.file, line: step.line,
                    "dotenv reads \(step.folder)/.env here and finds no \(name): line \(told.line) writes the root's; write "
                        + "there: \(step.folder)/.env")
            }
            return nil
        }
    }

    private static let loads =
        LoadedSettings.words + ["dotenv -e", "dotenv --", "ln -s", "DOTENV_CONFIG_PATH", "workspace"]

    private static func isStart(_ words: [String]) -> Bool {
        words.first == "node"
            || ["npm", "yarn", "pnpm"].contains(words.first ?? "")
                && words.dropFirst().contains { ["start", "dev", "start:dev"].contains($0) }
    }

    /// The first of the names that the folder's program reads, when it loads the file beside it and no other.
    private static func name(of told: ToldSettings, readIn folder: String, _ repository: CheckedRepository) -> String? {
        let manifest = repository.tree.text(folder + "/package.json") ?? ""
        guard manifest.contains("\"dotenv\""), !manifest.contains("env-file"), !manifest.contains("dotenv_config_path"),
            !manifest.contains("dotenv -e")
        else { return nil }
        var loadsBeside = false
        var names: Set<String> = []
        for entry in repository.tree.files(under: folder)
        where ["js", "ts", "mjs", "cjs"].contains(where: { entry.name.hasSuffix("." + $0) }) {
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                let text = repository.tree.text(entry.path)
            else { continue }
            if ByteSearch.contains("dotenv", in: text) {
                // A path of its own leads elsewhere.
                guard !text.contains("path"), !text.contains("../.env") else { return nil }
                if ["dotenv/config", "dotenv').config()", "dotenv\").config()", "dotenv.config()"].contains(
                    where: text.contains)
                {
                    loadsBeside = true
                }
            }
            for assignment in told.assignments where text.contains("env." + assignment.name) {
                names.insert(assignment.name)
            }
        }
        return loadsBeside ? told.assignments.first { names.contains($0.name) }?.name : nil
    }

    private static func isWritten(
        _ folder: String, by file: String, _ text: String, _ steps: [WalkedCommand], _ repository: CheckedRepository
    ) -> Bool {
        let name = SourceTree.Entry(path: folder).name
        return repository.tree.contains(folder + "/.env")
            || repository.toldSettings.contains { $0.file == file && $0.target == folder + "/.env" }
            || text.split(separator: "\n").contains { $0.contains(".env") && $0.contains(name) }
            || steps.contains { step in
                step.folder == folder
                    && (step.command.arguments.contains { $0.hasSuffix(".env") }
                        || step.command.redirections.contains { $0.hasSuffix(".env") })
            }
    }
}
