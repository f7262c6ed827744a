// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A program that a step of a pipeline runs, package scripts looked up; a failure of it ends the pipeline.
struct PipelineCheck {
    /// The step.
    let told: ToldCommand
    /// Where it runs.
    let folder: String
    /// The program first.
    let words: [String]
    /// The package.json of the folder, when there is one.
    let manifest: DataNode?

    var program: String { words.first ?? "" }

    static func all(in repository: CheckedRepository) -> [PipelineCheck] {
        let tolerated = tolerated(in: repository)
        return repository.toldCommands.flatMap { told -> [PipelineCheck] in
            guard told.teller == .workflow || told.teller == .pipeline, let folder = told.folder,
                !told.command.isFollowedByOr, !told.command.isCondition,
                !tolerated.contains("\(told.file)#\(told.block)")
            else { return [] }
            let text = repository.tree.text(GoPath.clean(folder + "/package.json"))
            let manifest = text.flatMap { JSONDocument(parsing: $0).root }
            guard let name = script(of: told.words, manifest), let script = manifest?.at("scripts", name)?.text else {
                return [PipelineCheck(told: told, folder: folder, words: bare(told.words), manifest: manifest)]
            }
            let extra = told.words.drop { $0 != name }.dropFirst().filter { $0 != "--" }
            let commands = ShellProgram(parsing: script).commands
            return commands.filter { !$0.isFollowedByOr }.map { command in
                PipelineCheck(
                    told: told, folder: folder, words: bare(command.words.map(\.text)) + extra, manifest: manifest)
            }
        }
    }

    /// `npm run lint`, `npm test`, `yarn lint`.
    private static func script(of words: [String], _ manifest: DataNode?) -> String? {
        if let name = PackageManifest.script(of: words) { return name }
        guard let first = words.first, ["pnpm", "yarn"].contains(first), words.count > 1,
            manifest?.at("scripts", words[1]) != nil
        else { return nil }
        return words[1]
    }

    /// The program itself: what runs it and gives it variables is left out.
    private static func bare(_ words: [String]) -> [String] {
        var words = words[...]
        if words.first == "cross-env" { words = words.dropFirst().drop { $0.contains("=") } }
        if words.first == "npx" { words = words.dropFirst().drop { $0 == "--yes" || $0 == "-y" } }
        if words.starts(with: ["pnpm", "exec"]) || words.starts(with: ["yarn", "run"]) { words = words.dropFirst(2) }
        if ["python", "python3"].contains(words.first), words.dropFirst().first == "-m" { words = words.dropFirst(2) }
        return Array(words)
    }

    /// Steps of workflows that may fail or look first, by their number among the file's steps.
    private static func tolerated(in repository: CheckedRepository) -> Set<String> {
        var found: Set<String> = []
        for file in repository.workflows {
            var number = 0
            for job in file.jobs {
                for step in job.steps {
                    number += 1
                    if step.node["continue-on-error"] != nil || job.node["continue-on-error"] != nil
                        || step.run?.text?.contains("then") == true
                    {
                        found.insert("\(file.location)#\(number)")
                    }
                }
            }
        }
        return found
    }
}
