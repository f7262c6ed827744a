// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads the commands of documents, workflows, pipelines, makefiles, package scripts, shell scripts and platforms' files.
struct ToldReader {
    let repository: CheckedRepository
    var tree: SourceTree { repository.tree }

    init(_ repository: CheckedRepository) { self.repository = repository }

    func all() -> [ToldCommand] {
        documents() + workflows() + pipelines() + jenkins() + makefiles() + packages() + scripts() + platforms()
    }

    private func documents() -> [ToldCommand] {
        repository.documents.flatMap { entry -> [ToldCommand] in
            guard let bytes = tree.bytes(entry.path), bytes.count < 200_000, let text = tree.text(entry.path) else {
                return []
            }
            var section = 0
            var hasMoved = false
            return GuideBlock.all(in: text).enumerated().flatMap { number, block -> [ToldCommand] in
                if block.section != section { hasMoved = false }
                section = block.section
                return commands(
                    of: block.text, .document, file: entry.path, first: block.line, from: nil, block: number
                ).map { told in
                    var told = told
                    told.hasMoved = hasMoved
                    if told.command.name == "cd", moves(told.command.arguments.first ?? "") { hasMoved = true }
                    return told
                }
            }
        }
    }

    /// Whether the folder is one of the repository, and not the repository itself after it was fetched.
    private func moves(_ path: String) -> Bool {
        let clean = GoPath.clean(path)
        return clean.hasPrefix("..") || tree.hasDirectory(clean)
            || tree.entries.contains { $0.path.contains("/" + clean + "/") }
    }

    private func workflows() -> [ToldCommand] {
        repository.workflows.filter { $0.location.hasPrefix(".github/") }.flatMap { file -> [ToldCommand] in
            let whole = file.root?.at("defaults", "run", "working-directory")?.text
            var number = 0
            return file.jobs.flatMap { job in
                let matrix = WorkflowMatrix(job)
                return job.steps.flatMap { step -> [ToldCommand] in
                    number += 1
                    let isRemote = step.action.contains("ssh")
                    let sent = ["script", "command", "cmd"].lazy.compactMap(step.input).first
                    guard let node = isRemote ? sent : step.run, let text = node.text else { return [] }
                    let base = job.node.at("defaults", "run", "working-directory")?.text ?? whole
                    let start = step.node["working-directory"]?.text ?? base ?? "."
                    let checksOut = job.steps.contains { $0.action == "actions/checkout" && $0.input("path") == nil }
                    let line = first(of: node, in: file)
                    // A step for each folder of a list is read for each of them.
                    return matrix.readings(of: [text, start], in: step, where: tree.hasDirectory).flatMap { reading in
                        let isKnown = !isRemote && !reading[1].contains("$") && checksOut
                        return commands(
                            of: WorkflowExpressions.neutral(reading[0]), isRemote ? .remote : .workflow,
                            file: file.location, first: line, from: isKnown ? GoPath.clean(reading[1]) : nil,
                            block: number)
                    }
                }
            }
        }
    }

    /// A block scalar's text begins below its own line.
    private func first(of node: DataNode, in file: CheckedFile<YAMLDocument>) -> Int {
        guard let body = node.text?.split(separator: "\n").first else { return node.line }
        return file.line(in: node, containing: body.trimmed)
    }

    private func pipelines() -> [ToldCommand] {
        repository.pipelines.filter { !$0.location.contains("/") }.flatMap { file -> [ToldCommand] in
            file.pipelineJobs.enumerated().flatMap { number, job -> [ToldCommand] in
                let nodes = ["before_script", "script"].compactMap { job.node[$0] }
                let lines = nodes.flatMap { $0.sequence ?? [$0] }
                var folder: String? = "."
                return lines.flatMap { node -> [ToldCommand] in
                    let found = commands(
                        of: node.text ?? "", .pipeline, file: file.location, first: first(of: node, in: file),
                        from: folder, block: number)
                    if let last = found.last { folder = Self.folder(after: last) }
                    return found
                }
            }
        }
    }

    /// Jenkins runs all of them in a checkout of the repository, wherever the Jenkinsfile stands in it.
    private func jenkins() -> [ToldCommand] {
        repository.jenkinsFiles.flatMap { path, file in
            file.steps.enumerated().flatMap { number, step in
                commands(of: step.text, .pipeline, file: path, first: step.line, from: step.folder, block: number)
            }
        }
    }

    private func makefiles() -> [ToldCommand] {
        repository.makefiles.flatMap { file in
            file.recipes.enumerated().flatMap { number, recipe in
                commands(
                    of: recipe.text, .makefile, file: file.path, first: recipe.line,
                    from: SourceTree.Entry(path: file.path).directory, block: number)
            }
        }
    }

    private func packages() -> [ToldCommand] {
        tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }.flatMap { entry in
            let scripts = tree.text(entry.path).flatMap { JSONDocument(parsing: $0).root?["scripts"]?.mapping?.entries }
            return (scripts ?? []).enumerated().flatMap { number, script in
                commands(
                    of: script.value.text ?? "", .package, file: entry.path, first: script.line,
                    from: entry.directory, block: number)
            }
        }
    }

    private func scripts() -> [ToldCommand] {
        repository.scripts.flatMap { file in
            let shell = RemoteShell(file.text)
            return file.document.commands.flatMap { command -> [ToldCommand] in
                let line = file.document.line(of: command)
                let told = ToldCommand(
                    teller: .script, file: file.location, line: line, command: command, folder: nil, block: 0)
                return [told] + remote(of: told, shell, first: 1)
            }
        }
    }

    /// What the command runs on another machine.
    /// - Parameter first: The line of the file that the shell's text begins on.
    private func remote(of told: ToldCommand, _ shell: RemoteShell, first: Int) -> [ToldCommand] {
        guard let sent = shell.sent(by: told.command, at: told.line - first) else { return [] }
        return commands(
            of: sent.text, .remote, file: told.file, first: first + sent.line, from: nil, block: told.block)
    }

    func commands(
        of text: String, _ teller: ToldCommand.Teller, file: String, first: Int, from: String?, block: Int
    ) -> [ToldCommand] {
        let program = ShellProgram(parsing: text)
        let starts = [0] + text.utf8.enumerated().filter { $0.element == UInt8(ascii: "\n") }.map { $0.offset + 1 }
        var folder = from
        let shell = RemoteShell(text)
        return program.commands.flatMap { command -> [ToldCommand] in
            let offset = (command.words.first ?? command.assignments.first)?.offset ?? 0
            let line = first + starts.partitioningIndex { $0 > offset } - 1
            let told = ToldCommand(
                teller: teller, file: file, line: line, command: command, folder: folder, block: block)
            if !command.isInSubshell { folder = Self.folder(after: told) }
            guard teller == .workflow || teller == .pipeline || teller == .makefile else { return [told] }
            return [told] + remote(of: told, shell, first: first)
        }
    }

    /// Where the shell is after the command.
    private static func folder(after told: ToldCommand) -> String? {
        guard told.command.name == "cd" || told.command.name == "pushd" || told.command.name == "popd" else {
            return told.folder
        }
        guard let folder = told.folder, let path = told.command.arguments.first, ToldCommand.isPlain(path),
            !path.hasPrefix("/")
        else { return nil }
        let clean = GoPath.clean(folder + "/" + path)
        return clean.hasPrefix("..") ? nil : clean
    }
}
