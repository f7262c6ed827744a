// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Node packages: language, version, package manager, installation.
struct NodeProjectDetector: Detector {
    let name = "node"
    let account = DetectorAccount(
        recognises:
            "Language, Node version, package manager and installation.",
        reads: [
            "package.json", "lock files, in the workspace's root too",
            "engines, volta, .nvmrc, .node-version, .tool-versions, mise.toml",
        ],
        confidence: "65 to 95 %")

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            // Beside a Python service the package builds what that serves; it says nothing about the process.
            let subject = Subject(
                project.directory, repository.hasPythonService(in: project.directory) ? Subject.site : nil)
            let manifest = project.manifest
            let isTyped = project.files.contains {
                ($0.hasSuffix(".ts") || $0.hasSuffix(".tsx")) && !$0.hasSuffix(".d.ts")
                    && !$0.lastPathComponent.contains(".config.")
            }
            var found: [Evidence] = [
                .claim(
                    .language(isTyped ? "typescript" : "javascript"), for: subject, file: manifest.path,
                    why: "package.json", confidence: 0.65),
                .claim(
                    .packageManager(project.manager.name), for: subject, file: project.manager.file,
                    line: project.manager.line,
                    why: project.manager.file?.lastPathComponent ?? "npm is what Node brings",
                    confidence: project.manager.confidence),
            ]
            let others = NodeProject.locks.filter {
                repository.tree.contains(project.workspaceRoot.appending(path: $0.file))
                    && $0.manager != project.manager.name
            }
            if !manifest.dependencyNames.isEmpty || project.manager.file != nil {
                found.append(
                    .claim(
                        .install(install(project, repository.tree)), for: subject,
                        file: project.manager.file ?? manifest.path, why: "lock file of \(project.manager.name)",
                        confidence: Confidence.dependency))
            }
            if let other = others.first, project.manager.confidence < Confidence.stated {
                found.append(
                    .remark(
                        Diagnostic(
                            "DT004", .warning, file: project.workspaceRoot.appending(path: other.file),
                            "lock files of \(project.manager.name) and \(other.manager) stand side by side; \(project.manager.name) was taken, delete the other or set packageManager in package.json"
                        )))
            }
            for tool in BuildTool.needed(by: project) {
                found.append(
                    .claim(
                        .buildPackage(tool.package), for: subject, file: manifest.path, line: tool.line,
                        why: "\(tool.script) runs \(tool.program)", confidence: Confidence.code))
            }
            found += version(project, subject, repository.tree)
            return found
        }
    }

    private func install(_ project: NodeProject, _ tree: SourceTree) -> String {
        project.install(tree)
    }

    private func version(_ project: NodeProject, _ subject: Subject, _ tree: SourceTree) -> [Evidence] {
        var found: [Evidence] = []
        for (distance, folder) in PathText.ancestors(of: project.directory).enumerated() {
            for (version, file, line, strength) in VersionFiles.node(in: folder, tree) {
                found.append(
                    .claim(
                        .languageVersion(version), for: subject, file: file, line: line, why: file.lastPathComponent,
                        confidence: strength - 0.01 * Double(min(distance, 9))))
            }
        }
        let root = project.manifest.root
        if let node = root.at("volta", "node"), let text = node.string {
            found.append(
                .claim(
                    .languageVersion(text), for: subject, file: project.manifest.path, line: node.line, why: "volta",
                    confidence: 0.93))
        }
        if let node = root.at("engines", "node"), let text = node.string, let version = VersionText.lowest(in: text) {
            found.append(
                .claim(
                    .languageVersion(version), for: subject, file: project.manifest.path, line: node.line,
                    why: "the lowest of engines \(text)", confidence: 0.7))
        }
        return found
    }
}
