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
