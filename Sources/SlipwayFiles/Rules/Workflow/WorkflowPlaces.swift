// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths that a workflow's jobs need, and whether the repository has them.
struct WorkflowPlaces {
    private let file: CheckedFile<YAMLDocument>
    private var tree: SourceTree { file.repository.tree }

    init(_ file: CheckedFile<YAMLDocument>) { self.file = file }

    func missing(in job: WorkflowJob) -> [(path: String, line: Int, advice: String)] {
        // Folders that a step makes, or that another repository brings, are unknown.
        let others = job.steps.compactMap { step -> String? in
            step.action.contains("checkout") && (step.input("path") != nil || step.input("repository") != nil)
                ? step.input("path")?.text ?? "." : nil
        }
        guard !others.contains("."), !others.contains(where: { $0.contains("$") }) else { return [] }
        let scripts = job.steps.compactMap { $0.run?.text }.joined(separator: "\n")
        func isThere(_ path: String) -> Bool {
            let clean = resolve(path)
            return clean == "." || tree.contains(clean) || tree.hasDirectory(clean) || clean.hasPrefix("..")
                || others.contains { clean == $0 || clean.hasPrefix($0 + "/") }
                || clean.split(separator: "/").contains {
                    ["dist", "build", "out", "target", "node_modules", "tmp", "artifacts", "generated"].contains($0)
                        || $0.hasPrefix(".") && $0 != ".github"
                }
        }
        func isPlain(_ path: String) -> Bool {
            !path.isEmpty && !path.contains("$") && !path.contains("*") && !path.hasPrefix("/") && !path.hasPrefix("~")
                && !path.contains("://") && !path.contains("\n") && !path.contains("#") && !path.contains("{")
                && !path.contains("EXPRESSION")
        }
        var found: [(path: String, line: Int, advice: String)] = []
        let base =
            job.node.at("defaults", "run", "working-directory") ?? file.root?.at("defaults", "run", "working-directory")
        for folder in [base] + job.steps.map({ $0.node["working-directory"] }) {
            guard let folder, let path = folder.text, isPlain(path), !isThere(path), !isMade(path, scripts) else {
                continue
            }
            found.append((path, folder.line, "write a folder of the repository"))
        }
        for step in job.steps {
            if let uses = step.uses, let path = uses.text, path.hasPrefix("./"), isPlain(path),
                !["/action.yml", "/action.yaml", "/Dockerfile"].contains(where: { tree.contains(resolve(path) + $0) }),
                !path.hasSuffix(".yml"), !path.hasSuffix(".yaml"), others.isEmpty
            {
                found.append((path + "/action.yml", uses.line, "write the folder of an action"))
            }
            if step.action == "docker/build-push-action",
                let context = step.input("context")?.text ?? (step.input("file") == nil ? nil : ".")
            {
                for name in ["context", "file"] {
                    guard let node = step.input(name), let path = node.text, isPlain(path), isPlain(context),
                        !isThere(path), !isMade(path, scripts)
                    else { continue }
                    found.append((path, node.line, "write a path from the repository's root"))
                }
            }
            if let run = step.run {
                let folder = step.node["working-directory"]?.text ?? base?.text ?? "."
                for command in step.program.commands {
                    guard let path = ScriptPaths.called(by: command), isPlain(path), isPlain(folder) || folder == ".",
                        !command.isFollowedByOr, !command.isCondition, !ScriptPaths.exists(path, in: tree),
                        !ScriptPaths.isIgnored(path, in: tree), !isMade(path, scripts, uses: 1), others.isEmpty
                    else { continue }
                    found.append((path, file.line(in: run, containing: path), "add it, or delete the line"))
                }
            }
        }
        return found
    }

    /// Words of scripts that make folders.
    static let makers = [
        "mkdir", "clone", "worktree", "tar ", "unzip", "create-", "npm create", "npm init", "git init", "cookiecutter",
        "degit",
        "wget",
        "submodule", "cp -r", "mv ", "rails new", "ng new", "dotnet new", "download", "rsync", "scp ",
    ]

    /// Folders that steps go to by `cd`, and no checkout has; those of a matrix too.
    func missingMoves(in job: WorkflowJob) -> [(path: String, line: Int, advice: String)] {
        let scripts = job.steps.compactMap { $0.run?.text }.joined(separator: "\n")
        let checkouts = job.steps.filter { $0.action.contains("checkout") }
        guard !checkouts.isEmpty, checkouts.allSatisfy({ $0.input("path") == nil && $0.input("repository") == nil }),
            !Self.makers.contains(where: scripts.contains), !job.runners.contains(where: { $0.name == "self-hosted" }),
            !job.steps.contains(where: { $0.action.contains("artifact") || $0.action.contains("cache") })
        else { return [] }
        let base =
            job.node.at("defaults", "run", "working-directory") ?? file.root?.at("defaults", "run", "working-directory")
        let matrix = WorkflowMatrix(job)
        return job.steps.flatMap { step -> [(path: String, line: Int, advice: String)] in
            guard let run = step.run, let text = run.text, text.contains("cd ") else { return [] }
            let start = step.node["working-directory"]?.text ?? base?.text ?? "."
            return matrix.readings(of: [text, start], in: step).compactMap { reading in
                firstMissing(in: reading[0], from: reading[1]).map { path in
                    let line = file.line(in: run, containing: "cd " + path)
                    let shown = line == run.line ? file.line(in: run, containing: "cd ${{") : line
                    return (path, shown, "write a folder of the repository")
                }
            }
        }
    }

    /// What a job uses of the repository, which it has never fetched.
    func unfetched(in job: WorkflowJob) -> (path: String, line: Int)? {
        let scripts = job.steps.compactMap { $0.run?.text }.joined(separator: "\n")
        guard file.repository.isWhole, !Self.makers.contains(where: scripts.contains), !job.isCall,
            !job.runners.contains(where: { $0.name == "self-hosted" })
        else { return nil }
        for step in job.steps {
            if let folder = step.node["working-directory"], let path = folder.text, step.run != nil,
                ToldCommand.isPlain(path), resolve(path) != ".", tree.hasDirectory(resolve(path))
            {
                return (path, folder.line)
            }
            guard let run = step.run else { continue }
            for command in step.program.commands where !command.isCondition && !command.isFollowedByOr {
                let moved = command.name == "cd" ? command.arguments.first : nil
                guard let path = moved ?? ScriptPaths.called(by: command), ToldCommand.isPlain(path),
                    !path.hasPrefix("/"), resolve(path) != "."
                else { continue }
                guard tree.hasDirectory(resolve(path)) || tree.contains(resolve(path)) else { break }
                return (path, file.line(in: run, containing: path))
            }
        }
        return nil
    }

    /// The first folder that a script goes to and the repository does not have.
    private func firstMissing(in text: String, from start: String) -> String? {
        guard ToldCommand.isPlain(start) else { return nil }
        var folder = resolve(start)
        for command in ShellProgram(parsing: WorkflowExpressions.neutral(text)).commands {
            guard command.name == "cd" || command.name == "pushd" || command.name == "popd" else { continue }
            guard let path = command.arguments.first, ToldCommand.isPlain(path), !path.hasPrefix("/"),
                !command.isInSubshell, !command.isCondition, !command.isFollowedByOr
            else { return nil }
            let next = GoPath.clean(folder + "/" + path)
            if next.hasPrefix("..") || isMadeByBuilds(next) { return nil }
            guard next == "." || tree.hasDirectory(next) else { return path }
            folder = next
        }
        return nil
    }

    private func isMadeByBuilds(_ path: String) -> Bool {
        if tree.text(".gitmodules")?.contains(path) == true || ScriptPaths.isIgnored(path, in: tree) { return true }
        return path.split(separator: "/").contains {
            ["dist", "build", "out", "target", "node_modules", "tmp", "artifacts", "generated", "output"].contains($0)
                || $0.hasPrefix(".")
        }
    }

    private func resolve(_ path: String) -> String {
        GoPath.clean(file.projectFolder == "." ? path : file.projectFolder + "/" + path)
    }

    /// Whether a script makes the path: it is named there more often than it is used.
    private func isMade(_ path: String, _ scripts: String, uses: Int = 0) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        var count = 0
        var rest = scripts[...]
        while let range = TextSearch.range(of: name, in: rest) {
            count += 1
            rest = rest[range.upperBound...]
            if count > uses { return true }
        }
        return false
    }
}
