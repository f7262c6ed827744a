// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Python code bases: version, package manager, installation.
struct PythonProjectDetector: Detector {
    let name = "python"

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let folders = repository.folders(of: project)
            return folders.flatMap { folder in
                let subject = Subject(folder, nil)
                return [
                    .claim(
                        .language("python"), for: subject, file: project.manifest.installations.first?.file,
                        why: "Python code base", confidence: Confidence.dependency)
                ] + installation(of: project, from: folder, subject, repository)
                    + version(of: project, subject, repository.tree)
            }
        }
    }

    private func installation(
        of project: PythonProject, from folder: String, _ subject: Subject, _ repository: Repository
    ) -> [Evidence] {
        let missing = repository.pythonServices[project.directory].flatMap { PythonServer.missing(for: $0, project) }
        return project.manifest.installations.flatMap { way -> [Evidence] in
            // Installed from the code base's folder even when the process starts above it.
            var command = way.command
            if let inner = project.directory.relative(to: folder), inner != "." {
                command =
                    way.manager == "pip" && command.hasPrefix("pip install -r ")
                    ? "pip install -r \(ShellWord.quote(inner.appending(path: String(command.dropFirst(15)))))"
                    : "cd \(ShellWord.quote(inner)) && \(command)"
            }
            if let missing, way.manager == "pip" { command += " && pip install \(missing)" }
            return [
                .claim(
                    .packageManager(way.manager), for: subject, file: way.file, why: way.file.lastPathComponent,
                    confidence: way.confidence),
                .claim(
                    .install(command), for: subject, file: way.file, why: way.file.lastPathComponent,
                    confidence: way.confidence),
            ]
        }
    }

    private func version(of project: PythonProject, _ subject: Subject, _ tree: SourceTree) -> [Evidence] {
        var found: [Evidence] = []
        for (distance, folder) in PathText.ancestors(of: project.directory).enumerated() {
            for (version, file, line, strength) in VersionFiles.python(in: folder, tree) {
                found.append(
                    .claim(
                        .languageVersion(version), for: subject, file: file, line: line, why: file.lastPathComponent,
                        confidence: strength - 0.01 * Double(min(distance, 9))))
            }
        }
        if let (text, file, line) = project.manifest.requiresPython, let version = VersionText.lowest(in: text) {
            found.append(
                .claim(
                    .languageVersion(version), for: subject, file: file, line: line, why: "the lowest of \(text)",
                    confidence: 0.7))
        }
        return found
    }
}
